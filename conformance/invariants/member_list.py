"""The invariant of lists written in one string: every member is a documented one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.case import NotApplicable
from conformance.finding import Violation, literal
from conformance.message import Exchange
from specs.pointer import matches


@dataclass(frozen=True)
class Members:
    """The string at the pattern *at* holds *values* with *separator* between, or none; an array of them is as good."""

    at: str
    values: Sequence[str]
    separator: str = ","

    def violations(self, exchange: Exchange, now: float) -> Iterator[Violation]:
        judged = False
        right: set[str] = set()
        for pointer, value in matches(exchange.json, self.at):
            if isinstance(value, str):
                if value in right:
                    continue
                members: list[object] = [each.strip() for each in value.split(self.separator)] if value.strip() else []
            elif isinstance(value, list):
                members = value
            else:
                continue
            judged = True
            unknown = [member for member in members if member not in self.values]
            if isinstance(value, str) and not unknown:
                right.add(value)  # thousands of models have the same few
            for member in unknown:
                yield Violation(exchange, pointer, "undocumented", f"any of {', '.join(self.values)}", literal(member))
        if not judged:
            raise NotApplicable(f"no list stands at {self.at}")
