"""Which places of a schema speak of a body, and which of its members none does, in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from specs import pointer
from specs.schema import Schemas

LONGEST_NAME = 200
"""Characters of the name of an unknown member that are shown."""

MOST_UNDECLARED = 1000
"""Unknown members of one body that are named: one that makes up its names is as open with a thousand as with a million."""

Places = frozenset[str]


@dataclass(frozen=True)
class _Reading:
    """What the schemas that speak of one value say of the values inside it: which places speak of those."""

    places: Places
    items: Places
    members: Mapping[str, Places]
    others: Places


class Coverage:
    """Follows ``$ref``, ``properties``, ``items``, ``additionalProperties`` and ``allOf`` of the schemas of one provider."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._readings: dict[Places, _Reading] = {}

    def of(self, place: str, body: Any) -> tuple[Places, frozenset[str]]:
        """The places that speak of anything in *body*, whose schema is at *place*, and the members that none speaks of.

        The members are pointers with ``*`` for indices, up to `MOST_UNDECLARED` of them.
        """
        root = self._reading(frozenset({place}))
        visited = set(root.places)
        known: set[Places] = set()
        undeclared: set[str] = set()
        # What is inside is looked at one by one: a list of all of it would be as long as the body.
        inside = [self._inside(root, "", body, undeclared)]
        while inside:
            found = next(inside[-1], None)
            if found is None:
                inside.pop()
                continue
            places, at, value = found
            if places not in known:
                known.add(places)
                visited |= self._reading(places).places
            if isinstance(value, dict | list):
                inside.append(self._inside(self._reading(places), at, value, undeclared))
        return frozenset(visited), frozenset(undeclared)

    @staticmethod
    def _inside(reading: _Reading, at: str, value: Any, undeclared: set[str]) -> Iterator[tuple[Places, str, Any]]:
        if isinstance(value, list) and reading.items:
            for item in value:
                yield reading.items, f"{at}/*", item
        elif isinstance(value, dict):
            for name, held in value.items():
                if places := reading.members.get(name, reading.others):
                    # Only what has something inside needs to know where it is.
                    yield places, _where(at, name) if isinstance(held, dict | list) else "", held
                elif len(undeclared) < MOST_UNDECLARED:
                    undeclared.add(_where(at, name))

    def _reading(self, places: Places) -> _Reading:
        if places not in self._readings:
            self._readings[places] = self._read(places)
        return self._readings[places]

    def _read(self, places: Places) -> _Reading:
        schemas = self._schemas.applied(places)
        known = {name for schema in schemas.values() for name in schema.get("properties", ())}
        return _Reading(
            frozenset(schemas),
            frozenset(f"{place}/items" for place, schema in schemas.items() if "items" in schema),
            {name: frozenset(self._member(schemas, name)) for name in known},
            frozenset(f"{place}/additionalProperties" for place, schema in schemas.items() if _has_others(schema)),
        )

    @staticmethod
    def _member(schemas: Mapping[str, Mapping[str, Any]], name: str) -> Iterator[str]:
        for place, schema in schemas.items():
            if name in schema.get("properties", ()):
                yield f"{place}/properties/{pointer.escape(name)}"
            elif _has_others(schema):
                yield f"{place}/additionalProperties"


def _where(at: str, name: str) -> str:
    return f"{at}/{'*' if name.isdecimal() else pointer.escape(name[:LONGEST_NAME])}"


def _has_others(schema: Mapping[str, Any]) -> bool:
    return isinstance(schema.get("additionalProperties"), dict)
