"""One change, and all of one comparison, as values. Knows nothing of where they come from or how they are told."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Context, Decimal
from types import MappingProxyType

WIDE = Context(prec=100)


class Severity(enum.IntEnum):
    """What a change means for a client that works today."""

    INFORMATION = 0
    RISKY = 1
    BREAKING = 2

    @property
    def word(self) -> str:
        """As it is written in options and reports."""
        return self.name.lower()


@dataclass(frozen=True)
class Rule:
    """A kind of change: what *says* it is, and *because* of what it is that bad. Going back is of the kind *opposite*."""

    id: str
    severity: Severity
    says: str
    because: str
    opposite: str


def table(*rules: Rule) -> Mapping[str, Rule]:
    """*rules* by their ids."""
    return MappingProxyType({each.id: each for each in rules})


@dataclass(frozen=True)
class Change:
    """One change. *at* is where, and *what* of the *subject*, which had another name before where *was* is not empty.

    *old* and *new* are the values, None where there is none, and *numbers* both of them in one unit, where they are numbers
    that can be compared. *sure* says how sure it is, where it is a guess.
    """

    rule: Rule
    at: str
    what: str
    subject: str = ""
    was: str = ""
    old: str | None = None
    new: str | None = None
    unit: str = ""
    numbers: tuple[Decimal, Decimal] | None = None
    sure: str = ""

    @property
    def percent(self) -> Decimal | None:
        """By how much the number changed; None where it was nothing before, or is no number."""
        if self.numbers is None or self.numbers[0] <= 0:
            return None
        old, new = self.numbers
        return WIDE.multiply(WIDE.divide(WIDE.subtract(new, old), old), Decimal(100))

    def mirrored(self, rules: Mapping[str, Rule]) -> Change:
        """The change that leads back."""
        numbers = (self.numbers[1], self.numbers[0]) if self.numbers else None
        renamed = {"subject": self.was, "was": self.subject} if self.was else {}
        return replace(self, rule=rules[self.rule.opposite], old=self.new, new=self.old, numbers=numbers, **renamed)

    @property
    def sorting(self) -> tuple[object, ...]:
        """Which one is told first: the worst, then the largest, then by name."""
        size = abs(self.percent) if self.percent is not None else Decimal(-1)
        return (
            -self.rule.severity,
            -size,
            self.rule.id,
            self.at,
            self.what,
            self.subject,
            self.was,
            self.old or "",
            self.new or "",
        )


@dataclass(frozen=True)
class Comparison:
    """The *changes* of *kind* from *old* to *new*, which are names for people; *notes* say what could not be compared.

    *sizes* are, by what was compared, how much of it there was before and is now.
    """

    kind: str
    provider: str
    old: str
    new: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[Severity, int]:
        """How many changes there are of each severity, the worst first."""
        return {each: sum(change.rule.severity is each for change in self.changes) for each in sorted(Severity, reverse=True)}

    @property
    def worst(self) -> Severity | None:
        """The worst there is; None without any change."""
        return max((change.rule.severity for change in self.changes), default=None)


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """*changes* in the order in which they are told."""
    return tuple(sorted(changes, key=lambda each: each.sorting))
