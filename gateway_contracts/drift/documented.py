"""What the contract says of the fields of an answer: which types a field may have, and whether it has to be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.snapshot import type_of
from specs import pointer
from specs.contract import Operation
from specs.provider import Provider


@dataclass(frozen=True)
class Documented:
    """A field in the contract: *known* at all, *required* where its object is, and of *types*; empty for any type."""

    known: bool
    required: bool
    types: frozenset[str]

    def allows(self, types: frozenset[str]) -> bool:
        """Whether values of *types* are documented."""
        return self.known and (not self.types or types <= self.types)


UNKNOWN = Documented(known=False, required=False, types=frozenset())


class Fields:
    """What the contract of *provider* says of the fields of a 200 answer to *operation*.

    A field is named by its pointer, with ``*`` for every index.
    """

    def __init__(self, provider: Provider, operation: Operation) -> None:
        answer = operation.responses.get(200)
        self._root = answer.schema if answer else None
        self._schemas = provider.schemas
        self._places: dict[str, tuple[Mapping[str, Any], ...]] = {}

    def __call__(self, at: str) -> Documented:
        """What is said of the field at *at*."""
        schemas = self._at(at)
        if not schemas:
            return UNKNOWN
        above, _, token = at.rpartition("/")
        types = [found for each in schemas if (found := types_of(each))]
        return Documented(
            known=True,
            required=at != "" and pointer.unescape(token) in self.required(above),
            types=frozenset.intersection(*types) if types else frozenset(),
        )

    def required(self, at: str) -> frozenset[str]:
        """The members that an object at *at* has to have."""
        return frozenset(name for each in self._at(at) for name in each.get("required", ()))

    def _at(self, at: str) -> tuple[Mapping[str, Any], ...]:
        """The schemas that speak of what is at *at*."""
        if at not in self._places:
            places = self._schemas.within(self._root, at) if self._root is not None else ()
            self._places[at] = tuple(_of(self._schemas.schema(place)) for place in places)
        return self._places[at]


def types_of(schema: Mapping[str, Any]) -> frozenset[str]:
    """The JSON types that *schema* itself allows, all numbers as one; empty where it does not say."""
    return frozenset(_types(schema))


def _types(schema: Mapping[str, Any]) -> Iterator[str]:
    if "type" in schema:
        named = schema["type"]
        for each in [named] if isinstance(named, str) else named:
            yield "number" if each == "integer" else each
    elif "const" in schema:
        yield type_of(schema["const"])
    elif "enum" in schema:
        yield from map(type_of, schema["enum"])
    else:
        for keyword in ("oneOf", "anyOf"):
            inside = [types_of(_of(each)) for each in schema.get(keyword, ())]
            if inside and all(inside):
                yield from frozenset.union(*inside)


def _of(schema: Any) -> Mapping[str, Any]:
    return schema if isinstance(schema, dict) else {}
