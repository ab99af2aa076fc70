"""Nothing that the suite says holds a key: not whole, not in part, and not in another spelling."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conformance import report, summary, transcript_file
from conformance.evidence import text
from conformance.redaction import MARKER, RUN, Redactor
from conformance.reports import workflow
from conformance.reports.formats import FORMATS
from conformance.run import Run
from conformance.selftest import bench
from conformance.selftest.acme import KEY, MODELS, Acme, answer
from conformance.selftest.gateway import Answer, Asked, Script
from specs import Provider, formats

TOKENS = st.from_regex(r"[A-Za-z0-9\-._~+/]{8,120}={0,2}", fullmatch=True).filter(lambda token: len(set(token)) > 5)
AROUND = st.sampled_from(["", " ", "key: ", '"', "ab", "x=", "日本", "%", "\\", "€%20"])


def coded(token: str, before: str = "") -> bytes:
    return base64.b64encode(before.encode() + token.encode())


def percent(token: str, spelling: str = "02x", every: int = 1) -> str:
    return "".join(f"%{ord(each):{spelling}}" if at % every == 0 else each for at, each in enumerate(token))


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": lambda token: token,
    "in upper case": str.upper,
    "as a URL has it": lambda token: quote(token, safe=""),
    "percent-encoded throughout": percent,
    "percent-encoded in upper case": lambda token: percent(token, "02X"),
    "percent-encoded here and there": lambda token: percent(token, every=3),
    "percent-encoded twice": lambda token: quote(percent(token), safe=""),
    "as JSON may have it": lambda token: json.dumps(token).replace("/", "\\/"),
    "escaped as JSON": lambda token: "".join(f"\\u{ord(each):04x}" for each in token),
    "escaped as JSON in upper case": lambda token: "".join(f"\\u{ord(each):04X}" for each in token),
    "escaped as JSON here and there": lambda token: "".join(
        each if each.isalpha() else f"\\u{ord(each):04x}" for each in token
    ),
    "JSON in JSON": lambda token: json.dumps("".join(f"\\u{ord(each):04x}" for each in token)),
    "JSON in a URL": lambda token: quote("".join(f"\\u{ord(each):04x}" for each in token)),
    "escaped as HTML": lambda token: "".join(f"&#{ord(each)};&#x{ord(each):x};"[0 : len(str(ord(each))) + 3] for each in token),
    "as the repr of UTF-16": lambda token: repr(token.encode("utf-16-le").decode()),
    "base64": lambda token: coded(token).decode(),
    "base64 without padding": lambda token: coded(token).decode().rstrip("="),
    "base64 behind one octet": lambda token: coded(token, "u").decode(),
    "base64 behind two octets": lambda token: coded(token, "u:").decode(),
    "base64 for URLs": lambda token: coded(token, "€").decode().translate(str.maketrans("+/", "-_")).rstrip("="),
    "base64 before more": lambda token: coded(f"{token}@host").decode(),
    "base64, percent-encoded": lambda token: percent(coded(token).decode()),
    "base64 in JSON": lambda token: json.dumps(coded(token).decode()).replace("/", "\\/"),
    "hexadecimal": lambda token: token.encode().hex(),
    "hexadecimal in upper case": lambda token: token.encode().hex().upper(),
}


def readings(text: str) -> Iterator[str]:
    """What somebody who looks for a key can make of *text*, without our own code."""
    meant = text
    for _ in range(3):
        yield meant
        yield meant.replace("\\x00", "")
        yield from unpacked(meant)
        meant = re.sub(r"\\+u00([0-9A-Fa-f]{2})", lambda each: chr(int(each[1], 16)), unquote(meant)).replace("\\/", "/")
    yield re.sub(r"&#(x?)([0-9a-f]+);", lambda each: chr(int(each[2], 16 if each[1] else 10)), text)


def unpacked(text: str) -> Iterator[str]:
    for run in re.findall(r"[A-Za-z0-9+/_-]{8,}", text):
        for skipped in range(4):
            digits = run[skipped:].translate(str.maketrans("-_", "+/"))
            yield base64.b64decode(digits[: len(digits) // 4 * 4]).decode("latin-1")
    for run in re.findall(r"[0-9A-Fa-f]{8,}", text):
        for skipped in range(2):
            digits = run[skipped:]
            yield bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("latin-1")


def leaks(text: str, token: str) -> set[str]:
    """The runs of so many characters of *token* that *text* has, in any reading."""
    runs = {token.lower()[at : at + RUN] for at in range(len(token) - RUN + 1)}
    return {run for reading in readings(text) for run in runs if run in reading.lower()}


@given(TOKENS, st.sampled_from(sorted(FORMS)), AROUND, AROUND)
def test_no_part_of_a_key_is_left_however_it_is_written(token: str, form: str, before: str, behind: str) -> None:
    assert not leaks(Redactor((token,)).hidden(f"{before}{FORMS[form](token)}{behind}"), token)


@given(TOKENS, st.sampled_from(sorted(FORMS)), st.integers(0, 400), st.integers(0, 400))
def test_no_part_of_a_key_is_left_where_a_text_was_cut(token: str, form: str, start: int, length: int) -> None:
    cut = f"said {FORMS[form](token)} and more"[start : start + length]

    assert not leaks(Redactor((token,)).hidden(cut), token)


@given(TOKENS, st.text(max_size=60))
def test_what_has_nothing_of_a_key_stays_as_it_is(token: str, said: str) -> None:
    pieces = {token.lower()[at : at + 4] for at in range(len(token) - 3)}
    meant = "".join(reading.lower() for reading in readings(said))
    assume(not any(piece in meant for piece in pieces))

    assert Redactor((token,)).hidden(said) == said


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=20), max_size=3))
def test_whatever_the_text_and_the_secrets_nothing_is_raised_and_none_is_left(said: str, secrets: list[str]) -> None:
    hidden = Redactor(tuple(secrets)).hidden(said)

    assert not any(secret in hidden for secret in secrets if MARKER not in secret)


def test_hiding_twice_changes_nothing_more() -> None:
    redactor = Redactor((KEY,))
    once = redactor.hidden(" ".join(form(KEY) for form in FORMS.values()))

    assert redactor.hidden(once) == once


def test_a_word_that_is_said_anyway_stays_unless_it_is_the_key() -> None:
    public = "https://acme-gateway.example"

    assert Redactor(("acme-gateway-key",), (public,)).hidden(f"at {public}/v1") == f"at {public}/v1"
    assert Redactor(("acme-gateway-key",), (public,)).hidden("acme-gateway") == MARKER
    assert Redactor(("acme-gateway",), (public,)).hidden(f"at {public}/v1") == f"at https://{MARKER}.example/v1"


@pytest.mark.parametrize("said", ["\\" * 50_000, "%25" * 20_000, "&#x" * 20_000, "\\u00" * 20_000, "QUJD" * 20_000])
def test_a_long_text_takes_no_longer_than_its_length(said: str) -> None:
    assert Redactor((KEY,)).hidden(said) == said


def test_a_redactor_does_not_show_what_it_hides() -> None:
    assert KEY not in repr(Redactor((KEY,)))


def recorded(run: Run) -> str:
    """What --record writes of *run*."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "transcript"
        transcript_file.write(path, [run])
        content = path.read_bytes()
        return (gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content).decode()


