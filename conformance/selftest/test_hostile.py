"""The suite as a process of its own before targets that mean harm: what it says, how long it takes, what memory it needs.

Most of them stand side by side before one process, each as a provider of its own, as a process takes its time to start.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.selftest import acme
from conformance.selftest.acme import KEY, MODELS
from conformance.selftest.hostile import (
    BLOCK,
    CHUNKED,
    OK,
    Deed,
    Hostile,
    body,
    model,
    models,
    one_byte_a_second,
    packed,
    redirect,
    reset,
    sends,
    times,
    without_end,
)
from conformance.selftest.test_command import CHECKOUT, command, environment

MOST_MB = 300
TIMEOUT_S, MAX_TIME_S = 0.5, 4.0
READING_S = 30.0
"""The time for a target whose answers can be read: all of them are judged, also where a machine has much else to do."""
START_S = 20.0
"""What a machine with much else to do may need to start Python and to judge, beside the time for asking."""

# The peak of a process counts what the one that began it held at that moment, so a small one stands between.
LAUNCHER = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print("peak", peak // (1024 * 1024 if sys.platform == "darwin" else 1024))
sys.exit(code)
"""

# 256 MiB of blanks, as brotli packs them.
BROTLI = base64.b64decode(
    "z///f/glQOKxQCD3/p/////wSwDEYQGA7v0/////4ZcAiMMiAN37f/7//8MvARCHBQC69//8//+HXwIgDgsAdO//+f//D78EQBwWAOje//P//x9+CYA4LADQvf/n//8//BIAcVgAoHv/z///f/glAOKwAED3/p/////wSwDEYQGA7v0/////4ZcAiMMCAN37f/7//8MvARCHBQC69//8//+HXwIgDgsAdO//+f//D78EQBwWAOje//P//x9+CYA4LADQvf/P//9//BIAcVgAoHv/Dw=="
)

LIST = json.dumps({"data": list(MODELS)}).encode()
PAGE = b"<!DOCTYPE html><title>Log in</title>"
GZIP = b"Content-Encoding: gzip"


@dataclass(frozen=True)
class Survived:
    """What a run came to: its exit code, what it printed, its seconds and the megabytes at its peak."""

    code: int
    output: str
    seconds: float
    megabytes: int

    def verdict(self, url: str) -> str:
        """The verdict on the target at *url* in the summary."""
        lines = self.output.splitlines()
        verdict = lines[lines.index(f"Acme Models at {url}") + 1]
        return verdict.removeprefix("  verdict").strip()

    def broken(self, prefix: str = "") -> dict[str, str]:
        """What is said of each requirement that failed."""
        said = re.split(r"^_+ (\S+) _+$", self.output, flags=re.MULTILINE)[1:]
        found = zip(said[::2], said[1::2], strict=True)
        return {name.removeprefix(prefix): words.partition("\n====")[0] for name, words in found if name.startswith(prefix)}


