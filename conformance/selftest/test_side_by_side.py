"""Several gateways in one run, over real sockets: who is asked when, and whose key, waivers and depth are whose."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance.finding import Outcome
from conformance.judge import Judge
from conformance.pace import Host, Pace
from conformance.run import Run, World
from conformance.selftest import acme
from conformance.selftest.acme import KEY, MODELS, Acme, changed
from conformance.selftest.bench import Clock
from conformance.selftest.conftest import Suite
from conformance.selftest.gateway import Answer, Asked, Gateway, Script
from conformance.selftest.test_command import CHECKOUT
from conformance.settings import Settings
from conformance.side_by_side import SideBySide
from conformance.target import Target
from conformance.verdict import Verdict
from specs import Provider

pytest_plugins = ["pytester"]

PATIENCE_S = 30.0
"""So long a test waits for what has to happen; it is never waited for when all is well."""


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return acme.folder(tmp_path_factory.mktemp("contracts"))


def written(folder: Path, *targets: str, before: str = "") -> Path:
    """A targets file with *targets*, each the inside of a flow mapping."""
    file = folder / "targets.yaml"
    file.write_text(f"{before}targets:\n" + "".join(f"  - {{{each}}}\n" for each in targets), encoding="utf-8")
    return file


@dataclass
class Flight:
    """Counts the requests that are in the hands of gateways at the same time."""

    most: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def around(self, script: Script) -> Script:
        """*script*, counted."""

        def counted(asked: Asked) -> Answer:
            with self._lock:
                self._now += 1
                self.most = max(self.most, self._now)
            try:
                return script(asked)
            finally:
                with self._lock:
                    self._now -= 1

        return counted


def meeting(script: Script, barrier: threading.Barrier) -> Script:
    """*script*, whose first answer waits for the first request to each of the others."""
    first = threading.Event()

    def answered(asked: Asked) -> Answer:
        if not first.is_set():
            first.set()
            barrier.wait(PATIENCE_S)
        return script(asked)

    return answered


def broken(asked: Asked, answer: Answer) -> Answer:
    return acme.answer({"data": [{**MODELS[0], "id": ""}]}) if asked.path == "/v1/models" and answer.status == 200 else answer


def test_hosts_are_asked_at_the_same_time_as_each_answers_only_when_all_were_asked(
    suite: Suite, tmp_path: Path, contracts: Path
) -> None:
    barrier = threading.Barrier(3)
    with ExitStack() as stack:
        gateways = [stack.enter_context(Gateway(meeting(Acme(), barrier))) for _ in range(3)]
        entries = [f"name: n{at}, url: '{each.url}', provider: acme" for at, each in enumerate(gateways)]
        found = suite("--targets", str(written(tmp_path, *entries)), "--providers", str(contracts), "--depth", "quick")

    assert found.code == 0
    assert not barrier.broken


def test_with_one_job_hosts_are_asked_one_after_the_other(suite: Suite, tmp_path: Path, contracts: Path) -> None:
    flight = Flight()
    with Gateway(flight.around(Acme())) as one, Gateway(flight.around(Acme())) as other:
        entries = [f"name: {name}, url: '{each.url}', provider: acme" for name, each in (("one", one), ("other", other))]
        file = str(written(tmp_path, *entries))
        found = suite("--targets", file, "--providers", str(contracts), "--depth", "quick", "--jobs", "1")

    assert found.code == 0
    assert flight.most == 1


def test_one_host_is_asked_one_request_after_the_other_whatever_its_targets_are_called(
    suite: Suite, tmp_path: Path, contracts: Path
) -> None:
    flight, order = Flight(), []

    def below(asked: Asked) -> Answer:
        _, first, path = asked.target.split("/", 2)
        order.append(first)
        return Acme()(Asked(asked.method, f"/{path}", asked.headers))

    with Gateway(flight.around(below)) as one, Gateway(Acme()) as other:
        host = one.url.removeprefix("http://")
        urls = {"a": f"http://{host}/a", "b": f"http://{host.upper()}/b", "c": f"{other.url}", "d": f"http://{host}/d"}
        entries = [f"name: {name}, url: '{url}', provider: acme" for name, url in urls.items()]
        found = suite("--targets", str(written(tmp_path, *entries)), "--providers", str(contracts), "--depth", "quick")

    assert found.code == 0
    assert flight.most == 1
    assert list(dict.fromkeys(order)) == ["a", "b", "d"]
    assert order == sorted(order)


def test_a_host_is_a_scheme_a_name_and_a_port(tmp_path: Path) -> None:
    provider = acme.provider(tmp_path)
    roots = [
        "https://a.example/x",
        "https://A.example:443/y",
        "http://a.example",
        "https://a.example:8443",
        "http://a.example:80",
    ]

    origins = [Target(root, provider).origin for root in roots]

    assert [origins.index(each) for each in origins] == [0, 0, 2, 3, 2]


def test_the_order_of_what_is_reported_is_that_of_the_file_whoever_answers_first(
    suite: Suite, tmp_path: Path, contracts: Path
) -> None:
    later = threading.Event()

    def last(asked: Asked) -> Answer:
        later.wait(PATIENCE_S)
        return Acme()(asked)

    def first(asked: Asked) -> Answer:
        if asked.header("Authorization") == "Bearer gateway-contracts-wrong-key":
            later.set()
        return Acme()(asked)

    with Gateway(last) as slow, Gateway(first) as fast:
        entries = [f"name: {name}, url: '{each.url}', provider: acme" for name, each in (("slow", slow), ("fast", fast))]
        report = tmp_path / "report.json"
        options = ("--providers", str(contracts), "--depth", "quick", "-v", "--report-json", str(report))
        found = suite("--targets", str(written(tmp_path, *entries)), *options)

    judged = re.findall(r"::(slow|fast)/ACM-", found.output)
    assert list(dict.fromkeys(judged)) == ["slow", "fast"]
    assert [run["name"] for run in json.loads(report.read_text())["runs"]] == ["slow", "fast"]


def test_the_summary_ends_with_a_row_for_each_gateway_and_the_exit_code_is_the_worst(
    suite: Suite, tmp_path: Path, contracts: Path
) -> None:
    with Gateway(Acme()) as good, Gateway(changed(broken)) as bad, Gateway(lambda _: Answer(503)) as down:
        gateways = {"good": good, "bad": bad, "down": down}
        entries = [f"name: {name}, url: '{each.url}', provider: acme" for name, each in gateways.items()]
        found = suite("--targets", str(written(tmp_path, *entries)), "--providers", str(contracts), "-k", "ACM-ID or ACM-GET")

    rows = found.output.partition("= gateways =")[2].splitlines()
    assert found.code == 1
    assert rows[1].split()[:3] == ["gateway", "verdict", "pass"]
    assert rows[2].split()[:2] == ["good", "kept"]
    assert rows[3].split()[:2] == ["bad", "BROKEN"]
    assert "ACM-ID-01" in rows[3]
    assert rows[4].split()[:2] == ["down", "inconclusive"]
    assert rows[4].endswith("the gateway is out of order")


def test_a_slow_gateway_ends_up_as_it_would_alone(suite: Suite, tmp_path: Path, contracts: Path) -> None:
    alone, together = tmp_path / "alone.json", tmp_path / "together.json"
    with Gateway(changed(broken)) as bad, Gateway(Acme()) as good:
        own = f"name: bad, url: '{bad.url}', provider: acme"
        options = ("--providers", str(contracts), "-k", "ACM-ID or ACM-FILTER or CLIENT", "--report-json")
        suite("--targets", str(written(tmp_path, own)), *options, str(alone))
        suite(
            "--targets", str(written(tmp_path, own, f"name: good, url: '{good.url}', provider: acme")), *options, str(together)
        )

    def findings(path: Path) -> list[object]:
        return [
            (each["requirement"], each["outcome"], each["confirmed"], [group["fingerprint"] for group in each["violations"]])
            for each in json.loads(path.read_text())["runs"][0]["findings"]
        ]

    assert findings(together) == findings(alone)


def keys_of(gateway: Gateway) -> set[str]:
    """The keys that reached *gateway*, those that the suite makes up left out."""
    fields = {value for each in gateway.asked for name, value in each.headers if name.lower() != "user-agent"}
    return {word for value in fields for word in value.split() if word.startswith("sk-")}


def test_no_key_reaches_another_gateway_or_is_said_even_where_a_gateway_repeats_what_is_anothers(
    suite: Suite, tmp_path: Path, contracts: Path
) -> None:
    keys = [f"sk-{name}-of-its-own-{number}" for number, name in enumerate(("alpha", "bravo", "charlie"))]
    telling = " ".join(keys)

    def gossip(key: str) -> Script:
        def change(asked: Asked, answer: Answer) -> Answer:
            fields = (*answer.headers, ("X-Heard", telling), ("Location", f"http://127.0.0.1:1/{telling}"))
            content = answer.content.replace(b"no good key", telling.encode()).replace(
                b'"size"', f'"{telling}": 1, "size"'.encode()
            )
            return Answer(answer.status, fields, content)

        acting = Acme(({**MODELS[0], "id": telling}, *MODELS[1:]), key=key)
        return lambda asked: change(asked, acting(asked))

    report, transcript, waivers = tmp_path / "report.json", tmp_path / "transcript.json", tmp_path / "waivers.yaml"
    with ExitStack() as stack:
        gateways = [stack.enter_context(Gateway(gossip(key))) for key in keys]
        entries = [f"name: n{at}, url: '{each.url}', provider: acme, api_key_env: KEY_{at}" for at, each in enumerate(gateways)]
        found = suite(
            *("--targets", str(written(tmp_path, *entries)), "--providers", str(contracts), "--closed", "-v", "-rA"),
            *("--report-json", str(report), "--record", str(transcript), "--waivers", str(waivers), "--waivers-update"),
            key=None,
            **{f"KEY_{at}": key for at, key in enumerate(keys)},
        )
        reached = [keys_of(each) for each in gateways]

    assert found.code in (0, 1)
    assert reached == [{key} for key in keys]
    said = found.output + "".join(path.read_text() for path in (report, transcript, waivers) if path.exists())
    assert [key for key in keys if key in said or key[3:12] in said.replace("KEY_", "")] == []


@pytest.mark.parametrize("more", [(), ("--header", "X-Api-Key: a-secret-of-one")])
def test_a_secret_for_one_gateway_is_not_sent_to_several(
    suite: Suite, tmp_path: Path, contracts: Path, more: tuple[str, ...]
) -> None:
    env = ", api_key_env: A_KEY" if more else ""
    entries = [f"name: {name}, url: 'https://{name}.example', provider: acme{env}" for name in ("a", "b")]

    found = suite("--targets", str(written(tmp_path, *entries)), "--providers", str(contracts), *more, A_KEY="sk-a-key")

    assert found.code == 4
    assert found.error.endswith(
        "--header X-Api-Key: a secret would go to every gateway; judge the one that it is for by itself"
        if more
        else "the key in GATEWAY_API_KEY would go to the hosts of a, b; give each its own variable as api_key_env, or unset it"
    )


def test_each_gateway_has_its_own_depth_and_waivers(suite: Suite, tmp_path: Path, contracts: Path) -> None:
    (tmp_path / "known.yaml").write_text(
        "waivers:\n  - {requirement: ACM-ID-01, target: '*', reason: known since spring, expires: '2098-01-01'}\n"
    )
    report = tmp_path / "report.json"
    with Gateway(changed(broken)) as one, Gateway(changed(broken)) as other:
        file = written(
            tmp_path,
            f"name: one, url: '{one.url}', waivers: known.yaml",
            f"name: other, url: '{other.url}', depth: standard",
            before="defaults: {provider: acme, depth: quick}\n",
        )
        found = suite("--targets", str(file), "--providers", str(contracts), "-k", "ACM-ID-01", "--report-json", str(report))

    runs = json.loads(report.read_text())["runs"]
    assert found.code == 1
    assert [(run["settings"]["depth"], run["findings"][0]["outcome"]) for run in runs] == [
        ("quick", "waived"),
        ("standard", "fail"),
    ]
    assert found.output.count("known since spring") == 1


def test_a_waivers_file_that_is_not_there_is_one_line(suite: Suite, tmp_path: Path, contracts: Path) -> None:
    file = written(tmp_path, "name: a, url: 'http://127.0.0.1:1', provider: acme, waivers: none.yaml")

    found = suite("--targets", str(file), "--providers", str(contracts))

    assert found.code == 4
    assert f"{tmp_path}/none.yaml" in found.error


def test_the_depth_of_each_is_that_of_the_record_when_it_is_judged_again(suite: Suite, tmp_path: Path, contracts: Path) -> None:
    transcript, reports = tmp_path / "t.json", [tmp_path / "1.json", tmp_path / "2.json"]
    with Gateway(Acme()) as one, Gateway(Acme()) as other:
        file = written(
            tmp_path,
            f"name: one, url: '{one.url}', provider: acme, depth: quick",
            f"name: other, url: '{other.url}', provider: acme",
        )
        options = ("--providers", str(contracts), "--report-json")
        suite("--targets", str(file), *options, str(reports[0]), "--record", str(transcript), "-k", "ACM-ID or ACM-GET")
    again = suite("--replay", str(transcript), *options, str(reports[1]))

    first, second = (json.loads(path.read_text())["runs"] for path in reports)
    assert again.code == 0
    assert [run["settings"]["depth"] for run in second] == ["quick", "standard"]
    assert [[each["outcome"] for each in run["findings"]] for run in first] == [
        [each["outcome"] for each in run["findings"]] for run in second
    ]


def test_the_rate_that_was_asked_for_is_that_of_a_host_and_not_of_each_target(tmp_path: Path) -> None:
    clock, host = Clock(), Host()
    one, other = (Pace(clock, clock.sleep, 1.0, host=host) for _ in range(2))

    one.wait()
    other.wait()

    assert clock.slept == [1.0]


@pytest.mark.parametrize(("jobs", "sentence"), [("0", "expected a whole number above 0"), ("33", "expected at most 32")])
def test_jobs_are_bounded(suite: Suite, jobs: str, sentence: str) -> None:
    found = suite("--targets", "t.yaml", "--jobs", jobs)

    assert found.code == 4
    assert sentence in found.output


def test_an_error_of_ours_in_one_run_is_told_and_ends_with_3(
    suite: Suite, tmp_path: Path, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(self: Run) -> Iterator[tuple[int, int]]:
        raise RuntimeError("this is a bug")

    monkeypatch.setattr(Run, "_send", failing)
    with Gateway(Acme()) as one, Gateway(Acme()) as other:
        entries = [f"name: {name}, url: '{each.url}', provider: acme" for name, each in (("one", one), ("other", other))]
        found = suite("--targets", str(written(tmp_path, *entries)), "--providers", str(contracts))

    assert found.code == 3
    assert "this is a bug" in found.output


def test_an_error_of_ours_while_judging_is_that_requirements_alone(
    suite: Suite, tmp_path: Path, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = Judge.finding

    def failing(self: Judge, requirement: object) -> object:
        if getattr(requirement, "id", "") == "ACM-SORT-01":
            raise RuntimeError("this is a bug")
        return judged(self, requirement)  # type: ignore[arg-type] # as it came

    monkeypatch.setattr(Judge, "finding", failing)
    with Gateway(Acme()) as one, Gateway(Acme()) as other:
        entries = [f"name: {name}, url: '{each.url}', provider: acme" for name, each in (("one", one), ("other", other))]
        found = suite("--targets", str(written(tmp_path, *entries)), "--providers", str(contracts), "-k", "ACM-SORT or ACM-ID")

    assert found.code == 3
    assert "one/ACM-SORT-01" in found.output
    assert "2 failed" in found.output


@dataclass
class Impatient:
    """Interrupts as soon as somebody is *finished*, or at once."""

    finished: bool = True
    lines: list[str] = field(default_factory=list)

    def progress(self, text: str) -> None:
        if text and (not self.finished or ", 1 finished" in text):
            raise KeyboardInterrupt

    def line(self, text: str) -> None:
        self.lines.append(text)


def runs(side_by_side: SideBySide, provider: Provider, *gateways: Gateway) -> list[Run]:
    """A run over each of *gateways*."""
    targets = [Target(each.url, provider, name=f"n{at}") for at, each in enumerate(gateways)]
    found = Settings(targets=tuple(targets), key=KEY)
    return [Run(each, found, side_by_side.world(each, World()), provider.requirements) for each in targets]


@dataclass
class Silent:
    """Answers nothing before it is *over*."""

    over: threading.Event = field(default_factory=threading.Event)

    def __call__(self, asked: Asked) -> bytes:
        self.over.wait(PATIENCE_S)
        return b""


def test_an_interruption_ends_who_is_silent_and_keeps_what_was_judged(provider: Provider) -> None:
    silent, together = Silent(), SideBySide(8, Impatient())
    with Gateway(changed(broken)) as quick, Gateway(silent) as hanging:
        made = runs(together, provider, quick, hanging)
        with pytest.raises(KeyboardInterrupt):
            together.send(made)
        silent.over.set()
        for each in made:
            each.close()

    assert [(each.verdict, bool(each.findings)) for each in made] == [(Verdict.BROKEN, True), (Verdict.INTERRUPTED, False)]
    assert Outcome.INCONCLUSIVE not in [each.outcome for each in made[0].findings]
    assert len(made[0].findings) == len(provider.requirements)
    assert [threading.active_count() for each in threading.enumerate() if each.name.startswith("host-")] == []
    assert made[1].undeclared == []


def test_who_does_not_end_in_time_is_left_alone_and_its_run_is_as_if_it_had_not_begun(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.side_by_side.GRACE_S", 0.0)
    monkeypatch.setattr(Run, "halt", lambda self: None)
    silents = Silent(), Silent()
    together = SideBySide(8, Impatient(finished=False))
    with Gateway(silents[0]) as one, Gateway(silents[1]) as other:
        made = runs(together, provider, one, other)
        begun = list(made)
        together._told.put("as if somebody had answered")
        with pytest.raises(KeyboardInterrupt):
            together.send(made)
        held = [list(each.transcript) for each in made]
        for silent in silents:
            silent.over.set()
        for thread in together._threads:
            thread.join(PATIENCE_S)
        for run in (*begun, *made):
            run.close()

    assert [new is old for new, old in zip(made, begun, strict=True)] == [False, False]
    assert held == [[], []]


@dataclass
class Patient:
    """Keeps what it is told."""

    told: list[str] = field(default_factory=list)

    def progress(self, text: str) -> None:
        self.told.append(text)

    def line(self, text: str) -> None:
        self.told.append(text)


def test_how_far_all_is_stands_in_one_line_that_is_taken_away_at_the_end(provider: Provider) -> None:
    watcher = Patient()
    together = SideBySide(8, watcher)
    with Gateway(Acme()) as one, Gateway(Acme()) as other:
        made = runs(together, provider, one, other)
        together.send(made)
        for each in made:
            each.close()

    planned = sum(len(each.plan.order) for each in made)
    assert watcher.told[-2:] == [f"asking 2 gateways: {planned} of {planned}, 2 finished", ""]
    assert all(each.startswith("asking 2 gateways: ") for each in watcher.told[:-1])


def test_a_single_host_is_asked_in_the_thread_of_who_wants_it_and_judged_later(provider: Provider) -> None:
    watcher = Patient()
    together = SideBySide(8, watcher)
    with Gateway(Acme()) as one:
        made = runs(together, provider, one)
        together.send(made)
        made[0].close()

    planned = len(made[0].plan.order)
    assert watcher.told[-2:] == [f"asking {one.url}: {planned} of {planned}", ""]
    assert together._threads == []
    made[0].find_judged()
    assert made[0].findings == []


def test_a_pause_of_one_of_several_is_told_meanwhile(provider: Provider) -> None:
    watcher = Patient()
    together = SideBySide(8, watcher)
    retries: list[str] = []

    def limited(asked: Asked) -> Answer:
        retries.append(asked.target)
        return Answer(429, (("Retry-After", "2.5"),)) if len(retries) == 1 else Acme()(asked)

    with Gateway(Acme()) as one, Gateway(limited) as other:
        made = runs(together, provider, one, other)
        together._over = Passing()
        together.send(made)
        for each in made:
            each.close()

    assert "n1: waiting 2 s, to keep the target's limit" in watcher.told


class Passing(threading.Event):
    """Time that passes at once."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def test_a_pause_that_somebody_would_wonder_about_is_told_with_the_name_of_the_gateway(provider: Provider) -> None:
    watcher = Impatient()
    world = SideBySide(8, watcher).world(Target("http://127.0.0.1:1", provider, name="n0"), World())

    world.notice(12.4)

    assert watcher.lines == ["n0: waiting 12 s, to keep the target's limit"]


