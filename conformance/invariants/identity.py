"""Invariants of names: unique ones, and members that name the same thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.case import NotApplicable
from conformance.finding import Violation, literal
from conformance.message import Exchange
from specs.pointer import matches


@dataclass(frozen=True)
class Unique:
    """The strings and numbers at the pattern *at* differ pairwise within one body."""

    at: str

    def violations(self, exchange: Exchange, now: float) -> Iterator[Violation]:
        first: dict[tuple[type, object], str] = {}
        for pointer, value in matches(exchange.json, self.at):
            if isinstance(value, str | int | float):
                held = first.setdefault((type(value), value), pointer)
                if held != pointer:
                    yield Violation(exchange, pointer, "duplicate", f"a value of its own, {held} has this one", literal(value))
        if not first:
            raise NotApplicable(f"nothing stands at {self.at}")


@dataclass(frozen=True)
class Equal:
    """In each object at the pattern *at* the two *members* have the same value."""

    at: str
    members: Sequence[str]

    def violations(self, exchange: Exchange, now: float) -> Iterator[Violation]:
        one, other = self.members
        judged = False
        for pointer, value in matches(exchange.json, self.at):
            if isinstance(value, dict) and one in value and other in value:
                judged = True
                if value[one] != value[other]:
                    yield Violation(
                        exchange, f"{pointer}/{other}", "differs", f"{literal(value[one])}, as {one}", literal(value[other])
                    )
        if not judged:
            raise NotApplicable(f"no object at {self.at} has both {one} and {other}")
