from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bench.speed import command, tools
from bench.speed.contestant import Contestant, Request, Stage
from bench.speed.contestants import CONTESTANTS
from bench.speed.cores import Cores, chosen
from bench.speed.life import Effort, Ground, Lived
from bench.speed.lists import numbered, prepare
from bench.speed.machine import wait_idle
from bench.speed.sample import Closed, Highest, Life, Load
from bench.speed.server import Got, NoServerError, get
from bench.speed.tools import Tools
from bench.speed.traffic import Plan, Traffic, read
from bench.speed.verified import Verified, verified
from bench.speed.wrk import NoLoadError, parsed

PRINTED = """Running 1s test @ http://127.0.0.1:8000/
  1 threads and 32 connections
Requests/sec:  20000.00
as JSON: {"requests": 20000, "us": 1000500, "octets": 9000000, "p50": 812.0, "p99": 2410.5, "connect": 0, "read": 1, \
"write": 0, "timeout": 2, "status": 3}
"""


def test_what_wrk_prints_is_a_load() -> None:
    assert parsed(PRINTED, "", cpu_s=0.50025) == Load(20_000, 1.0005, 9_000_000, 812.0, 2410.5, wrong=6, busy=0.5)


def test_what_wrk_complains_of_is_told() -> None:
    with pytest.raises(NoLoadError, match="unable to connect"):
        parsed("", "unable to connect to 127.0.0.1:1 Connection refused\n", cpu_s=0)


def test_copies_of_models_are_numbered() -> None:
    models = [{"id": "a", "n": 1}, {"id": "b", "n": 2}]
    assert numbered(models, "id", 3) == [{"id": "a-000", "n": 1}, {"id": "b-001", "n": 2}, {"id": "a-002", "n": 1}]


def test_the_lists_are_as_large_as_they_are_called(tmp_path: Path) -> None:
    plan = read()
    bodies = prepare(plan, tmp_path)
    assert len(json.loads(bodies["small"])["data"]) == 7
    assert len(json.loads(bodies["large"])["data"]) == 300
    assert 300_000 < len(bodies["large"]) < 340_000
    assert 0 < len(json.loads(bodies["filtered"])["data"]) < len(json.loads(bodies["tagged"])["data"])


def test_what_each_contestant_is_asked_for_is_in_the_plan() -> None:
    plan = read()
    for contestant in CONTESTANTS.values():
        assert set(contestant.traffic) <= set(plan.traffic)
    assert {each.body for each in plan.traffic.values()} <= set(CONTESTANTS["asgi"].traffic)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Got(200, {}, b'{"data": []}'), Verified(12)),
        (Got(200, {}, b'{"data":[]}'), Verified(11, ("the same JSON in 11 octets instead of 12",))),
        (Got(503, {}, b""), Verified(0, wrong="answered 503, expected 200")),
        (Got(200, {}, b"hello"), Verified(0, wrong="the body is no JSON")),
        (Got(200, {}, b'{"data": 1}'), Verified(0, wrong="another body of 11 octets, expected 12")),
    ],
)
def test_an_answer_is_compared_before_it_is_measured(answer: Got, expected: Verified) -> None:
    def ask(request: Request) -> Got:
        return answer if request.fields.get("Authorization") == "Bearer good" else Got(401, {}, b"")

    found = verified(ask, Request("/", {"Authorization": "Bearer good"}), status=200, body=b'{"data": []}', ids=False)
    assert found == expected


def test_ids_are_enough_for_a_server_that_has_nothing_else() -> None:
    got = Got(200, {}, b'{"data": [{"id": "a"}]}')
    wanted = b'{"data": [{"id": "a", "created": 1}]}'
    loose = verified(lambda _: got, Request("/", {}), status=200, body=wanted, ids=True)
    assert loose.differs[0] == "the same ids only, 23 octets instead of 37"
    assert verified(lambda _: got, Request("/", {}), status=200, body=wanted, ids=False).wrong


