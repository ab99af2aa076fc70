"""What a contract demands between the values of one body, its named invariants: a body changed so that it keeps them."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping
from typing import Any

from mockserver.preferences import PreferenceError
from specs import Provider
from specs.contract import Operation
from specs.pointer import matches, resolve, split
from specs.requirement import Check

EARLIEST = 1_262_304_000  # 2010-01-01, in seconds since 1970: no model that a gateway sells is older
LATEST = 1_767_225_600  # 2026-01-01: what is made up is not of the future, whenever it is asked for
TIER = 32  # how many thousands of tokens a made-up tier is wide

Keep = Callable[[Any, Mapping[str, Any], random.Random], None]


def constraints(provider: Provider, operation: Operation) -> tuple[Check, ...]:
    """The invariants that the 200 answers of *operation* keep."""
    return tuple(
        each.check for each in provider.requirements if each.check.kind == "invariant" and operation.id in each.operations
    )


def keep(body: Any, checks: Collection[Check], lots: random.Random) -> None:
    """Changes *body* in place so that it keeps *checks*; raises PreferenceError for one that is unknown here."""
    for check in checks:
        if check.name not in _KEEPING:
            raise PreferenceError(
                f"No document can be made up here, as the invariant {check.name!r} is none of {', '.join(_KEEPING)}.",
                ("dynamic=false",),
            )
        _KEEPING[check.name](body, check.parameters, lots)


def is_number(value: Any) -> bool:
    """Whether *value* is a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _strict_json(_body: Any, _parameters: Mapping[str, Any], _lots: random.Random) -> None:
    """What is encoded here is always JSON by the letter."""


def _unique(body: Any, parameters: Mapping[str, Any], _lots: random.Random) -> None:
    numbers: dict[tuple[type, Any], int] = {}  # how often a value was there, so that the next one is found at once
    for at, value in list(matches(body, parameters["at"])):
        if not isinstance(value, str) and not is_number(value):
            continue
        new = value
        while (type(new), new) in numbers:
            numbers[type(value), value] += 1
            number = numbers[type(value), value]
            new = f"{value}-{number}" if isinstance(value, str) else value + number - 1
        if new != value:
            _put(body, at, new)
        numbers[type(new), new] = 1


def _absent(body: Any, parameters: Mapping[str, Any], _lots: random.Random) -> None:
    for at, _ in list(matches(body, parameters["at"])):
        _put(body, at, None)


def _equal(body: Any, parameters: Mapping[str, Any], _lots: random.Random) -> None:
    one, other = parameters["members"]
    for _, value in matches(body, parameters["at"]):
        if isinstance(value, dict) and one in value and other in value:
            value[other] = value[one]


def _epoch_seconds(body: Any, parameters: Mapping[str, Any], lots: random.Random) -> None:
    for at, value in list(matches(body, parameters["at"])):
        if is_number(value) and not (parameters.get("zero") and value == 0):
            _put(body, at, lots.randint(EARLIEST, LATEST))


def _members(body: Any, parameters: Mapping[str, Any], lots: random.Random) -> None:
    values = parameters["values"]
    for at, value in list(matches(body, parameters["at"])):
        some = lots.sample(values, lots.randint(0, len(values)))
        if isinstance(value, str):
            _put(body, at, parameters.get("separator", ",").join(some))
        elif isinstance(value, list):
            _put(body, at, some)


def _tiers(body: Any, parameters: Mapping[str, Any], lots: random.Random) -> None:
    """Prices of one kind with one condition on the same count become tiers, one behind the other."""
    for _, prices in matches(body, parameters["at"]):
        tiers: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for price in prices if isinstance(prices, list) else ():
            held = price.get("conditions") if isinstance(price, dict) else None
            if isinstance(held, dict) and len(held) == 1:
                [(condition, limits)] = held.items()
                if condition in parameters["conditions"] and isinstance(limits, dict):
                    tiers.setdefault((str(price.get("unit")), condition), []).append(limits)
        for each in tiers.values():
            _stack(each, lots)


def _stack(tiers: list[dict[str, Any]], lots: random.Random) -> None:
    """Bounds of *tiers* without gap or overlap; the first may begin and the last may end at nothing."""
    lower, upper = lots.choice((("gte", "lt"), ("gt", "lte")))
    for index, limits in enumerate(tiers):
        for name in ("gte", "gt", "lt", "lte"):
            limits.pop(name, None)
        if index or lots.random() < 0.5:
            limits[lower] = index * TIER
        if index + 1 < len(tiers) or lots.random() < 0.5:
            limits[upper] = (index + 1) * TIER


def _put(body: Any, at: str, value: Any) -> None:
    above, _, last = at.rpartition("/")
    holder = resolve(body, above)
    [token] = split(f"/{last}")
    holder[int(token) if isinstance(holder, list) else token] = value


_KEEPING: Mapping[str, Keep] = {
    "strict-json": _strict_json,
    "absent": _absent,
    "unique": _unique,
    "equal": _equal,
    "epoch-seconds": _epoch_seconds,
    "members": _members,
    "tiers": _tiers,
}
