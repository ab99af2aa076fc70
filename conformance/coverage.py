"""Which places of a schema speak of a body, and which of its members none does, in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from specs import pointer
from specs.schema import Schemas

LONGEST_NAME = 200
"""Characters of the name of an unknown member that are shown."""

MOST_UNDECLARED = 1000
"""Unknown members of one body that are named: one that makes up its names is as open with a thousand as with a million."""

MOST_NAMED = 1000
"""Different objects of one body, by their members, that are remembered as seen to."""

CONTAINERS = (dict, list)

Places = frozenset[str]


@dataclass(frozen=True)
class _Reading:
    """What the schemas that speak of one value say of the values inside it: which places speak of those."""

    places: Places
    items: Places
    members: Mapping[str, Places]
    others: Places


class _Found:
    """What was found of one body so far."""

    def __init__(self, reading: Callable[[Places], _Reading]) -> None:
        self._reading = reading
        self._known: set[Places] = set()
        self._named: set[tuple[int, str, tuple[str, ...]]] = set()
        self.visited: set[str] = set()
        self.undeclared: set[str] = set()

    def speak(self, places: Places) -> None:
        """Takes note that *places* speak of something."""
        if places not in self._known:
            self._known.add(places)
            self.visited |= self._reading(places).places

    def name(self, reading: _Reading, at: str, names: tuple[str, ...]) -> None:
        """Takes note of the *names* in an object at *at*; those of a thousand models are the same, and seen to once."""
        if (id(reading), at, names) in self._named:
            return
        for name in names:
            if places := reading.members.get(name, reading.others):
                self.speak(places)
            elif len(self.undeclared) < MOST_UNDECLARED:
                self.undeclared.add(_where(at, name))
        if len(self._named) < MOST_NAMED:
            self._named.add((id(reading), at, names))


class Coverage:
    """Follows ``$ref``, ``properties``, ``items``, ``additionalProperties`` and ``allOf`` of the schemas of one provider."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._readings: dict[Places, _Reading] = {}

    def of(self, place: str, body: Any) -> tuple[Places, frozenset[str]]:
        """The places that speak of anything in *body*, whose schema is at *place*, and the members that none speaks of.

        The members are pointers with ``*`` for indices, up to `MOST_UNDECLARED` of them.
        """
        found = _Found(self._reading)
        found.speak(frozenset({place}))
        self._look(self._reading(frozenset({place})), "", body, found)
        return frozenset(found.visited), frozenset(found.undeclared)

    def _look(self, reading: _Reading, at: str, value: Any, found: _Found) -> None:
        """Takes note of what *reading* says of what is in *value*, which stands at *at*, as deep as a body may go."""
        if isinstance(value, dict):
            found.name(reading, at, tuple(value))
            for name, held in value.items():
                if isinstance(held, CONTAINERS) and (there := reading.members.get(name, reading.others)):
                    self._look(self._reading(there), _where(at, name), held, found)
        elif isinstance(value, list) and value and reading.items:
            found.speak(reading.items)
            inside, below = self._reading(reading.items), f"{at}/*"
            for item in value:
                if isinstance(item, CONTAINERS):
                    self._look(inside, below, item, found)

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