def test_a_server_that_checks_no_key_or_takes_any_is_told() -> None:
    body = b"{}"
    request = Request("/", {"Authorization": "Bearer good"})
    assert verified(lambda _: Got(200, {}, body), request, status=200, body=body, ids=False).differs == ("no key asked for",)

    def with_any(asked: Request) -> Got:
        return Got(200 if asked.fields else 401, {}, body)

    assert verified(with_any, request, status=200, body=body, ids=False).differs == ("any key is good",)


def test_a_304_has_no_content() -> None:
    request = Request("/", {"If-None-Match": '"x"'})
    assert verified(lambda _: Got(304, {}, b""), request, status=304, body=b"{}", ids=False) == Verified(0)
    assert verified(lambda _: Got(304, {}, b"{}"), request, status=304, body=b"{}", ids=False).wrong


def test_server_and_generator_have_a_core_each_where_there_are_two() -> None:
    assert chosen(frozenset({2, 5, 7})) == Cores(frozenset({2}), frozenset({7}))
    assert chosen(frozenset({2, 5})).says == "the server on core 2, the load generator on core 5 (sched_setaffinity)"
    assert chosen(frozenset({3})).says == "server and load generator share core 3, as there is no other"


def test_a_machine_is_waited_for_until_it_is_idle_or_patience_ends() -> None:
    now, loads = 0.0, iter([2.0, 1.0, 0.1, 0.0])

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    assert wait_idle(100, load=lambda: next(loads), clock=lambda: now, sleep=sleep) == 0.1
    assert now == 10
    assert wait_idle(20, load=lambda: 3.0, clock=lambda: now, sleep=sleep) == 3.0
    assert now == 30
    assert wait_idle(0, load=lambda: 3.0, clock=lambda: now, sleep=sleep) == 3.0
    assert now == 30


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--only", "ours,nobody"], "--only nobody: expected some of ours,nginx"),
        (["--rounds", "0"], "'0': expected a whole number from 1"),
        (["--open-seconds", "nan"], "'nan': expected seconds, at most 86400"),
        (["--out", "/proc/self/none"], "--out /proc/self/none: that folder cannot be made"),
        (["--tries", "many"], "'many': expected a whole number"),
    ],
)
def test_options_that_cannot_be_are_refused(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


def test_without_wrk_the_command_says_where_to_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "found", lambda _: Tools(tmp_path, {"wrk": ""}))
    assert command.main(["--out", str(tmp_path)]) == 1
    assert (
        capsys.readouterr().err
        == "bench: there is no wrk on this machine, which measures; Debian and Ubuntu have it (apt install wrk)\n"
    )


def test_what_a_peer_lacks_is_its_reason(tmp_path: Path) -> None:
    nothing = Tools(tmp_path, {"nginx": "", "node": "", "java": ""})
    found = {key: each.missing(nothing) for key, each in CONTESTANTS.items() if each.missing(nothing)}
    assert found["nginx"] == "there is no nginx on this machine"
    assert found["prism"] == "there is no node on this machine"
    assert found["wiremock"] == "there is no java on this machine"
    assert CONTESTANTS["prism"].missing(Tools(tmp_path, {"node": "/bin/node"})) == "npm did not install @stoplight/prism-cli"


class Tiny:
    """A contestant whose server counts what it is asked; *port* is where it listens, once it runs."""

    def __init__(self, *command: str) -> None:
        self.command = command
        self.port = 0

    @property
    def contestant(self) -> Contestant:
        return Contestant(
            "tiny", "tiny", "", lambda _: "", self._command, self._requests, traffic=("small",), first=lambda _: "/count"
        )

    @property
    def counted(self) -> int:
        return int(get(self.port, Request("/count", {})).content)

    def _command(self, stage: Stage) -> list[str]:
        self.port = stage.port
        return list(self.command) or [sys.executable, "-m", "bench.tests.tiny", str(stage.port), stage.bodies["small"].decode()]

    def _requests(self, _: Stage) -> Mapping[str, Request]:
        return {"small": Request("/", {})}


