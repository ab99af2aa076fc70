"""What a contract forbids in a body, read without the suite: its schemas' keywords and its invariants, one by one.

The suite judges by a library for JSON Schema and by invariants of its own. Here the same words are read once more,
by other code, so that a mutant's owner is not found by what the mutant is to prove.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from specs.pointer import escape, matches
from specs.provider import Provider
from specs.requirement import Requirement

TYPES: Mapping[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: is_number(value) and value == int(value),
    "number": lambda value: is_number(value),  # noqa: PLW0108  # defined below
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
YEAR_2010 = int(datetime.datetime(2010, 1, 1, tzinfo=datetime.UTC).timestamp())


def is_number(value: Any) -> bool:
    """Whether *value* is a JSON number; Python's True and False are int, and are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def refusals(provider: Provider, schema: str, body: Any) -> Iterator[str]:
    """The places of the keywords that refuse *body* or anything in it; *schema* is where its schema stands."""
    for place, _, value in provider.schemas.visits(schema, body):
        keywords = provider.schemas.schema(place)
        if isinstance(keywords, dict):
            yield from (f"{place}/{each}" for each in _refusing(keywords, value))


def allows(keywords: Mapping[str, Any], value: Any) -> bool:
    """Whether the keywords of one schema let *value* pass, without what stands inside it."""
    return not any(_refusing(keywords, value))


def _refusing(keywords: Mapping[str, Any], value: Any) -> Iterator[str]:
    """The keywords of one schema that refuse *value* itself, as the rest of a pointer."""
    for keyword, says in keywords.items():
        if keyword == "required" and isinstance(value, dict):
            yield from (f"properties/{escape(name)}/required" for name in says if name not in value)
        elif keyword in KEYWORDS and not KEYWORDS[keyword](says, value):
            yield keyword


def _is_one_of_types(says: Any, value: Any) -> bool:
    return any(TYPES[name](value) for name in ([says] if isinstance(says, str) else says))


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


KEYWORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "type": _is_one_of_types,
    "const": _same,
    "enum": lambda says, value: any(_same(each, value) for each in says),
    "pattern": lambda says, value: not isinstance(value, str) or bool(re.search(says, value)),
    "minLength": lambda says, value: not isinstance(value, str) or len(value) >= says,
    "minimum": lambda says, value: not is_number(value) or value >= says,
    "minItems": lambda says, value: not isinstance(value, list) or len(value) >= says,
    "uniqueItems": lambda says, value: not (says and isinstance(value, list)) or not _repeats(value),
    "anyOf": lambda says, value: any(allows(each, value) for each in says),
    "oneOf": lambda says, value: sum(allows(each, value) for each in says) == 1,
}
"""By keyword: whether what it says allows a value."""


def _repeats(values: Sequence[Any]) -> bool:
    return any(_same(one, other) for one, other in itertools.combinations(values, 2))


def breaks(requirement: Requirement, body: Any, now: float) -> bool:
    """Whether *body* breaks the invariant that *requirement* names; *now* is in seconds since 1970."""
    says = requirement.check.parameters
    found = [value for _, value in matches(body, says["at"])] if "at" in says else []
    match requirement.check.name:
        case "absent":
            return any(each is not None for each in found)
        case "unique":
            return _repeats([value for value in found if isinstance(value, str) or is_number(value)])
        case "equal":
            one, other = says["members"]
            return any(each[one] != each[other] for each in found if isinstance(each, dict) and {one, other} <= each.keys())
        case "epoch-seconds":
            zero = (0,) if says["zero"] else ()
            return any(is_number(each) and each not in zero and not YEAR_2010 <= each <= now + 86_400 for each in found)
        case "members":
            lists = [each.split(says["separator"]) if isinstance(each, str) else each for each in found if each]
            return any(
                not isinstance(member, str) or member.strip() not in says["values"]
                for each in lists
                if isinstance(each, list)
                for member in each
            )
        case "tiers":
            return any(_tiers(says, prices) for prices in found if isinstance(prices, list))
        case _:
            return False


def _tiers(says: Mapping[str, Any], prices: Sequence[Any]) -> bool:
    """Whether the *prices* of one kind do what is forbidden, by trying numbers at, between and around all ends."""
    kinds: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for price in prices:
        held = price.get("conditions") if isinstance(price, dict) else None
        if isinstance(held, dict) and len(held) == 1:
            name, limits = next(iter(held.items()))
            if name in says["conditions"] and isinstance(limits, dict):
                kinds.setdefault((name, str(price.get("unit"))), []).append(limits)
    return any(_tried(says["forbid"], ranges) for ranges in kinds.values())


def _tried(forbidden: str, ranges: Sequence[Mapping[str, Any]]) -> bool:
    ends = sorted({0.0, *(float(value) for each in ranges for value in each.values() if is_number(value))})
    numbers = sorted(
        {*ends, *((one + other) / 2 for one, other in itertools.pairwise(ends)), ends[-1] + 1, *(e + 0.5 for e in ends)}
    )
    covered = [sum(_holds(each, number) for each in ranges) for number in numbers]
    if forbidden == "overlap":
        return any(count > 1 for count in covered)
    if forbidden == "inverted":
        return any(not any(_holds(each, number) for number in numbers) for each in ranges)
    held = [index for index, count in enumerate(covered) if count]
    return bool(held) and 0 in covered[held[0] : held[-1]]


def _holds(limits: Mapping[str, Any], number: float) -> bool:
    return (
        number >= _end(limits, "gte", 0)
        and number > _end(limits, "gt", -1)
        and number < _end(limits, "lt", float("inf"))
        and number <= _end(limits, "lte", float("inf"))
    )


def _end(limits: Mapping[str, Any], name: str, default: float) -> float:
    value = limits.get(name)
    return float(value) if value is not None and is_number(value) else default
