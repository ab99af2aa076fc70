"""What the contract says of the fields of an answer: which types a field may have, and whether it has to be there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
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

Fields = Callable[[str], Documented]
"""What is documented of the field at a pointer with ``*`` for every index."""


def fields(provider: Provider, operation: Operation) -> Fields:
    """What the contract of *provider* says of the fields of a 200 answer to *operation*."""
    answer = operation.responses.get(200)
    if answer is None or answer.schema is None:
        return lambda _: UNKNOWN
    schemas, root = provider.schemas, answer.schema

    @cache
    def field(at: str) -> Documented:
        above, _, token = at.rpartition("/")
        places = schemas.within(root, at)
        if not places:
            return UNKNOWN
        required = at != "" and any(
            pointer.unescape(token) in _of(schemas.schema(place)).get("required", ()) for place in schemas.within(root, above)
        )
        types = [found for place in places if (found := types_of(_of(schemas.schema(place))))]
        return Documented(known=True, required=required, types=frozenset.intersection(*types) if types else frozenset())

    return field


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
