"""Gateways that nobody here wrote: how each is installed and started, and what the suite is to find of it, as data.

Each is a folder beside this file: ``gateway.yaml``, the versions and hashes of what is installed (``requirements.lock``
for Python, ``package-lock.json`` for Node.js), and a configuration in which ``$port`` and ``$key`` stand for values.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import specs
from specs import Provider, strict_yaml

FOLDER = Path(__file__).parent
INSTALLED = FOLDER.parent.parent / ".gateways"
"""Where ``make gateways`` installs each of them, in a folder of its own."""


@dataclass(frozen=True)
class Deviation:
    """Where a gateway does not simply keep a requirement: the *outcome*, and *seen*, what it answers in short.

    *because* says what was found when its answers and its source were looked at by hand.
    """

    outcome: str
    seen: str
    because: str


@dataclass(frozen=True)
class Gateway:
    """One gateway, judged by the contract of *provider*. *command* starts it.

    *deviations* are by requirement; every other requirement passes.
    """

    name: str
    title: str
    provider: str
    version: str
    settings: str
    command: tuple[str, ...]
    configuration: str
    environment: Mapping[str, str]
    capabilities: Mapping[str, str]
    deviations: Mapping[str, Deviation]

    @property
    def installed(self) -> Path:
        """The folder that it is installed in."""
        return INSTALLED / self.name

    @property
    def lacking(self) -> str:
        """What is lacking to start it, and how to get it; an empty string when it can be started."""
        if (self.installed / ".installed").exists():
            return ""
        return f"{self.title} is not installed; `make gateways` installs it in {INSTALLED.name}/{self.name}"


@functools.cache
def gateways() -> Mapping[str, Gateway]:
    """All of them by name."""
    return MappingProxyType({path.parent.name: _read(path) for path in sorted(FOLDER.glob("*/gateway.yaml"))})


def contract() -> Provider:
    """The one contract that all of them are judged by."""
    (name,) = {each.provider for each in gateways().values()}
    return specs.load(name)


def _read(path: Path) -> Gateway:
    data: Any = strict_yaml.read(path, str(path)).value
    return Gateway(
        name=path.parent.name,
        title=data["title"],
        provider=data["provider"],
        version=data["version"],
        settings=data["settings"],
        command=tuple(data["command"]),
        configuration=data["configuration"],
        environment=MappingProxyType(data.get("environment", {})),
        capabilities=MappingProxyType(data["capabilities"]),
        deviations=MappingProxyType(
            {
                requirement: Deviation(outcome, each["seen"], each["because"])
                for each in data["deviations"]
                for requirement, outcome in each["outcomes"].items()
            }
        ),
    )
