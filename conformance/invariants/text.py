"""The invariant of the body's text: it is JSON by the letter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.finding import Violation, literal
from conformance.message import Exchange
from conformance.strict_json import Unreadable


@dataclass(frozen=True)
class StrictJson:
    """The body is one JSON text in UTF-8 without a byte order mark, NaN, Infinity or a member twice (RFC 8259)."""

    def violations(self, exchange: Exchange, now: float) -> Iterator[Violation]:
        try:
            faults = exchange.response.decoded.faults
        except Unreadable as error:
            start = exchange.response.content[:60].decode("utf-8", "replace")
            yield Violation(exchange, "body", "not-json", "JSON (RFC 8259)", f"{error}; it begins {literal(start)}")
            return
        for kind, sentence in dict(faults).items():
            yield Violation(exchange, "body", kind, "JSON by RFC 8259", sentence)