def test_ctrl_c_ends_all_at_once_and_leaves_a_report(tmp_path: Path, contracts: Path) -> None:
    reached, silent = threading.Barrier(3), Silent()

    def hanging(asked: Asked) -> bytes:
        reached.wait(PATIENCE_S)
        return silent(asked)

    report = tmp_path / "report.json"
    with Gateway(hanging) as one, Gateway(hanging) as other:
        entries = [f"name: {name}, url: '{each.url}', provider: acme" for name, each in (("one", one), ("other", other))]
        words = ["--targets", str(written(tmp_path, *entries)), "--providers", str(contracts), "--report-json", str(report)]
        words += ["--record", str(tmp_path / "transcript.json")]
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", str(CHECKOUT / "conformance"), "-p", "no:cacheprovider", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT), "GATEWAY_API_KEY": KEY},
            stdout=subprocess.PIPE,
            text=True,
        )
        reached.wait(PATIENCE_S)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=PATIENCE_S)
        silent.over.set()

    found = json.loads(report.read_text())
    assert process.returncode == 2
    assert found["complete"] is False
    assert [(run["name"], run["verdict"]) for run in found["runs"]] == [("one", "interrupted"), ("other", "interrupted")]
    assert "other    interrupted" in output
    assert [run["complete"] for run in json.loads((tmp_path / "transcript.json").read_text())["runs"]] == [False, False]