def ground(folder: Path, there: Tools) -> Ground:
    plan = Plan("sk-key", 1, 1, {}, {"small": Traffic("small", "small", "small", 200, (1,), open=True, session=False)})
    return Ground(plan, {"small": b"{}"}, folder, there, chosen(frozenset(os.sched_getaffinity(0))), folder)


# In CI it has to be there, so that there the tests fail without it.
needs_wrk = pytest.mark.skipif(
    bool(tools.found().has("wrk")) and "CI" not in os.environ,
    reason="there is no wrk; make test fetches it where there is apt-get",
)


@needs_wrk
def test_what_is_measured_of_a_server_is_what_it_counts_itself(tmp_path: Path) -> None:
    tiny = Tiny()
    effort = Effort(seconds=1, open_s=0.2, tries=1, warm=False, connections=2)
    kinds = []
    for _, seen in Lived(tiny.contestant, 1, ground(tmp_path, tools.found()), effort, {}).seen():
        kinds.append(type(seen))
        if isinstance(seen, Verified):
            assert seen == Verified(2, ("no key asked for",))
            before = tiny.counted
        elif isinstance(seen, Closed):
            # One more may have been on its way when time was up.
            assert tiny.counted - before in (seen.load.requests, seen.load.requests + 1)
            assert seen.load.requests > 0
            assert seen.cpu_s > 0
    assert kinds == [Verified, Closed, Highest, Life]


@needs_wrk
def test_a_run_goes_on_without_a_server_that_does_not_start_and_writes_what_it_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(CONTESTANTS, "tiny", Tiny().contestant)
    broken = Tiny(sys.executable, "-c", "raise SystemExit('no such option')").contestant
    monkeypatch.setitem(CONTESTANTS, "broken", replace(broken, key="broken"))
    assert command.main(["--only", "broken,tiny,tiny", "--quick", "--tries", "0", "--out", str(tmp_path / "out")]) == 0
    written = json.loads((tmp_path / "out" / "speed.json").read_text(encoding="utf-8"))
    without, tiny = written["contestants"]
    assert without["absent"] == "it ended with 1 before it answered; it printed: no such option"
    assert tiny["verified"]["small"] == {"length": 640, "differs": ["no key asked for"], "wrong": ""}
    assert [figure["traffic"] for figure in tiny["figures"]] == ["small"]
    assert written["complete"]
    assert capsys.readouterr().out == (tmp_path / "out" / "speed.md").read_text(encoding="utf-8") + "\n"


@needs_wrk
def test_ctrl_c_leaves_the_table_of_what_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(Tiny):
        def _requests(self, stage: Stage) -> Mapping[str, Request]:
            raise KeyboardInterrupt

    interrupted = Interrupted()
    monkeypatch.setitem(CONTESTANTS, "tiny", interrupted.contestant)
    assert command.main(["--only", "tiny", "--quick", "--tries", "0", "--out", str(tmp_path / "out")]) == 130
    assert "**Interrupted**" in (tmp_path / "out" / "speed.md").read_text(encoding="utf-8")
    with pytest.raises(OSError, match="refused"):
        get(interrupted.port, Request("/", {}))


def test_a_server_that_does_not_start_is_told_with_what_it_printed(tmp_path: Path) -> None:
    broken = Tiny(sys.executable, "-c", "raise SystemExit('no such option')").contestant
    effort = Effort(seconds=1, open_s=0.2, tries=0, warm=False, connections=2)
    with pytest.raises(NoServerError, match="ended with 1 before it answered; it printed: no such option"):
        list(Lived(broken, 1, ground(tmp_path, tools.found(tmp_path)), effort, {}).seen())
