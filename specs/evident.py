"""Whether a value keeps a JSON Schema, where that is evident.

Nearly everything that is validated is right, and jsonschema, whose strength is to say what is wrong with a value, takes
long to say that nothing is. So a schema is made once into a function that answers true or false. Where it says true,
nothing is left to report; where it says false, or cannot say, jsonschema is asked, and what that says counts.

The functions take JSON Schema 2020-12 as jsonschema does, down to Python's regular expressions. `TABLE` has the keywords
they know; where one of `BEYOND` is reached, they cannot say. Tests put both before the same schemas and values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from numbers import Number
from types import MappingProxyType
from typing import Any

Keeps = Callable[[Any], bool]
Make = Callable[[Any], Keeps]  # makes the function of a schema inside another one

BEYOND = frozenset(
    {"$dynamicRef", "contains", "dependentRequired", "dependentSchemas", "multipleOf", "unevaluatedItems"}
    | {"unevaluatedProperties"}
    | {"$schema", "$id", "$anchor", "$dynamicAnchor"}  # which change what the others mean, or where they lead
)
"""Keywords that are left to jsonschema."""


MOST_RIGHT = 200_000
"""Numbers of items that are remembered as right for one schema, before all are forgotten."""


class Numbered(list[Any]):
    """An array whose items have *numbers*: where two have one number, in whatever arrays, they are one and the same."""

    __slots__ = ("numbers",)

    def __init__(self, items: Iterable[tuple[int, Any]]) -> None:
        self.numbers, values = zip(*items, strict=True)
        super().__init__(values)


class _BeyondError(Exception):
    """The functions cannot say."""


class Evident:
    """What the schemas at some places evidently allow.

    *schema* gives what stands at a place, *referred* where the ``$ref`` of a schema at or below a place leads to.
    """

    def __init__(self, schema: Callable[[str], Any], referred: Callable[[str, str], str]) -> None:
        self._schema = schema
        self._referred = referred
        self._made: dict[str, Keeps] = {}

    def allows(self, place: str, value: Any) -> bool:
        """Whether the schema at *place* evidently allows *value*, which is JSON as the standard library reads it."""
        try:
            return self._keeps(place, value)
        except _BeyondError:
            return False

    def _keeps(self, place: str, value: Any) -> bool:
        if place not in self._made:
            self._made[place] = self._make(self._schema(place), place)
        return self._made[place](value)

    def _make(self, schema: Any, place: str) -> Keeps:
        if isinstance(schema, bool):
            return lambda _value: schema
        if not isinstance(schema, dict) or not BEYOND.isdisjoint(schema):
            return _beyond

        def make(inner: Any) -> Keeps:
            return self._make(inner, place)

        checks = [TABLE[keyword](wanted, schema, make) for keyword, wanted in schema.items() if keyword in TABLE]
        if "$ref" in schema:
            target = self._referred(place, schema["$ref"])
            checks.append(lambda value: self._keeps(target, value))  # which is made when it is reached: it may be this one
        return _all(checks)


def _beyond(_value: Any) -> bool:
    raise _BeyondError


def _all(checks: Sequence[Keeps]) -> Keeps:
    if len(checks) == 1:
        return checks[0]

    def keeps(value: Any) -> bool:
        for check in checks:  # noqa: SIM110 - all() with a generator takes twice as long, and this is what all is made of
            if not check(value):
                return False
        return True

    return keeps


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Number) and not isinstance(value, bool)


TYPES: Mapping[str, Keeps] = MappingProxyType(
    {
        "array": lambda value: isinstance(value, list),
        "boolean": lambda value: isinstance(value, bool),
        "integer": lambda value: (
            value.is_integer() if isinstance(value, float) else isinstance(value, int) and not isinstance(value, bool)
        ),
        "null": lambda value: value is None,
        "number": _is_number,
        "object": lambda value: isinstance(value, dict),
        "string": lambda value: isinstance(value, str),
    }
)


def _type(wanted: Any, _schema: Any, _make: Make) -> Keeps:
    if isinstance(wanted, str):
        return TYPES.get(wanted, _beyond)
    kinds = [TYPES.get(each, _beyond) for each in wanted]
    return lambda value: any(kind(value) for kind in kinds)


def _equal(one: Any, two: Any) -> bool:
    """As JSON has it: 1 is 1.0, and not true."""
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_equal(value, two[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(_equal, one, two))
    return bool(one == two) and isinstance(one, bool) == isinstance(two, bool)


def _enum(wanted: Any, _schema: Any, _make: Make) -> Keeps:
    names = frozenset(each for each in wanted if isinstance(each, str))
    others = [each for each in wanted if not isinstance(each, str)]
    return lambda value: value in names if isinstance(value, str) else any(_equal(each, value) for each in others)


def _unique(wanted: Any, _schema: Any, _make: Make) -> Keeps:
    def keeps(value: Any) -> bool:
        if not (wanted and isinstance(value, list)):
            return True
        if all(isinstance(each, str) for each in value):
            return len(set(value)) == len(value)
        return not any(_equal(one, two) for one, two in combinations(value, 2))

    return keeps


def _of(kind: type | tuple[type, ...], holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Make], Keeps]:
    """The maker of a keyword that asks only values of *kind* to hold something."""

    def made(wanted: Any, _schema: Any, _make: Make) -> Keeps:
        return lambda value: not isinstance(value, kind) or isinstance(value, bool) or holds(value, wanted)

    return made


def _required(wanted: Any, _schema: Any, _make: Make) -> Keeps:
    names = frozenset(wanted)
    return lambda value: not isinstance(value, dict) or value.keys() >= names


def _properties(wanted: Any, _schema: Any, make: Make) -> Keeps:
    checks = {name: make(inner) for name, inner in wanted.items()}

    def keeps(value: Any) -> bool:
        if isinstance(value, dict):
            for name, held in value.items():
                if name in checks and not checks[name](held):
                    return False
        return True

    return keeps


def _pattern_properties(wanted: Any, _schema: Any, make: Make) -> Keeps:
    checks = [(pattern, make(inner)) for pattern, inner in wanted.items()]
    return lambda value: (
        not isinstance(value, dict)
        or all(check(held) for pattern, check in checks for name, held in value.items() if re.search(pattern, name))
    )


def _additional_properties(wanted: Any, schema: Any, make: Make) -> Keeps:
    check, known = make(wanted), frozenset(schema.get("properties", ()))
    patterns = "|".join(schema.get("patternProperties", ()))

    def keeps(value: Any) -> bool:
        if isinstance(value, dict) and not value.keys() <= known:
            for name, held in value.items():
                if name not in known and not (patterns and re.search(patterns, name)) and not check(held):
                    return False
        return True

    return keeps


def _property_names(wanted: Any, _schema: Any, make: Make) -> Keeps:
    check = make(wanted)
    return lambda value: not isinstance(value, dict) or all(map(check, value))


def _items(wanted: Any, schema: Any, make: Make) -> Keeps:
    check, first = make(wanted), len(schema.get("prefixItems", ()))
    right: set[int] = set()

    def keeps(value: Any) -> bool:
        if not isinstance(value, list):
            return True
        if first or not isinstance(value, Numbered):
            return all(map(check, value[first:] if first else value))
        # The models of one list come again in others, and what was right is right.
        if not all(check(item) for number, item in zip(value.numbers, value, strict=True) if number not in right):
            return False
        if len(right) > MOST_RIGHT:
            right.clear()
        right.update(value.numbers)
        return True

    return keeps


def _prefix_items(wanted: Any, _schema: Any, make: Make) -> Keeps:
    checks = list(map(make, wanted))
    return lambda value: (
        not isinstance(value, list)
        or all(
            check(item)
            for check, item in zip(checks, value, strict=False)  # the array may be shorter, or go on
        )
    )


def _any_of(wanted: Any, _schema: Any, make: Make) -> Keeps:
    checks = list(map(make, wanted))
    return lambda value: any(check(value) for check in checks)


def _one_of(wanted: Any, _schema: Any, make: Make) -> Keeps:
    checks = list(map(make, wanted))
    return lambda value: [check(value) for check in checks].count(True) == 1


def _not(wanted: Any, _schema: Any, make: Make) -> Keeps:
    check = make(wanted)
    return lambda value: not check(value)


def _if(wanted: Any, schema: Any, make: Make) -> Keeps:
    check, then, other = make(wanted), make(schema.get("then", True)), make(schema.get("else", True))
    return lambda value: then(value) if check(value) else other(value)


_NUMBER = (int, float, Number)

TABLE: Mapping[str, Callable[[Any, Any, Make], Keeps]] = MappingProxyType(
    {
        "type": _type,
        "enum": _enum,
        "const": lambda wanted, schema, make: _enum([wanted], schema, make),
        "minimum": _of(_NUMBER, lambda value, wanted: not value < wanted),
        "maximum": _of(_NUMBER, lambda value, wanted: not value > wanted),
        "exclusiveMinimum": _of(_NUMBER, lambda value, wanted: not value <= wanted),
        "exclusiveMaximum": _of(_NUMBER, lambda value, wanted: not value >= wanted),
        "minLength": _of(str, lambda value, wanted: len(value) >= wanted),
        "maxLength": _of(str, lambda value, wanted: len(value) <= wanted),
        "pattern": _of(str, lambda value, wanted: re.search(wanted, value) is not None),
        "minItems": _of(list, lambda value, wanted: len(value) >= wanted),
        "maxItems": _of(list, lambda value, wanted: len(value) <= wanted),
        "uniqueItems": _unique,
        "prefixItems": _prefix_items,
        "items": _items,
        "minProperties": _of(dict, lambda value, wanted: len(value) >= wanted),
        "maxProperties": _of(dict, lambda value, wanted: len(value) <= wanted),
        "required": _required,
        "propertyNames": _property_names,
        "properties": _properties,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "allOf": lambda wanted, _schema, make: _all(list(map(make, wanted))),
        "anyOf": _any_of,
        "oneOf": _one_of,
        "not": _not,
        "if": _if,
    }
)
"""What makes the function of each keyword, given its value, the schema it stands in, and what makes those inside."""
