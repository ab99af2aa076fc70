"""An answer as the content of a recording's file: without what is nobody's business, and saying where it departs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.message import Exchange
from conformance.strict_json import Unreadable
from gateway_contracts.recording.capturing import Captured, Incomplete
from gateway_contracts.recording.redacting import Redaction
from gateway_contracts.recording.rules import Rules
from gateway_contracts.recording.wanted import Wanted
from specs import consistency, fixtures, formats
from specs.errors import SpecError
from specs.provider import Provider
from specs.recording import encode, recording

MOST_DEPARTURES = 10
LONGEST_DEPARTURE = 1000


@dataclass(frozen=True)
class Document:
    """The recording *name*, ``<operationId>/<status>-<label>``: what was *wanted*, and the *content* of its file."""

    wanted: Wanted
    name: str
    content: dict[str, Any]

    @property
    def kind(self) -> tuple[str, int]:
        """Operation and status, of which one recording is the default one."""
        return self.wanted.request.operation, self.content["status"]


def documents(
    captured: Sequence[Captured], provider: Provider, rules: Rules, redaction: Redaction, *, label: str, day: str
) -> tuple[Document, ...]:
    """The recordings of what was *captured* of *provider* on *day* (YYYY-MM-DD).

    Raises `Incomplete` for a body that no recording can hold.
    """
    answered = [(each.wanted, each.answer) for each in captured if each.answer is not None]
    bodies = {exchange.response.content: _body(exchange) for _, exchange in answered}
    redaction.learn(body["body"] for body in bodies.values() if "body" in body)
    made = []
    for wanted, exchange in answered:
        response = exchange.response
        error = response.status >= 400
        held = bodies[response.content]
        body = {"body": redaction.value(held["body"], error=error)} if "body" in held else {}
        body = body or {"text": redaction.text(held["text"], error=error)}
        way = f" {wanted.way}" if wanted.way else ""
        source = f"{wanted.request.method} {exchange.url}{way}"
        content = {
            "provenance": "captured",
            "source": redaction.hidden(source),
            "date": day,
            "status": response.status,
            "headers": _headers(exchange, provider, rules, redaction),
            **body,
        }
        name = f"{wanted.request.operation}/{response.status}-{wanted.label(label)}"
        made.append(_departing(Document(wanted, name, content), provider))
    return tuple(made)


def _body(exchange: Exchange) -> dict[str, Any]:
    """The body as it came, as JSON where a recording can hold it without loss, else as text."""
    content = exchange.response.content
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        where = f"{exchange.request.method} {exchange.url}"
        raise Incomplete(f"{where} has a body that is no UTF-8 ({error.reason}), which no recording can hold") from None
    try:
        decoded = exchange.response.decoded
        if not decoded.faults:
            # What a recording is read with is stricter than what JSON allows: a number too large for a float is none of its.
            value = fixtures.parsed(content)
            encode(value)  # which half of a surrogate pair has no way to be
            return {"body": value}
    except (Unreadable, ValueError):
        pass  # the text says it as it came
    return {"text": text}


def _headers(exchange: Exchange, provider: Provider, rules: Rules, redaction: Redaction) -> dict[str, str]:
    """The fields that are kept, those of one name as one (RFC 9110 section 5.3)."""
    response = exchange.response
    documented = provider.operations[exchange.request.operation].responses.get(response.status)
    kept: dict[str, str] = {}
    for name in dict.fromkeys(name for name, _ in response.headers):
        own = documented is not None and documented.header(name) is not None
        if (own or rules.header(name)) and name.lower() not in map(str.lower, kept):
            kept[name] = redaction.text(response.header(name) or "", error=response.status >= 400)
    return {name: value for name, value in kept.items() if _is_sound(name, value)}


def _is_sound(name: str, value: str) -> bool:
    """Whether a recording can hold the field: nothing that would end its line."""
    try:
        formats.check({name: value}, "recording", "", definition="headers")
    except SpecError:
        return False
    return True


def _departing(document: Document, provider: Provider) -> Document:
    """*document*, saying where it departs from the contract of *provider*, if it does."""
    operation, _, label = document.name.partition(f"/{document.content['status']}-")
    found = consistency.departures(provider, recording(operation, label, document.content))
    said = [_said(each) for each in itertools.islice(found, MOST_DEPARTURES)]
    content = {**document.content, "departs": said} if said else document.content
    return Document(document.wanted, document.name, content)


def _said(error: SpecError) -> str:
    return f"at {error.pointer}: found {error.found}, expected {error.expected}"[:LONGEST_DEPARTURE]
