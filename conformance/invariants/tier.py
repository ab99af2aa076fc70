"""The invariant of price tiers: they fit together without overlaps, gaps or empty ranges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.case import NotApplicable
from conformance.finding import Violation
from conformance.message import Exchange
from specs.pointer import matches


@dataclass(frozen=True, order=True)
class Bound:
    """An end of a range. *after* is 0 when the number itself is on the upper side of the end, else 1."""

    number: float
    after: int


@dataclass(frozen=True)
class Tier:
    """The range of one price: every number n with lower <= (n, …) < upper; *at* is its pointer."""

    lower: Bound
    upper: Bound
    at: str


@dataclass(frozen=True)
class Tiers:
    """Prices with conditions, in each array at the pattern *at*.

    Prices of one kind have one unit, and a condition on the same single member of *conditions*. *forbid* says
    what is judged: ``overlap`` (a number has two prices), ``gap`` (a number between two prices has none) or
    ``inverted`` (a range that holds no number). An absent or null ``lt`` or ``lte`` is no upper bound, an
    absent or null ``gte`` or ``gt`` is zero. Prices without conditions are not judged.
    """

    at: str
    conditions: Sequence[str]
    forbid: str

    def violations(self, exchange: Exchange, now: float) -> Iterator[Violation]:
        judged = False
        for pointer, prices in matches(exchange.json, self.at):
            if not isinstance(prices, list):
                continue
            if self.forbid == "gap" and any(len(_conditions(price)) > 1 for price in prices):
                continue  # a price with two conditions may fill what looks like a gap along one of them
            for tiers in self._kinds(pointer, prices):
                judged = True
                yield from self._judge(exchange, tiers)
        if not judged:
            raise NotApplicable(f"no price at {self.at} has conditions")

    def _kinds(self, pointer: str, prices: list[Any]) -> list[list[Tier]]:
        """The ranges of *prices*, those of one condition and one unit together."""
        kinds: dict[tuple[str, str], list[Tier]] = {}
        for index, price in enumerate(prices):
            held = _conditions(price)
            condition, limits = next(iter(held.items())) if len(held) == 1 else ("", None)
            if condition in self.conditions and isinstance(limits, dict):
                lower = max(_ends(limits, gte=0, gt=1), default=Bound(0.0, 0))
                upper = min(_ends(limits, lt=0, lte=1), default=Bound(float("inf"), 0))
                kinds.setdefault((condition, str(price.get("unit"))), []).append(Tier(lower, upper, f"{pointer}/{index}"))
        return list(kinds.values())

    def _judge(self, exchange: Exchange, tiers: list[Tier]) -> Iterator[Violation]:
        if self.forbid == "inverted":
            for tier in tiers:
                if tier.lower >= tier.upper:
                    yield Violation(exchange, tier.at, "inverted", "a lower end below the upper end", _written(tier))
            return
        sound = sorted((tier for tier in tiers if tier.lower < tier.upper), key=lambda tier: (tier.lower, tier.upper))
        for number, tier in enumerate(sound[1:], start=1):
            before = max(sound[:number], key=lambda tier: tier.upper)
            expected = f"a range that begins where {before.at} ends, {_written(before)}"
            if self.forbid == "overlap" and tier.lower < before.upper:
                yield Violation(exchange, tier.at, "overlap", expected, _written(tier))
            if self.forbid == "gap" and tier.lower > before.upper:
                yield Violation(exchange, tier.at, "gap", expected, _written(tier))


def _conditions(price: Any) -> dict[str, Any]:
    held = price.get("conditions") if isinstance(price, dict) else None
    return held if isinstance(held, dict) else {}


def _ends(limits: dict[str, Any], **after: int) -> Iterator[Bound]:
    for name, side in after.items():
        value = limits.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield Bound(float(value), side)


def _written(tier: Tier) -> str:
    left = "(" if tier.lower.after else "["
    right = "]" if tier.upper.after else ")"
    return f"{left}{tier.lower.number:g}, {tier.upper.number:g}{right}"
