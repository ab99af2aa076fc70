"""What the contestants are asked for, as `traffic.yaml` says it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from specs import Provider, load, strict_yaml

FILE = Path(__file__).with_name("traffic.yaml")


@dataclass(frozen=True)
class Body:
    """An answer's body called *name*: that of *operation* of *provider*, made from the models of the recording *label*.

    With *models* it has so many of them, else as many as the recording; *query* is what the mock is asked with.
    """

    name: str
    provider: str
    operation: str
    label: str
    models: int | None
    query: str

    @property
    def path(self) -> str:
        """Where the mock has it."""
        query = f"?{self.query}" if self.query else ""
        return f"/{self.provider}{_loaded(self.provider).operations[self.operation].path}{query}"


@dataclass(frozen=True)
class Traffic:
    """Requests of one kind: *says* names it for people, *body* is what has to come, with *status*.

    *connections* is with how many at once it is measured; *open* says whether the highest rate is looked for, *session*
    whether the requests belong to a session of the mock.
    """

    name: str
    says: str
    body: str
    status: int
    connections: tuple[int, ...]
    open: bool
    session: bool


@dataclass(frozen=True)
class Plan:
    """All of it: *key* is the one that is sent, *requests* within *window_s* seconds the limit that is counted against."""

    key: str
    requests: int
    window_s: int
    bodies: Mapping[str, Body]
    traffic: Mapping[str, Traffic]


@functools.cache
def _loaded(provider: str) -> Provider:
    return load(provider)


def read(file: Path = FILE) -> Plan:
    """What *file* says. Raises SpecError where it is no YAML, KeyError where it lacks something: it is part of the program."""
    data = strict_yaml.read(file, file.name).value
    bodies = {
        name: Body(name, each["provider"], each["operation"], each["from"], each.get("models"), each.get("query", ""))
        for name, each in data["bodies"].items()
    }
    traffic = {
        name: Traffic(
            name,
            each["says"],
            bodies[each["body"]].name,
            each.get("status", 200),
            tuple(each["connections"]),
            each.get("open", False),
            each.get("session", False),
        )
        for name, each in data["traffic"].items()
    }
    limit = data["rate_limit"]
    return Plan(data["key"], limit["requests"], limit["window_s"], bodies, traffic)
