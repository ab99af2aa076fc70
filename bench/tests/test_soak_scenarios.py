from __future__ import annotations

import os
import re
import resource
import signal
import sys
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from bench.client import Form, Received
from bench.process import CHECKOUT, Mock
from bench.soak import command, redis_restarted, worker_killed
from bench.soak.malformed import spoiled
from bench.soak.redis_server import MISSING, program
from bench.soak.run import Asking, Run, Settings
from bench.soak.scenario import SCENARIOS, Scenario

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory and open files of another process are read in /proc")
REQUEST = re.compile(rb"[A-Z]+ [!-~]+ HTTP/1\.1\r\n([A-Za-z-]+: [ -~]*\r\n)+\r\n.*", re.DOTALL)
SMALL = ("--growth", "100", "--patience", "60")


def small(*words: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a scenario prints that is asked for little, and nothing was wrong."""
    code = command.main([*words, *SMALL])
    printed = capsys.readouterr()
    assert code == 0, printed
    assert "\n  lost 0: nothing\n" in printed.out
    assert re.search(r"\n  memory in MiB: [0-9.]+ after [0-9]+ s, .* at most\n", printed.out)
    return printed.out


def redis() -> None:
    """Skips the test where there is no Redis, and fails it in CI."""
    if program() is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)


def test_connections_are_all_open_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    printed = small("connections", "--seconds", "1", "--connections", "50", capsys=capsys)

    assert int(re.findall(r"([0-9]+) file descriptors open at most", printed)[0]) >= 50


def test_every_session_is_accounted_for_and_ended(capsys: pytest.CaptureFixture[str]) -> None:
    printed = small("sessions", "--seconds", "1", "--connections", "10", capsys=capsys)

    assert re.search(r"[1-9][0-9]* sessions of 20 requests, each ended", printed)
    assert " 200 as recorded" in printed


def test_slow_clients_are_answered_beside_fast_ones(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--seconds", "2", "--connections", "2", "--slow", "6", "--pace", "0.001")
    printed = small("slow", *words, capsys=capsys)

    assert " sent slowly and answered" in printed
    assert "2 still read slowly in the end" in printed


def test_malformed_requests_are_refused_and_whole_ones_answered_beside(capsys: pytest.CaptureFixture[str]) -> None:
    printed = small("malformed", "--seconds", "1", "--connections", "5", capsys=capsys)

    assert " spoiled, " in printed
    assert re.search(r"spoiled requests: .*\b400\b", printed)


def test_what_is_spoiled_is_drawn_from_a_seed_and_is_no_request_most_of_the_time() -> None:
    first, again = ([spoiled(chance, "/models") for _ in range(200)] for chance in (Random(7), Random(7)))

    assert first == again
    assert sum(not REQUEST.fullmatch(each) for each in first) > 100


def test_a_worker_is_killed_and_nothing_else_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    redis()
    printed = small("worker-killed", "--seconds", "1", "--connections", "5", capsys=capsys)

    assert re.search(r"[1-3] workers of 2 killed;", printed)


def test_redis_goes_and_comes_and_sessions_are_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    redis()
    printed = small("redis-restarted", "--seconds", "2", "--connections", "4", "--workers", "1", capsys=capsys)

    assert "Redis was stopped 3 times" in printed


def test_what_sessions_are_told_is_excused_by_when_it_was_asked() -> None:
    run = Run(NOWHERE, SETTINGS)
    outages, asking = redis_restarted.Outages(run), Asking(run)
    asking.asked = 0.0
    unavailable, gone = Received(Form.WHOLE, 503), Received(Form.WHOLE, 404)

    assert outages.excuse(asking, unavailable) == redis_restarted.LATE
    assert outages.excuse(asking, gone) is None
    outages.away, outages.count = True, 1
    assert outages.excuse(asking, unavailable) == "503 in a session while Redis is away"
    assert outages.excuse(asking, gone) == "404 in a session that is gone with Redis"
    assert outages.excuse(asking, Received(Form.RESET)) is None


def test_only_what_was_sent_before_a_worker_was_killed_is_excused() -> None:
    run = Run(NOWHERE, SETTINGS)
    kills, asking = worker_killed.Kills(run), Asking(run)
    asking.asked = 3.0

    assert kills.excuse(asking, Received(Form.RESET)) is None
    kills.last = 4.0
    assert kills.excuse(asking, Received(Form.RESET)) == "in progress in the worker that was killed"
    assert kills.excuse(asking, Received(Form.SILENT)) is None
    asking.asked = 6.0
    assert kills.excuse(asking, Received(Form.RESET)) is None


SETTINGS = Settings(seconds=1, connections=1, seed=7, patience_s=1, growth=3 << 20)
NOWHERE = Mock(0, "127.0.0.1", 0)


def test_what_is_lost_and_not_meant_to_be_is_wrong() -> None:
    run = Run(NOWHERE, SETTINGS, meant=Counter({"of old age": 1}), lost=Counter({"in the post": 2}))
    command.judge(run)
    printed = command.told(SCENARIOS["slow"], run)

    assert "\n  lost as was meant 1: 1 of old age\n" in printed
    assert printed.endswith("\n  WRONG: 2 were lost that were not meant to be: 2 in the post")


def test_memory_that_grew_is_wrong() -> None:
    run = Run(NOWHERE, SETTINGS, memory={0.0: 1 << 20, 1.0: 5 << 20})
    command.judge(run)

    assert run.wrong == ["memory grew by 4.0 MiB, expected at most 3.0"]


def test_what_is_wrong_ends_the_command_with_1(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "conduct", lambda *_: Run(NOWHERE, SETTINGS, wrong=["It is so."]))

    assert command.main(["slow"]) == 1
    assert capsys.readouterr().out.endswith("\n  WRONG: It is so.\n")


def test_ctrl_c_leaves_what_was_counted(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupted(run: Run) -> None:
        run.sent += 1
        run.answered["200"] += 1
        os.kill(os.getpid(), signal.SIGINT)
        await run.rest(600)

    monkeypatch.setitem(SCENARIOS, "slow", Scenario("slow", "", interrupted, 600, 1, 1))

    assert command.main(["slow"]) == 130
    assert "  answered 1: 1 200\n" in capsys.readouterr().out


def test_more_open_files_than_the_machine_allows_are_refused_with_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 1000))

    assert command.main(["connections"]) == 1
    assert capsys.readouterr().err == (
        "soak: 2200 open files are needed and 1000 allowed; raise the limit (ulimit -Hn), or give fewer --connections\n"
    )


def test_docs_soak_md_has_every_scenario_and_says_what_it_prints() -> None:
    page = (CHECKOUT / "docs/soak.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^\$ make soak ARGS=([a-z-]+)\n(.*?)^```", page, re.DOTALL | re.MULTILINE))

    assert list(shown) == [command.ACCOUNTED, *SCENARIOS]
    for name, scenario in SCENARIOS.items():
        run = Run(NOWHERE, replace(SETTINGS, connections=scenario.connections), memory={0.0: 1}, took=scenario.seconds)
        said = command.told(scenario, run).splitlines()
        lines = shown[name].splitlines()
        assert lines[0].startswith(f"{name}: {scenario.connections} connections, "), name
        assert [_words(each) for each in lines[1:6]] == [_words(each) for each in said[1:6]], name
        assert "WRONG" not in shown[name]


def _words(line: str) -> str:
    """How *line* begins, without its numbers."""
    return re.sub("[0-9]+", "N", line.partition(":")[0])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "invalid choice: 'nothing'"),
        (["slow", "--seconds", "0"], "'0': expected seconds above 0, and at most a day"),
        (["slow", "--seconds", "long"], "'long': expected seconds above 0, and at most a day"),
        (["connections", "--connections", "0"], "'0': expected a whole number from 1 to 100000"),
    ],
)
def test_options_that_cannot_be_are_refused(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(words)
    assert said in capsys.readouterr().err
