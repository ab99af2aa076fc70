"""The suite as its users run it: a process of its own, against a gateway over a real socket."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import trustme

from conformance.selftest import acme
from conformance.selftest.acme import KEY, Acme, changed
from conformance.selftest.gateway import Answer, Asked, Gateway, Script

CHECKOUT = Path(__file__).resolve().parents[2]
SCRUBBED = ("GATEWAY_", "COV_", "PYTEST_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True)
class Judged:
    """What a run ended with."""

    code: int
    output: str
    asked: tuple[Asked, ...] = ()

    @property
    def error(self) -> str:
        """The one line that a usage error is."""
        (line,) = [line for line in self.output.splitlines() if line.startswith("ERROR: ")]
        return line.removeprefix("ERROR: ")

    @property
    def verdict(self) -> str:
        """The verdict in the summary."""
        (line,) = [line for line in self.output.splitlines() if line.startswith("  verdict ")]
        return line.removeprefix("  verdict").strip()


def command(*arguments: str) -> list[str]:
    """The suite's command line."""
    return [sys.executable, "-m", "pytest", "conformance", "-p", "no:cacheprovider", *arguments]


def environment(key: str | None = KEY, **more: str) -> dict[str, str]:
    """The environment of a run, with *key* and nothing of the tests that are running."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SCRUBBED)}
    return kept | ({} if key is None else {"GATEWAY_API_KEY": key}) | more


def suite(*arguments: str, key: str | None = KEY, **more: str) -> Judged:
    """Runs the suite."""
    process = subprocess.run(
        command(*arguments),
        cwd=CHECKOUT,
        env=environment(key, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert KEY not in process.stdout
    assert "Traceback" not in process.stdout
    return Judged(process.returncode, process.stdout)


@pytest.fixture(scope="session")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of contracts that has Acme's."""
    return acme.folder(tmp_path_factory.mktemp("contracts"))


@pytest.fixture
def judge(contracts: Path) -> Callable[..., Judged]:
    """Judges a scripted gateway by the contract of Acme."""

    def judged(script: Script, *arguments: str, key: str | None = KEY, **more: str) -> Judged:
        with Gateway(script) as gateway:
            found = suite(
                "--providers", str(contracts), "--provider", "acme", "--target", gateway.url, *arguments, key=key, **more
            )
            return replace(found, asked=tuple(gateway.asked))

    return judged


def numbers_for_ids(asked: Asked, found: Answer) -> Answer:
    """Ids of the list are numbers: a broken MUST."""
    if asked.path != "/v1/models" or found.status != 200:
        return found
    return replace(found, content=re.sub(rb'"id": "[^"]*"', b'"id": 7', found.content))


def test_without_a_target_the_usage_is_one_line() -> None:
    found = suite()

    assert found.code == 4
    assert found.error == "no --target; usage: pytest conformance --target URL [--provider ID]"


def test_malformed_yaml_is_one_sentence_with_its_line(tmp_path: Path) -> None:
    contracts = acme.folder(tmp_path)
    (contracts / "acme" / "openapi.yaml").write_text("openapi: 3.1.0\ninfo: {title: Acme\npaths: }\n", encoding="utf-8")

    found = suite("--target", "https://acme.example", "--providers", str(contracts))

    assert found.code == 4
    assert re.match(r"/.*/acme/openapi.yaml:[0-9] ?: found malformed YAML, expected well-formed YAML", found.error)


def test_a_conforming_gateway_is_kept(judge: Callable[..., Judged]) -> None:
    found = judge(Acme())

    assert found.code == 0
    assert found.verdict == "kept: every MUST that could be judged is kept"
    assert "30 pass, 1 warn, 2 not applicable" in found.output
    assert "clients   1 warning: CLIENT-ERROR-02; nothing shows CLIENT-RETRY-01" in found.output
    assert {asked.method for asked in found.asked} <= {"GET", "HEAD", "OPTIONS"}
    assert f"requests  {len(found.asked)} sent of at most 40" in found.output


def test_a_dead_host_is_one_sentence(contracts: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        found = suite("--providers", str(contracts), "--provider", "acme", "--target", url)

    assert found.code == 6
    assert re.fullmatch(rf"inconclusive: {url} gave no answer: .*refused", found.verdict, re.IGNORECASE)


def test_a_certificate_that_nobody_vouches_for_is_one_sentence(contracts: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with Gateway(Acme(), context) as gateway:
        found = suite("--providers", str(contracts), "--provider", "acme", "--target", gateway.url)

    assert found.code == 6
    assert "the TLS connection failed" in found.verdict
    assert gateway.asked == []


def test_a_broken_must_says_all_that_is_known_of_it(judge: Callable[..., Judged]) -> None:
    found = judge(changed(numbers_for_ids), "-k", "ACM-ID-01")

    assert found.code == 1
    lines = [re.sub(r":[0-9]{4,5}", ":PORT", line) for line in found.output.splitlines()]
    start = lines.index("ACM-ID-01 MUST  What ACM-ID-01 asks for.")
    assert lines[start + 1 : start + 7] == [
        "  at        /data/0/id of GET /v1/models (4 in all, also /data/1/id, /data/2/id)",
        "  expected  a JSON string",
        "  actual    7",
        '  smallest  {"data":[{"id":7}]}',
        "  shown     3 of 3 tries",
        "  answer    HTTP/1.1 200 Scripted",
    ]
    cites = lines.index("  cites     models.txt:12 «as it is written»")
    assert lines[cites - 1].startswith('            {"data": [{"id": 7, "types": "chat,image"')
    assert lines[cites + 1 : cites + 3] == [
        "  rerun     pytest conformance --target http://127.0.0.1:PORT --provider acme -k ACM-ID-01",
        '  curl      curl -si -H "Authorization: Bearer ${GATEWAY_API_KEY:-sk-loopback}" http://127.0.0.1:PORT/v1/models',
    ]
    assert "  broken    ACM-ID-01" in lines


@pytest.fixture
def slow() -> Iterator[tuple[Script, threading.Event]]:
    """A gateway that answers three requests and no more, and the event of having been asked a fourth."""
    asked, release = threading.Event(), threading.Event()
    whole, count = Acme(), iter(range(1000))

    def script(request: Asked) -> Answer:
        if next(count) >= 3:
            asked.set()
            release.wait()
        return whole(request)

    yield script, asked
    release.set()


def test_an_interrupt_leaves_the_summary_and_ends_with_2(
    slow: tuple[Script, threading.Event], contracts: Path, tmp_path: Path
) -> None:
    script, asked = slow
    report, transcript, waivers = (tmp_path / name for name in ("report.json", "transcript.json", "waivers.yaml"))
    with Gateway(script) as gateway:
        arguments = ["--providers", str(contracts), "--provider", "acme", "--target", gateway.url, "--report-json", str(report)]
        arguments += ["--record", str(transcript), "--waivers", str(waivers), "--waivers-update"]
        process = subprocess.Popen(
            command(*arguments), cwd=CHECKOUT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert asked.wait(30)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)

    assert process.returncode == 2
    assert "verdict   no verdict: the run was ended early, cut short after 0 of 33 requirements" in output
    assert KEY not in output
    assert json.loads(report.read_bytes())["runs"][0]["complete"] is False
    (kept,) = json.loads(transcript.read_bytes())["runs"]
    assert (kept["complete"], len(kept["asked"])) == (False, 3)
    assert not waivers.exists()
    again = suite("--providers", str(contracts), "--replay", str(transcript))
    assert again.code == 6
    assert "the run that was recorded was ended early, so some answers are missing" in again.output
