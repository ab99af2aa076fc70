"""Two versions of one schema: in what the newer one allows more, less, or other values than the older one.

That *more* is bad of an answer, whose reader has to cope with it, and *less* is bad of a request, whose writer is refused,
is no matter here. Values that both allow are no difference, however it is written.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from specs.errors import SpecError
from specs.pointer import escape
from specs.schema import Schemas

SCALARS = ("string", "integer", "fraction", "boolean", "null")
TYPES = frozenset({*SCALARS, "array", "object"})
"""JSON Schema's types, its ``number`` in two: an integer is a number, and not the other way round."""

LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
OPAQUE = (
    *("not", "if", "then", "else", "oneOf", "anyOf", "contains", "minContains", "maxContains", "dependentRequired"),
    *("dependentSchemas", "patternProperties", "propertyNames", "prefixItems", "unevaluatedItems", "unevaluatedProperties"),
    "multipleOf",
)
"""Keywords that are compared as they are written, as what they allow cannot be read off."""

ANNOTATIONS = frozenset(
    {"title", "description", "example", "examples", "default", "deprecated", "readOnly", "writeOnly", "$comment"}
)

DEEPEST = 32
"""So many times what a ``$ref`` points to is written in its place."""

MOST_PLACES = 10_000
"""Places of a body that are looked at; a list of models has some hundred."""

Pair = tuple[frozenset[str], frozenset[str]]


class Way(enum.Enum):
    """How the newer schema stands to the older one at one place."""

    MORE = "more"
    LESS = "less"
    OTHER = "other"


@dataclass(frozen=True)
class Step:
    """One difference: *aspect* of what is at *at* allows more, less or other values; *old* and *new* say which."""

    aspect: str
    way: Way
    at: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Place:
    """Schemas that all hold of one value: those at *places* of one version. Without any, every value may be."""

    schemas: Schemas = field(repr=False, compare=False)
    places: frozenset[str]

    @cached_property
    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """What holds, through ``$ref`` and ``allOf``, by where it stands."""
        return self.schemas.applied(self.places)

    @property
    def applied(self) -> Iterable[Mapping[str, Any]]:
        """What holds."""
        return self.held.values()

    @cached_property
    def saying(self) -> frozenset[str]:
        """Where it stands, without places that say nothing but where to look: another way to the same is the same."""
        return frozenset(place for place, schema in self.held.items() if schema.keys() - {"$ref", "allOf"} - ANNOTATIONS)

    @property
    def is_never(self) -> bool:
        """Whether one of the schemas is false."""
        return any(self.schemas.schema(each) is False for each in self.held)

    def each(self, keyword: str) -> list[Any]:
        """The values of *keyword* in whatever holds."""
        return [schema[keyword] for schema in self.applied if keyword in schema]

    @cached_property
    def types(self) -> frozenset[str]:
        """The types that a value may have."""
        found = TYPES
        for schema in self.applied:
            found &= _types(schema)
        return found

    @cached_property
    def values(self) -> frozenset[str] | None:
        """The only values that it may have, as JSON texts; None where they are not told one by one."""
        listed = [{_text(each["const"])} for each in self.applied if "const" in each]
        listed += [{_text(value) for value in each["enum"]} for each in self.applied if "enum" in each]
        if not listed:
            return None
        return frozenset(each for each in set.intersection(*listed) if _type(json.loads(each)) in self.types)

    @property
    def required(self) -> frozenset[str]:
        """The members that an object has to have."""
        return frozenset(name for names in self.each("required") for name in names)

    @property
    def names(self) -> frozenset[str]:
        """The members that are spoken of by name."""
        return frozenset(name for members in self.each("properties") for name in members)

    @property
    def is_open(self) -> bool:
        """Whether an object may have members that are not spoken of at all."""
        return not self.each("additionalProperties") or all(each is True for each in self.each("additionalProperties"))

    def member(self, name: str) -> Place:
        """What holds of the member *name*."""
        places = []
        for place, schema in self.held.items():
            if name in schema.get("properties", {}):
                places.append(f"{place}/properties/{escape(name)}")
            elif "additionalProperties" in schema:
                places.append(f"{place}/additionalProperties")
        return Place(self.schemas, frozenset(places))

    @property
    def others(self) -> Place:
        """What holds of members that are not spoken of by name."""
        return self._inside("additionalProperties")

    @property
    def items(self) -> Place:
        """What holds of the items of an array."""
        return self._inside("items")

    def _inside(self, keyword: str) -> Place:
        places = (f"{place}/{keyword}" for place, schema in self.held.items() if keyword in schema)
        return Place(self.schemas, frozenset(places))

    def opaque(self, keyword: str) -> str | None:
        """What *keyword* says, wherever it says so, with what it refers to; None where it does not stand."""
        found = sorted(
            _text(self._written(schema[keyword], place, 0))
            for place, schema in self.held.items()
            if keyword in schema and not (keyword in ("oneOf", "anyOf") and _of_types(schema[keyword]))
        )
        return ", ".join(dict.fromkeys(found)) or None

    def _written(self, value: Any, place: str, depth: int) -> Any:
        """*value* without annotations, and with what each ``$ref`` in it points to."""
        if isinstance(value, list):
            return [self._written(each, place, depth) for each in value]
        if not isinstance(value, dict):
            return value
        found = {name: self._written(each, place, depth) for name, each in value.items() if name not in ANNOTATIONS}
        if isinstance(value.get("$ref"), str) and depth < DEEPEST:
            target = self.schemas.referred(place, value["$ref"])
            found["$ref"] = self._written(self.schemas.schema(target), target, depth + 1)
        return found