def reported(run: Run) -> str:
    """Every format of the report of *run*, but a page's style and a badge, which say nothing of a gateway."""
    value = report.report([run])
    texts = [each.text(value, [value]) for option, each in FORMATS.items() if option != "--badge"]
    return re.sub("(?s)<head>.*</head>", "", "\n".join([*texts, *workflow.commands(value)]))


# What the suite says of a run. Another output is another row; it is tried with every place below.
OUTPUTS: dict[str, Callable[[Run], str]] = {
    "summary": lambda run: "\n".join(summary.lines(run)),
    "warnings": lambda run: "\n".join(summary.warnings(run)),
    "plan": lambda run: "\n".join(summary.plan(run)),
    "report": lambda run: json.dumps(report.report([run]), ensure_ascii=False),
    "report in every format": reported,
    "findings": lambda run: "\n".join(
        run.settings.hidden(text(each, run.target, run.settings.key_env, run.settings.connection)) for each in run.findings
    ),
    "transcript": recorded,
    "reasons": lambda run: "\n".join(run.settings.hidden(each.reason) for each in run.findings),
}


Says = Callable[[], str]


def each(change: Callable[[Answer, str], Answer], *, good: bool = True) -> Callable[[Says], Script]:
    """A gateway that does *change* with a text to every answer, or only to those that are not 200."""

    def script(says: Says) -> Script:
        def answered(asked: Asked) -> Answer:
            found = Acme()(asked)
            return change(found, says()) if good or found.status != 200 else found

        return answered

    return script


