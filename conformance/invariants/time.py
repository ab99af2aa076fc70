"""The invariant of times: seconds since 1970 that can be true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.case import NotApplicable
from conformance.finding import Violation
from conformance.message import Exchange
from specs.pointer import matches

EARLIEST = 1_262_304_000
"""2010-01-01: no model that a gateway sells is older."""
DAY = 86_400


@dataclass(frozen=True)
class EpochSeconds:
    """Numbers at the pattern *at* are seconds since 1970, between 2010 and tomorrow; 0 is allowed if *zero*."""

    at: str
    zero: bool = False

    def violations(self, exchange: Exchange, now: float) -> Iterator[Violation]:
        judged = False
        for pointer, value in matches(exchange.json, self.at):
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            judged = True
            if not (EARLIEST <= value <= now + DAY or (self.zero and value == 0)):
                expected = f"seconds since 1970, from {EARLIEST} (2010) to now"
                yield Violation(exchange, pointer, "implausible", expected, f"{value}{_guess(value, now)}")
        if not judged:
            raise NotApplicable(f"no number stands at {self.at}")


def _guess(value: float, now: float) -> str:
    for unit, factor in (("milliseconds", 1e3), ("microseconds", 1e6), ("nanoseconds", 1e9)):
        if EARLIEST <= value / factor <= now + DAY:
            return f", which would be plausible in {unit}"
    return ""
