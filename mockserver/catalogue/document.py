"""Documents: any value that a schema of the contract allows, drawn by lot, over the keywords that are named here."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.catalogue.pattern import UnmatchableError, matching
from specs.pointer import escape
from specs.schema import ANNOTATIONS, Schemas

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
KEYWORDS = frozenset(
    {"$ref", "allOf", "anyOf", "oneOf", "type", "const", "enum", "properties", "required", "additionalProperties"}
    | {"minProperties", "maxProperties", "items", "minItems", "maxItems", "uniqueItems", "minLength", "maxLength"}
    | {"pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
)
MAX_ITEMS = 5  # of an array whose length the schema leaves open
MAX_DEPTH = 12  # from here on, what may be absent is; twice as deep is given up
MOST = 2**53 - 1  # of whole numbers: what every reader of JSON can hold (RFC 8259 section 6)
TEXTS = (
    *("", " ", "a", "0", "null", "true", "-1", "model", "gpt-4o-mini", "vendor/model:free", "Model One", "x" * 300),
    *("模型", "é", "😀", "שלום", "<b>&amp;</b>", 'a "quoted" \\ word', "line\nline", "tab\tbell\u0007", "a,b, c"),
)
NUMBERS = (0, 1, -1, 0.5, -0.25, 1e-7, 0.1, 3, 7, 60, 1000, 123456.789, 1e6, 2**31, -(2**31) - 1, 2**53 - 1)
NAMES = ("x_extra", "extra", "note", "x-internal", "日本", "$meta")


_CHOICES = ("anyOf", "oneOf")
# Of two values of a keyword the one that refuses more.
_STRICTER: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum"), max),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum"), min),
    **dict.fromkeys(("const", "uniqueItems"), lambda one, _: one),
}


class UngenerableError(Exception):
    """The schema asks for something that cannot be drawn; the message says what, and where."""


@dataclass(frozen=True)
class Drawing:
    """Draws documents of *schemas* from *lots*; *lengths* are those of the arrays at some JSON Pointers.

    *known* is what the schemas said so far; drawings of one provider may share it.
    """

    schemas: Schemas
    lots: random.Random
    lengths: Mapping[str, int]
    known: dict[tuple[str, ...], Said] = field(default_factory=dict)

    def value(self, places: Sequence[str], at: str = "", depth: int = 0) -> Any:
        """A value for the JSON Pointer *at* that the schemas at all *places* allow, as far as can be seen from here.

        Raises UngenerableError.
        """
        if depth > 2 * MAX_DEPTH:
            raise UngenerableError(f"a schema without end at {places[0]}")
        said = self._said(tuple(places))
        if "const" in said.one:
            return said.one["const"]
        if said.values is not None:
            return self.lots.choice(said.values)
        kind = self._kind(said, at)
        if kind == "object":
            return self._object(said, at, depth)
        if kind == "array":
            return self._array(said, at, depth)
        if kind == "string":
            return self._string(said)
        if kind in ("integer", "number"):
            return self._number(said, whole=kind == "integer")
        return None if kind == "null" else self.lots.random() < 0.5

    def _said(self, places: tuple[str, ...]) -> Said:
        """What is said at *places*, looked up once where no lot decides it."""
        if places not in self.known:
            said = Said.of(self.schemas, places, self.lots)
            if said.chosen:
                return said
            self.known[places] = said
        return self.known[places]

    def _kind(self, said: Said, at: str) -> str:
        if at in self.lengths:
            return "array"
        # Null is one of many values, so it is drawn less often than a type is.
        often = [each for each in said.types if each != "null"] * 3 + [each for each in said.types if each == "null"]
        if not often:
            raise UngenerableError(f"types that exclude each other at {said.place}")
        return self.lots.choice(often)

    def _object(self, said: Said, at: str, depth: int) -> dict[str, Any]:
        lots = self.lots
        wanted = [name for name in said.properties if name in said.required or (depth < MAX_DEPTH and lots.random() < 0.6)]
        wanted += [name for name in said.required if name not in said.properties]
        drawn = {
            name: self.value(said.properties.get(name) or said.additional, f"{at}/{escape(name)}", depth + 1) for name in wanted
        }
        least = int(said.one.get("minProperties", 0)) - len(drawn)
        more = max(least, lots.choice((0, 0, 0, 1, 2)) if depth < MAX_DEPTH else 0)
        if said.closed:
            return drawn
        for name in lots.sample([each for each in NAMES if each not in said.properties], min(more, len(NAMES))):
            drawn[name] = self.value(said.additional, f"{at}/{escape(name)}", MAX_DEPTH)
        most = int(said.one.get("maxProperties", len(drawn)))
        for name in [each for each in reversed(drawn) if each not in said.required][: max(0, len(drawn) - most)]:
            del drawn[name]
        return drawn

    def _array(self, said: Said, at: str, depth: int) -> list[Any]:
        least = int(said.one.get("minItems", 0))
        most = int(said.one.get("maxItems", max(MAX_ITEMS, least)))
        length = self.lengths.get(at)
        if length is None:
            length = self.lots.randint(least, min(most, least + MAX_ITEMS) if depth < MAX_DEPTH else least)
        if not said.one.get("uniqueItems"):
            return [self.value(said.items, f"{at}/{index}", depth + 1) for index in range(length)]
        drawn: list[Any] = []
        for _ in range(4 * length):
            value = self.value(said.items, f"{at}/{len(drawn)}", depth + 1)
            if value not in drawn and len(drawn) < length:
                drawn.append(value)
        return drawn

    def _string(self, said: Said) -> str:
        least, most = int(said.one.get("minLength", 0)), int(said.one.get("maxLength", 1 << 20))
        if said.patterns:
            try:
                return matching(self.lots.choice(said.patterns), self.lots)
            except UnmatchableError as error:
                raise UngenerableError(f"{error} at {said.place}") from None
        text = self.lots.choice(TEXTS) if self.lots.random() < 0.7 else self._any_text()
        return (text + "x" * (least - len(text)))[:most]

    def _any_text(self) -> str:
        """Up to ten characters of any kind; surrogates are none (RFC 3629 section 3)."""
        numbers = (self.lots.choice((self.lots.randrange(0xD800), self.lots.randrange(0xE000, 0x110000))) for _ in range(10))
        return "".join(map(chr, numbers))[: self.lots.randint(1, 10)]

    def _number(self, said: Said, *, whole: bool) -> int | float:
        step = 1 if whole else 0.5
        lower = [said.one[name] + more for name, more in (("minimum", 0), ("exclusiveMinimum", step)) if name in said.one]
        upper = [said.one[name] - less for name, less in (("maximum", 0), ("exclusiveMaximum", step)) if name in said.one]
        least, most = max(lower, default=-MOST), min(upper, default=MOST)
        bounds = [each for each in (least, most) if abs(each) < MOST]
        fitting = [each for each in (*NUMBERS, *bounds) if least <= each <= most and not (whole and each != int(each))]
        drawn = self.lots.choice(fitting) if fitting else least
        return int(drawn) if whole else drawn


@dataclass(frozen=True)
class Said:
    """What the schemas at some places say together of one value; *one* has the keywords that bound it.

    *chosen* means that a lot had its say, as one of several schemas was to be chosen.
    """

    place: str
    types: tuple[str, ...]
    values: Sequence[Any] | None
    properties: Mapping[str, Sequence[str]]
    required: Sequence[str]
    additional: Sequence[str]
    closed: bool
    items: Sequence[str]
    patterns: Sequence[str]
    one: Mapping[str, Any]
    chosen: bool

    @classmethod
    def of(cls, schemas: Schemas, places: Sequence[str], lots: random.Random) -> Said:
        """What the schemas at *places* say; raises UngenerableError for a keyword that is none of KEYWORDS."""
        parts = _parts(schemas, places, lots)
        types, values = set(TYPES), None
        properties: dict[str, list[str]] = {}
        one: dict[str, Any] = {}
        for place, schema in parts:
            types &= _types(schema.get("type", TYPES))
            if "enum" in schema:
                values = [each for each in schema["enum"] if values is None or each in values]
            for name in schema.get("properties", ()):
                properties.setdefault(name, []).append(f"{place}/properties/{escape(name)}")
            for name in schema.keys() & _STRICTER.keys():
                one[name] = _STRICTER[name](schema[name], one.get(name, schema[name]))
        return cls(
            place=places[0] if places else "",
            types=tuple(each for each in TYPES if each in types),
            values=values,
            properties=properties,
            required=tuple(dict.fromkeys(name for _, schema in parts for name in schema.get("required", ()))),
            additional=[f"{place}/additionalProperties" for place, schema in parts if "additionalProperties" in schema],
            closed=any(schema.get("additionalProperties") is False for _, schema in parts),
            items=[f"{place}/items" for place, schema in parts if "items" in schema],
            patterns=[schema["pattern"] for _, schema in parts if "pattern" in schema],
            one=one,
            chosen=any(keyword in schema for _, schema in parts for keyword in _CHOICES),
        )


def _parts(schemas: Schemas, places: Sequence[str], lots: random.Random) -> list[tuple[str, Mapping[str, Any]]]:
    """Every schema that holds at once at *places*, with its place: through ``$ref`` and ``allOf``, one of each choice."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    seen: set[str] = set()
    queue = list(places)
    while queue:
        place = queue.pop(0)
        schema = schemas.schema(place)
        if place in seen or schema is True:
            continue
        seen.add(place)
        if schema is False:
            raise UngenerableError(f"a schema that allows nothing at {place}")
        for keyword in schema:
            if keyword not in KEYWORDS and keyword not in ANNOTATIONS:
                raise UngenerableError(f"the keyword {keyword!r} at {place}")
        found.append((place, schema))
        if "$ref" in schema:
            queue.append(schemas.referred(place, schema["$ref"]))
        queue += [f"{place}/allOf/{index}" for index in range(len(schema.get("allOf", ())))]
        for keyword in _CHOICES:
            if keyword in schema:
                queue.append(f"{place}/{keyword}/{lots.randrange(len(schema[keyword]))}")
    return found


def _types(named: str | Sequence[str]) -> set[str]:
    """The types *named*; every whole number is a number too."""
    types = {named} if isinstance(named, str) else set(named)
    return types | {"integer"} if "number" in types else types