def compare(old: Place, new: Place, at: str = "") -> Iterator[Step]:
    """What differs between *old* and *new*, which speak of what is at *at* of a body. Raises SpecError for too much."""
    queue: list[tuple[Place, Place, str, frozenset[Pair]]] = [(old, new, at, frozenset())]
    for _ in range(MOST_PLACES):
        if not queue:
            return
        before, now, where, above = queue.pop()
        pair = (before.saying, now.saying)
        if pair in above:
            continue  # a schema that holds itself says the same inside
        yield from _here(before, now, where)
        if before.is_never or now.is_never:
            continue
        inside = []
        if "object" in before.types & now.types:
            inside += [(before.member(name), now.member(name), escape(name)) for name in _spoken(before, now)]
            if before.each("additionalProperties") and now.each("additionalProperties"):
                inside.append((before.others, now.others, "*"))
        if "array" in before.types & now.types:
            inside.append((before.items, now.items, "*"))
        queue += [(one, other, f"{where}/{token}", above | {pair}) for one, other, token in inside]
    expected = f"at most {MOST_PLACES}, so that both versions can be compared"
    raise SpecError("openapi.yaml", at, found="a schema with more places than can be looked at", expected=expected)


def _here(old: Place, new: Place, at: str) -> Iterator[Step]:
    """What differs at one place, without what is inside."""
    if old.is_never or new.is_never:
        if old.is_never != new.is_never:
            yield Step("anything", Way.MORE if old.is_never else Way.LESS, at, _is(old), _is(new))
        return
    yield from _values(old, new, at)
    yield from _bounds(old, new, at)
    yield from _written(old, new, at)
    if "object" in old.types & new.types:
        yield from _members(old, new, at)


def _is(place: Place) -> str:
    return "nothing" if place.is_never else "anything"


def _spoken(old: Place, new: Place) -> frozenset[str]:
    """The members of which both say something."""
    both = old.names & new.names
    if old.each("additionalProperties"):
        both |= new.names
    if new.each("additionalProperties"):
        both |= old.names
    return both


def _values(old: Place, new: Place, at: str) -> Iterator[Step]:
    """Types and listed values."""
    before, now = old.values, new.values
    if before is not None and now is not None:
        if before and now and not before & now:
            yield Step("values", Way.OTHER, at, _list(before), _list(now))
            return
        for value in sorted(before - now):
            yield Step("value", Way.LESS, at, value, None)
        for value in sorted(now - before):
            yield Step("value", Way.MORE, at, None, value)
        return
    if before is not None or now is not None:
        yield Step("values", Way.MORE if now is None else Way.LESS, at, _list(before), _list(now))
    types = [
        held.types if values is None else frozenset(_type(json.loads(each)) for each in values)
        for held, values in ((old, before), (new, now))
    ]
    gone, come = types[0] - types[1], types[1] - types[0]
    if gone or come:
        way = Way.OTHER if gone and come else Way.LESS if gone else Way.MORE
        yield Step("type", way, at, _named(types[0]), _named(types[1]))