def field(name: str, status: int | None = None) -> Callable[[Answer, str], Answer]:
    """The field *name* holds the text alone."""

    def change(found: Answer, said: str) -> Answer:
        kept = tuple(pair for pair in found.headers if pair[0] != name)
        return Answer(status or found.status, (*kept, (name, said)), found.content)

    return change


def listed(says: Says) -> Script:
    """A gateway one of whose models has the text in its id, in the name of a member and in a wrong value."""

    def answered(asked: Asked) -> Answer:
        said = says()
        return Acme((*MODELS, {**MODELS[1], "id": f"acme {said}", f"x {said}": said, "created": said, "types": said}))(asked)

    return answered


PLACES: dict[str, Callable[[Says], Script]] = {
    "an error": each(lambda found, said: answer({"error": {"key": said}}, found.status), good=False),
    "a body that is no JSON": each(lambda found, said: Answer(found.status, found.headers, f'{said} {{"'.encode())),
    "a body that is no UTF-8": each(lambda found, said: Answer(found.status, found.headers, b"\xff" + said.encode())),
    "a page": each(lambda found, said: Answer(found.status, (), f"<html>{said}".encode())),
    "a list": listed,
    "the media type": each(field("Content-Type")),
    "the coding": each(field("Content-Encoding")),
    "a challenge": each(field("WWW-Authenticate"), good=False),
    "a tag": each(field("ETag")),
    "the methods": each(field("Allow"), good=False),
    "a redirect": each(field("Location", 302)),
    "a redirect of what is refused": each(field("Location", 307), good=False),
    "a time to wait": each(field("Retry-After", 429)),
    "an outage": each(field("Server", 503)),
}
WRITTEN = [form(KEY) for form in FORMS.values()]
# Where what is long is cut, the key stands across the edge.
LONG = ["x" * before + KEY for before in (25, 48, 107, 115, 146, 150, 165, 180, 185, 190)]


@pytest.mark.parametrize("word", ["ACME-ID-01", "inconclusive", "requirement", "standard", "clients", "https://"])
def test_a_key_that_is_a_word_of_the_contract_or_the_report_spoils_neither(provider: Provider, word: str) -> None:
    broken = each(field("Content-Type", 500))(lambda: f"application/{word}")
    plain, run = (bench.run(provider, broken, key=key) for key in (KEY, word))

    value = report.report([run])

    formats.check(value, "report", "the report")
    assert reported(run)
    for name in ("requirement", "level", "outcome", "says", "citations"):
        assert [one[name] for one in value["runs"][0]["findings"]] == [
            one[name] for one in report.report([plain])["runs"][0]["findings"]
        ]
    assert word not in json.dumps(
        [[each["curl"], each["actual"]] for one in value["runs"][0]["findings"] for each in one["violations"]]
    )


@pytest.mark.parametrize("texts", [WRITTEN, LONG], ids=["written", "long"])
@pytest.mark.parametrize("place", PLACES)
def test_no_output_has_any_part_of_a_key_that_the_gateway_shows(provider: Provider, place: str, texts: list[str]) -> None:
    run = bench.run(provider, PLACES[place](itertools.cycle(texts).__next__), strict=True)

    for name, output in OUTPUTS.items():
        assert not leaks(output(run), KEY), name
