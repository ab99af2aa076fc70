"""The suite as a process of its own before targets that mean harm: what it says, how long it takes, what memory it needs."""

from __future__ import annotations

import base64
import itertools
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
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
    """What a run came to: its exit code and verdict, what it printed, its seconds and the megabytes at its peak."""

    code: int
    output: str
    seconds: float
    megabytes: int

    @property
    def verdict(self) -> str:
        """The verdict in the summary."""
        (line,) = [line for line in self.output.splitlines() if line.startswith("  verdict ")]
        return line.removeprefix("  verdict").strip()

    @property
    def broken(self) -> set[str]:
        """The requirements that failed."""
        return set(re.findall(r"^FAILED \S+::(\S+)", self.output, re.MULTILINE))


Survive = Callable[[Hostile], Survived]


@pytest.fixture(scope="session")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of contracts that has Acme's."""
    return acme.folder(tmp_path_factory.mktemp("contracts"))


@pytest.fixture
def survive(contracts: Path) -> Survive:
    """Judges a hostile target by the contract of Acme, and looks at what every such run has to keep."""

    def survived(target: Hostile) -> Survived:
        with target:
            bounds = ["--timeout", str(TIMEOUT_S), "--max-time", str(MAX_TIME_S)]
            run = command("--providers", str(contracts), "--provider", "acme", "--target", target.url, *bounds)
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
        assert found.seconds < MAX_TIME_S + TIMEOUT_S + START_S
        assert "Traceback" not in output
        assert KEY not in output
        assert max(map(len, output.splitlines())) < 2000
        return found

    return survived


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
    "a redirect to itself": (redirect("/v1/models"), "answered 302, a redirect to /v1/models; redirects are not followed"),
    "a redirect to a login": (redirect("/login"), "answered 302, a redirect to /login; redirects are not followed"),
    "a login page": (sends(OK, b"\r\n", PAGE), "answered 200 with an HTML page instead of JSON"),
}


@pytest.mark.parametrize(("deed", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_a_target_without_a_usable_answer_is_one_sentence(survive: Survive, deed: Deed, sentence: str) -> None:
    found = survive(Hostile(deed))

    assert found.code == 6
    assert sentence in found.verdict
    assert found.broken == set()


def test_a_reset_before_the_request_is_one_sentence(survive: Survive) -> None:
    found = survive(Hostile(reset(), early=True))

    assert (found.code, NOTHING in found.verdict) == (6, True)


def test_noise_where_tls_should_begin_is_one_sentence(survive: Survive) -> None:
    found = survive(Hostile(sends(bytes(range(256)) * 400), early=True, scheme="https"))

    assert found.code == 6
    assert "gave no answer: " in found.verdict


FINDINGS: dict[str, tuple[Deed, str, str]] = {
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
    "a hundred thousand wrong models": (models(100_000, b'"created": "now"'), "ACM-MODEL-01", "a JSON integer"),
    "a hundred thousand unknown members": (
        body(model(b'"created": "now", ' + b", ".join(b'"x%d": 1' % number for number in range(100_000)))),
        "ACM-MODEL-01",
        "a JSON integer",
    ),
}


@pytest.mark.parametrize(("deed", "id", "words"), FINDINGS.values(), ids=FINDINGS)
def test_an_answer_that_can_be_read_is_a_finding(survive: Survive, deed: Deed, id: str, words: str) -> None:
    found = survive(Hostile(deed))

    assert found.code == 1
    assert id in found.broken
    assert words in found.output


AFTERWARDS: dict[str, Deed] = {
    name: SENTENCES[name][0] for name in ("an endless body", "one byte a second", "a reset after the request", "noise")
}


@pytest.mark.parametrize("deed", AFTERWARDS.values(), ids=AFTERWARDS)
def test_a_target_that_turns_hostile_after_a_good_list_leaves_no_verdict_or_what_was_seen(survive: Survive, deed: Deed) -> None:
    target = Hostile(deed, well=body(LIST))

    found = survive(target)

    assert found.code == 6
    assert found.verdict == "inconclusive: some MUST could not be judged"
    assert found.broken == set()
    assert "gave no answer" in found.output


def test_another_long_list_at_each_request_does_not_pile_up(survive: Survive) -> None:
    numbers = itertools.count()

    def deed(connection: socket.socket) -> None:
        models(40_000, b'"created": %d' % (1_700_000_000 + next(numbers)))(connection)

    found = survive(Hostile(deed))

    assert found.code in (1, 6)