def _bounds(old: Place, new: Place, at: str) -> Iterator[Step]:
    for keyword in (*LOWER, *UPPER):
        strictest = max if keyword in LOWER else min
        before, now = (strictest(each.each(keyword), default=None) for each in (old, new))
        if before == now:
            continue
        less = now is not None and (before is None or strictest(before, now) == now)
        yield Step("bound", Way.LESS if less else Way.MORE, at, _bound(keyword, before), _bound(keyword, now))
    before, now = (any(each.each("uniqueItems")) for each in (old, new))
    if before != now:
        words = ["uniqueItems" if each else None for each in (before, now)]
        yield Step("bound", Way.LESS if now else Way.MORE, at, *words)


def _written(old: Place, new: Place, at: str) -> Iterator[Step]:
    """What is compared as it is written."""
    for aspect, keyword in (("pattern", "pattern"), ("format", "format")):
        before, now = (sorted({str(value) for value in each.each(keyword)}) for each in (old, new))
        if before != now:
            way = Way.OTHER if before and now else Way.LESS if now else Way.MORE
            yield Step(aspect, way, at, ", ".join(before) or None, ", ".join(now) or None)
    for keyword in OPAQUE:
        was, is_ = old.opaque(keyword), new.opaque(keyword)
        if was != is_:
            yield Step("rule", Way.OTHER, at, was and f"{keyword} {was}", is_ and f"{keyword} {is_}")


def _members(old: Place, new: Place, at: str) -> Iterator[Step]:
    """Which members there are, and which there have to be."""
    gone = old.names - new.names if not new.each("additionalProperties") else frozenset()
    come = new.names - old.names if not old.each("additionalProperties") else frozenset()
    promised, asked = old.required - new.required, new.required - old.required
    for name in sorted(gone):
        aspect = "field" if name in promised else "optional field"
        yield Step(aspect, Way.MORE, f"{at}/{escape(name)}", _named(old.member(name).types), None)
    for name in sorted(come):
        aspect = "field" if name in asked else "optional field"
        yield Step(aspect, Way.LESS, f"{at}/{escape(name)}", None, _named(new.member(name).types))
    for name in sorted(promised - gone):
        yield Step("presence", Way.MORE, f"{at}/{escape(name)}", "required", "optional")
    for name in sorted(asked - come):
        yield Step("presence", Way.LESS, f"{at}/{escape(name)}", "optional", "required")
    if bool(old.each("additionalProperties")) != bool(new.each("additionalProperties")) and old.is_open != new.is_open:
        words = ["open" if each.is_open else "closed" for each in (old, new)]
        yield Step("further fields", Way.MORE if new.is_open else Way.LESS, at, *words)


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    """The types that one schema allows by itself."""
    found = TYPES
    if "type" in schema:
        named = schema["type"]
        found = frozenset(part for each in ([named] if isinstance(named, str) else named) for part in _parts(each))
    for keyword in ("oneOf", "anyOf"):
        if _of_types(schema.get(keyword)):
            found &= frozenset().union(*(_types(each) for each in schema[keyword]))
    return found


def _of_types(branches: Any) -> bool:
    """Whether *branches* say nothing but types, each of its own, so that they can be read as one list of types."""
    if not isinstance(branches, list) or not branches or not all(isinstance(each, dict) for each in branches):
        return False
    if any(set(each) - ANNOTATIONS != {"type"} for each in branches):
        return False
    parts = [part for each in branches for part in _types(each)]
    return len(parts) == len(set(parts))


def _parts(type_: str) -> tuple[str, ...]:
    return ("integer", "fraction") if type_ == "number" else (type_,)


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if isinstance(value, int) or value.is_integer() else "fraction"
    if isinstance(value, str):
        return "string"
    return "null" if value is None else "array" if isinstance(value, list) else "object"


def _text(value: Any) -> str:
    """*value* as JSON; equal values are equal texts (JSON Schema 2020-12 section 4.2.2)."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _named(types: Iterable[str]) -> str:
    """*types* as JSON Schema names them."""
    found = set(types)
    if found == TYPES:
        return "anything"
    if {"integer", "fraction"} <= found:
        found = found - {"integer", "fraction"} | {"number"}
    return " or ".join(sorted("number" if each == "fraction" else each for each in found)) or "nothing"


def _list(values: frozenset[str] | None) -> str | None:
    return None if values is None else ", ".join(sorted(values)) or "nothing"


def _bound(keyword: str, value: Any) -> str | None:
    return None if value is None else f"{keyword} {value}"
