"""The invariant of what must not be there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.finding import Violation, literal
from conformance.message import Exchange
from specs.pointer import matches

LONGEST = 100
"""Characters of what is there that are shown."""


@dataclass(frozen=True)
class Absent:
    """Nothing stands at the pattern *at*, or null."""

    at: str

    def violations(self, exchange: Exchange, now: float) -> Iterator[Violation]:
        for pointer, value in matches(exchange.json, self.at):
            if value is not None:
                yield Violation(exchange, pointer, "present", "nothing there, or null", literal(value)[:LONGEST])