def survived(target: Hostile, contracts: Path, provider: str, targets: int = 1, max_time: float = MAX_TIME_S) -> Survived:
    """What a run over a target that is entered comes to, with what every such run has to keep."""
    bounds = ["--timeout", str(TIMEOUT_S), "--max-time", str(max_time)]
    run = command("--providers", str(contracts), "--provider", provider, "--target", target.url, *bounds)
    begun = time.monotonic()
    process = subprocess.run(
        [sys.executable, "-c", LAUNCHER, *run],
        cwd=CHECKOUT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    seconds = time.monotonic() - begun
    output = process.stdout.decode("utf-8", "replace")
    peak = re.search(r"^peak ([0-9]+)$", output, re.MULTILINE)
    assert peak, output
    found = Survived(process.returncode, output, seconds, int(peak[1]))
    assert found.megabytes < MOST_MB
    assert found.seconds < targets * (max_time + TIMEOUT_S) + START_S
    assert "Traceback" not in output
    assert KEY not in output
    assert max(map(len, output.splitlines())) < 2000
    return found


@pytest.fixture(scope="session")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of contracts that has Acme's."""
    return acme.folder(tmp_path_factory.mktemp("contracts"))


def together(deeds: Mapping[str, Deed], contracts: Path, max_time: float = MAX_TIME_S) -> tuple[Survived, dict[str, Survival]]:
    """A run over a target for each of *deeds*, and what it says of each."""
    names = {each: f"t{number}" for number, each in enumerate(deeds)}
    for name in names.values():
        shutil.copytree(contracts / "acme", contracts / name)
    shutil.rmtree(contracts / "acme")
    with Hostile({names[each]: deed for each, deed in deeds.items()}) as target:
        found = survived(target, contracts, "all", len(deeds), max_time)
        survivals = {
            each: Survival(found.verdict(f"{target.url}/{name}"), found.broken(f"{name}/")) for each, name in names.items()
        }
    return found, survivals


@dataclass(frozen=True)
class Survival:
    """What a run said of one of its targets."""

    verdict: str
    broken: dict[str, str]


NOTHING = "gave no answer: "
UNUSABLE = "gave no answer that can be judged: "
LATE = f"{NOTHING}no whole answer came within 0.5 s"
LARGE = f"{UNUSABLE}the answer is larger than 16777216 bytes"
MANY = f"{UNUSABLE}the answer holds more than 600000 JSON values"
LONG = f"{NOTHING}a field, or the line of a chunk, goes on for more than 100 kB"

SENTENCES: dict[str, tuple[Deed, str]] = {
    "an endless body": (without_end(CHUNKED, block=b"10000\r\n" + BLOCK + b"\r\n"), LARGE),
    "a body of 1 GB": (times(16384, BLOCK, OK, b"Content-Length: 1073741824\r\n\r\n"), LARGE),
    "a gzip bomb of 1 GB": (body(packed(1 << 30), GZIP), LARGE),
    "gzip in gzip": (body(packed(1 << 26, layers=2), b"Content-Encoding: gzip, gzip"), UNUSABLE),
    "a brotli bomb": (
        body(BROTLI, b"Content-Encoding: br"),
        f"{UNUSABLE}the answer has the Content-Encoding 'br', which was not",
    ),
    "one byte a second": (one_byte_a_second(OK, b"Content-Length: 1000\r\n\r\n"), LATE),
    "one byte of a field a second": (one_byte_a_second(OK, b"X-Padding: "), LATE),
    "fields without end": (without_end(OK, block=b"X-Padding: xxxxxxxx\r\n" * 100), LONG),
    "one field without end": (without_end(OK, b"X-Padding: ", block=b"x" * 65536), LONG),
    "trailers without end": (without_end(CHUNKED, b"2\r\n[]\r\n0\r\n", block=b"X-Padding: xxxxxxxx\r\n" * 100), LONG),
    "the line of a chunk without end": (without_end(CHUNKED, b"2;", block=b"x" * 65536), LONG),
    "a million models": (models(1_000_000), f"{UNUSABLE}the answer "),
    "a million empty models": (body(b'{"data": [' + b",".join([b"{}"] * 1_000_000) + b"]}"), MANY),
    "a member a million times": (body(model(b", ".join([b'"id": "b"'] * 1_000_000))), MANY),
    "HTTP/0.9": (sends(LIST), NOTHING),
    "noise": (sends(bytes(range(256)) * 400), f"{NOTHING}what came is no HTTP answer: it has no status line"),
    "a reset after the request": (reset(), NOTHING),
    "a reset in the status line": (reset(b"HTTP/1.1 20"), NOTHING),
    "a reset among the fields": (reset(OK), NOTHING),
    "a reset in the body": (reset(OK, b"Content-Length: 100\r\n\r\n{"), NOTHING),
    "a login page": (sends(OK, b"\r\n", PAGE), "answered 200 with an HTML page instead of JSON"),
}


FINDINGS: dict[str, tuple[Deed, str, str]] = {
    "a redirect to itself": (redirect("/v1/models"), "ACM-ANSWER-01", "status 302, a redirect to /v1/models"),
    "a redirect to a login": (redirect("/login"), "ACM-ANSWER-01", "status 302, a redirect to /login"),
    "invalid UTF-8": (body(model(b'"x": "\xff\xfe"')), "ACM-JSON-01", "the body is not UTF-8: invalid start byte at byte"),
    "UTF-16": (body(LIST.decode().encode("utf-16")), "ACM-JSON-01", "the body is not UTF-8"),
    "a byte order mark": (body(b"\xef\xbb\xbf" + LIST), "ACM-JSON-01", "a byte order mark before the JSON text"),
    "NaN and Infinity": (
        body(model(b'"x": NaN, "y": Infinity, "z": -Infinity')),
        "ACM-JSON-01",
        "which JSON does not have",
    ),
    "a number of 10 000 digits": (
        body(model(b'"x": ' + b"9" * 10_000)),
        "ACM-JSON-01",
        "a number that is too long: 10000 digits",
    ),
    "a member twice": (body(model(b'"id": "b"')), "ACM-JSON-01", "the member 'id' 2 times in one object"),
    "100 000 levels of arrays": (body(b"[" * 100_000 + b"]" * 100_000), "ACM-JSON-01", "the body is nested too deeply"),
    "100 000 levels of objects": (
        body(b'{"data":' * 100_000 + b"1" + b"}" * 100_000),
        "ACM-JSON-01",
        "the body is nested too deeply",
    ),
    "twenty thousand wrong models": (models(20_000, b'"created": "now"'), "ACM-MODEL-01", "a JSON integer"),
    "a hundred thousand unknown members": (
        body(model(b'"created": "now", ' + b", ".join(b'"x%d": 1' % number for number in range(100_000)))),
        "ACM-MODEL-01",
        "a JSON integer",
    ),
}


@pytest.fixture(scope="session")
def unusable(tmp_path_factory: pytest.TempPathFactory) -> tuple[Survived, dict[str, Survival]]:
    """A run over all targets without a usable answer."""
    deeds = {name: deed for name, (deed, _) in SENTENCES.items()}
    return together(deeds, acme.folder(tmp_path_factory.mktemp("unusable")))


@pytest.fixture(scope="session")
def readable(tmp_path_factory: pytest.TempPathFactory) -> tuple[Survived, dict[str, Survival]]:
    """A run over all targets whose answers can be read."""
    deeds = {name: deed for name, (deed, _, _) in FINDINGS.items()}
    return together(deeds, acme.folder(tmp_path_factory.mktemp("readable")), READING_S)


@pytest.mark.parametrize("name", SENTENCES)
def test_a_target_without_a_usable_answer_is_one_sentence(unusable: tuple[Survived, dict[str, Survival]], name: str) -> None:
    run, found = unusable

    assert run.code == 6
    assert SENTENCES[name][1] in found[name].verdict
    assert found[name].broken == {}


@pytest.mark.parametrize("name", FINDINGS)
def test_an_answer_that_can_be_read_is_a_finding(readable: tuple[Survived, dict[str, Survival]], name: str) -> None:
    run, found = readable
    _, requirement, words = FINDINGS[name]

    assert run.code == 1
    assert words in found[name].broken[requirement]


def test_a_redirect_to_another_host_is_the_only_finding_and_takes_nothing_there(contracts: Path) -> None:
    with Hostile(body(LIST)) as elsewhere, Hostile(redirect(f"{elsewhere.url}/v1/models")) as target:
        found = survived(target, contracts, "acme")

    assert found.code == 1
    assert found.broken().keys() == {"ACM-ANSWER-01"}
    assert f"status 302, a redirect to {elsewhere.url}/v1/models" in found.output
    assert elsewhere.asked == 0
    assert target.asked == 3


def test_a_reset_before_the_request_is_one_sentence(contracts: Path) -> None:
    with Hostile(reset(), early=True) as target:
        found = survived(target, contracts, "acme")

    assert found.code == 6
    assert NOTHING in found.verdict(target.url)


def test_noise_where_tls_should_begin_is_one_sentence(contracts: Path) -> None:
    with Hostile(sends(bytes(range(256)) * 400), early=True, scheme="https") as target:
        found = survived(target, contracts, "acme")

    assert found.code == 6
    assert "gave no answer: the TLS connection failed" in found.verdict(target.url)


AFTERWARDS = ("an endless body", "one byte a second", "a reset after the request")


@pytest.mark.parametrize("name", AFTERWARDS)
def test_a_target_that_turns_hostile_after_a_good_list_is_accused_of_nothing(contracts: Path, name: str) -> None:
    with Hostile(SENTENCES[name][0], well=body(LIST)) as target:
        found = survived(target, contracts, "acme")

    assert found.code == 6
    assert found.verdict(target.url) == "inconclusive: some MUST could not be judged"
    assert found.broken() == {}
    assert target.asked <= 6


def test_another_long_list_at_each_request_does_not_pile_up(contracts: Path) -> None:
    numbers = itertools.count()

    def deed(connection: socket.socket) -> None:
        models(40_000, b'"created": %d' % (1_700_000_000 + next(numbers)))(connection)

    with Hostile(deed) as target:
        found = survived(target, contracts, "acme")

    assert found.code in (1, 6)
