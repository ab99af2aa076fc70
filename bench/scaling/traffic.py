"""What the workers are asked for, as `traffic.yaml` says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specs import strict_yaml

FILE = Path(__file__).with_name("traffic.yaml")
MIXED = "mixed"
STATELESS, LARGE = "stateless", "large"
"""Two kinds that there are in any case."""


@dataclass(frozen=True)
class Kind:
    """Requests of one kind: *says* names it for people.

    They are for *path*, in a session with *settings*, or in none without; *parts* of mixed traffic are of this kind.
    """

    name: str
    says: str
    path: str
    parts: int
    settings: Mapping[str, Any] | None


@dataclass(frozen=True)
class Plan:
    """All of it; *key* is the one that is sent."""

    key: str
    kinds: Mapping[str, Kind]

    @property
    def shares(self) -> Mapping[str, float]:
        """What of mixed traffic is of which kind; the sum is 1."""
        whole = sum(kind.parts for kind in self.kinds.values())
        return {kind.name: kind.parts / whole for kind in self.kinds.values() if kind.parts}


def read(file: Path = FILE) -> Plan:
    """What *file* says. Raises SpecError where it is no YAML, KeyError where it lacks something: it is part of the program."""
    data = strict_yaml.read(file, file.name).value
    kinds = {
        name: Kind(name, each["says"], each["path"], each["parts"], each.get("settings"))
        for name, each in data["kinds"].items()
    }
    return Plan(data["key"], kinds)
