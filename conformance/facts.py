"""What one item of a list says that clients choose models by, as values that can be compared: numbers are decimals.

Where it stands is data, ``x-facts`` of the contract. What a gateway sends may be anything, so that everything is bounded.
"""

from __future__ import annotations

import decimal
import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from specs import pointer
from specs.contract import Facts, Prices, Unit

LONGEST = 200
"""Characters of a text that are kept; what is longer is cut, and told apart by a digest."""

MOST = 1_000
"""Values of one list, and prices of one model, that are kept."""

MOST_DIGITS = 40
"""A number of more digits, or beyond 10 to this power either way, is no amount and no length."""

NUMBER = re.compile(r"[+-]?[0-9]{1,99}(?:\.[0-9]{1,99})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
WIDE = decimal.Context(prec=2 * MOST_DIGITS)
COMMA = re.compile("[,，]")
ANY_UNIT = Unit(1, "")
"""Of amounts of which the contract does not say what they buy; it is the same for all of one operation."""


@dataclass(frozen=True)
class Price:
    """What one *kind* of use costs: *amount* of *currency* for *unit*, where *conditions* hold.

    The amount is a decimal, or the text that stands where one should.
    """

    kind: str
    amount: Decimal | str
    currency: str
    unit: Unit
    conditions: str

    @property
    def sorting(self) -> tuple[str, str, str, str, int, Decimal, str]:
        """By what prices are put in order, whatever they are."""
        amount = self.amount if isinstance(self.amount, Decimal) else Decimal(0)
        text = "" if isinstance(self.amount, Decimal) else self.amount
        return self.kind, self.conditions, self.currency, self.unit.of, self.unit.number, amount, text


@dataclass(frozen=True)
class Model:
    """What is known of one model; what its gateway does not say, or the contract does not document, is absent.

    *limits* are numbers of tokens, or texts that are none; *lists* and *flags* are as in `specs.contract.Facts`.
    """

    id: str
    texts: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, Decimal | str] = field(default_factory=dict)
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    flags: Mapping[str, bool | str] = field(default_factory=dict)
    prices: tuple[Price, ...] = ()


def model(item: Mapping[str, Any], id: str, facts: Facts) -> Model:
    """What *item*, whose id is *id*, says where *facts* look."""
    named = {"name": facts.name, "owner": facts.owner, "created": facts.created, "deprecated": facts.deprecated}
    return Model(
        cut(id),
        {name: _text(value) for name, value in _held(item, {name: at for name, at in named.items() if at})},
        {name: _number(value) for name, value in _held(item, facts.limits)},
        {name: _members(value) for name, value in _held(item, facts.lists)},
        {name: value if isinstance(value, bool) else _text(value) for name, value in _held(item, facts.flags)},
        tuple(sorted(_prices(item, facts.prices), key=lambda each: each.sorting)[:MOST]) if facts.prices else (),
    )


def exact(text: str) -> Decimal | float:
    """The number that JSON writes as *text*, exactly; infinity for one that no decimal holds."""
    try:
        return Decimal(text)
    except decimal.InvalidOperation:
        return math.inf


def cut(text: str) -> str:
    """*text*, or the beginning of a long one, with a digest so that different ones stay different."""
    if len(text) <= LONGEST:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{text[: LONGEST - 13]}…{digest}"


def number(value: Any) -> Decimal | None:
    """The number that *value* is, or writes as a string of digits; None where it is none, or out of all bounds."""
    if isinstance(value, str):
        if not NUMBER.fullmatch(value.strip()):
            return None
        value = value.strip()
    elif isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    found = Decimal(repr(value) if isinstance(value, float) else value)
    if not found.is_finite() or len(found.as_tuple().digits) > MOST_DIGITS:
        return None
    if found and abs(found.adjusted()) > MOST_DIGITS:
        return None
    return _plain(found)


def _plain(value: Decimal) -> Decimal:
    """*value* as one of all that are equal to it: without zeros at its end, and zero without a sign."""
    return WIDE.normalize(value) if value else Decimal(0)


def _held(item: Any, places: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """(name, value) of each of *places* where something stands; null is nothing."""
    for name, at in places.items():
        value = _at(item, at)
        if value is not None:
            yield name, value


def _at(item: Any, at: str) -> Any:
    """What stands at the pointer *at* of *item*, through objects alone; None where nothing does."""
    for name in _tokens(at):
        if not isinstance(item, dict):
            return None
        item = item.get(name)
    return item


@cache
def _tokens(at: str) -> tuple[str, ...]:
    return tuple(pointer.split(at))


def _text(value: Any) -> str:
    """*value* in a form in which equal values are equal texts: a number without idle zeros, members in order."""
    if isinstance(value, str):
        return cut(value)
    found = number(value)
    if found is not None:
        return f"{found:f}"
    return cut(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str))


def _number(value: Any) -> Decimal | str:
    found = number(value)
    return _text(value) if found is None else found


def _members(value: Any) -> frozenset[str]:
    """What *value* lists: the items of an array, or what stands between the commas of a string."""
    if isinstance(value, list):
        return frozenset(sorted({_text(each) for each in value})[:MOST])
    return frozenset(sorted({word.strip() for word in COMMA.split(_text(value))} - {""})[:MOST])


def _prices(item: Any, prices: Prices) -> Iterator[Price]:
    for kind, at in prices.kinds.items():
        value = _at(item, at)
        for price in value if isinstance(value, list) else [] if value is None else [value]:
            amount = _at(price, prices.amount)
            currency = prices.currency or _text(_at(price, prices.currency_at or ""))
            conditions = _at(price, prices.conditions) if prices.conditions else None
            yield Price(kind, _number(amount), currency, _unit(price, prices), cut(", ".join(_conditions(conditions))))


def _unit(price: Any, prices: Prices) -> Unit:
    if prices.unit_at is None:
        return prices.unit or ANY_UNIT
    name = _text(_at(price, prices.unit_at))
    return prices.units.get(name) or Unit(1, name)


def _conditions(value: Any) -> Iterator[str]:
    """*value* in words, its members in order; null bounds nothing."""
    if not isinstance(value, dict):
        if value is not None:
            yield cut(_text(value))
        return
    for name in sorted(value)[:MOST]:
        inside = ", ".join(_conditions(value[name]))
        if inside:
            yield f"{cut(name)} ({inside})" if isinstance(value[name], dict) else f"{cut(name)} {inside}"
