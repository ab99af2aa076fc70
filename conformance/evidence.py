"""A finding in words: what was asked, expected and found, where it is written, and how to see it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from conformance import sensitive
from conformance.connection import DIRECT, Connection
from conformance.finding import ASKED_FOR, Finding, Group, places
from conformance.message import KEY, Exchange, Response
from conformance.rerun import PYTEST, rerun
from conformance.target import LOOPBACK_KEY, Target, is_loopback
from specs.printable import printable

LIMIT = 200
"""Characters of one value that are shown."""

LONGEST_PART = 300
"""Characters of the smallest part of a body."""

SHORT = 600
"""Characters of a whole answer that is shown as it came."""


def text(
    finding: Finding, target: Target, key_env: str, connection: Connection = DIRECT, command: Sequence[str] = PYTEST
) -> str:
    """*finding* for a terminal: a head line, then one aligned line for each of its parts."""
    requirement = finding.requirement
    lines = [f"{requirement.id} {requirement.level.value}  {requirement.says}"]
    for group in finding.groups[:3]:
        lines += [f"  {name:<9} {value}" for name, value in _group(group)]
    if len(finding.groups) > 3:
        lines.append(f"  {'more':<9} {len(finding.groups) - 3} other kinds of violation")
    if finding.confirmed:
        shown, tried = finding.confirmed
        lines.append(f"  {'shown':<9} {'intermittent, ' if shown < tried else ''}{shown} of {tried} tries")
    if finding.groups:
        lines += _answer(finding.groups[0].first[0].exchange.response)
    for departure in finding.departures:
        lines += [f"  {'document':<9} {each}" for each in (f"{ASKED_FOR}: {departure.says}", *departure.citations)]
    lines += [f"  {'cites':<9} {citation}" for citation in requirement.citations]
    if requirement.because:
        lines.append(f"  {'because':<9} {requirement.because}")
    lines.append(f"  {'rerun':<9} {rerun(finding, target, key_env, connection, command)}")
    if finding.groups:
        lines.append(f"  {'curl':<9} {curl(finding.groups[0].first[0].exchange, key_env, connection)}")
    return "\n".join(lines)


def curl(exchange: Exchange, key_env: str, connection: Connection = DIRECT) -> str:
    """The request as a command that can be pasted; the key is the environment variable *key_env*.

    On this machine the key that is sent when none is set stands in as the variable's default.
    """
    request = exchange.sent
    words = ["curl", "-si"]
    if request.method == "HEAD":
        words.append("--head")
    elif request.method != "GET":
        words += ["-X", request.method]
    words += connection.curl_words([name for name, _ in request.headers])
    words += [part for name, value in request.headers for part in ("-H", shlex.quote(f"{name}: {value}"))]
    if request.authorization is not None:
        field = f"Authorization: {request.authorization}"
        key = f"${{{key_env}:-{LOOPBACK_KEY}}}" if is_loopback(exchange.url) else f"${key_env}"
        words += ["-H", f'"{field.replace(KEY, key)}"' if KEY in field else shlex.quote(field)]
    return " ".join([*words, shlex.quote(exchange.url)])


def _group(group: Group) -> Iterator[tuple[str, str]]:
    violation = group.first[0]
    many = places([_cut(each.at) for each in group.first], group.count, group.answers)
    parts = urlsplit(violation.exchange.url)
    asked = f"{parts.path}?{parts.query}" if parts.query else parts.path
    yield "at", f"{_cut(violation.at) or 'the body'} of {violation.exchange.sent.method} {_cut(asked)}{many}"
    yield "expected", _cut(violation.expected)
    yield "actual", _cut(violation.actual)
    if group.smallest:
        yield "smallest", _cut(group.smallest, LONGEST_PART)


def _answer(response: Response) -> Iterator[str]:
    """The answer as it came, if that is short; else what is left out, and what keeps it."""
    lines = [response.line, *(f"{name}: {sensitive.kept(name, value)}" for name, value in response.headers)]
    lines += response.content[: SHORT + 1].decode("utf-8", "backslashreplace").splitlines()
    if sum(map(len, lines)) <= SHORT:
        for number, line in enumerate(lines):
            yield f"  {'' if number else 'answer':<9} {printable(line)}"
        return
    fields, size = len(response.headers), len(response.content)
    kept = "--report-json FILE and --record FILE keep it"
    yield f"  {'answer':<9} {_cut(response.line)}, {fields} fields, {size} bytes; {kept}"


def _cut(value: str, limit: int = LIMIT) -> str:
    value = printable(" ".join(value.split()))
    return value if len(value) <= limit else f"{value[: limit - 1]}…"
