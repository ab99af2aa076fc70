"""The family of requirements that every provider has: what official SDKs need, and how each is broken, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from specs import formats, requirement, strict_yaml
from specs.contract import Authentication, Operation
from specs.fixtures import read_mutants
from specs.mutant import Mutant
from specs.recording import Recording
from specs.requirement import Departure, Lens, Requirement
from specs.strict_yaml import YamlDocument

FOLDER = Path(__file__).with_name("clients")
NAME = "specs/clients"
SERVED = "catalogue"
"""The label of the 200 recordings that the family's mutants serve."""

APPLIES: Mapping[str, Callable[[Operation], bool]] = MappingProxyType(
    {
        "lists": lambda operation: operation.items is not None,
        "retrieves": lambda operation: operation.retrieves is not None,
        "answers": lambda operation: operation.items is not None or operation.retrieves is not None,
        "keys": lambda operation: operation.authentication is not Authentication.NONE,
    }
)
"""Of which operations a requirement speaks."""


@cache  # part of the program, not of its input
def _document() -> YamlDocument:
    document = strict_yaml.read(FOLDER / "requirements.yaml", f"{NAME}/requirements.yaml")
    formats.check(document.value, "clients", f"{NAME}/requirements.yaml", lines=document.lines)
    return document


@cache
def _mutants() -> tuple[Mutant, ...]:
    return read_mutants(FOLDER, NAME)


def requirements(operations: Mapping[str, Operation]) -> tuple[Requirement, ...]:
    """The requirements of the family that speak of any of *operations*. Raises SpecError when its file cannot be used."""
    found, document = [], _document()
    for index, data in enumerate(document.value["requirements"]):
        names = tuple(name for name, each in operations.items() if APPLIES[data["applies"]](each))
        if names:
            found.append(
                Requirement(
                    id=data["id"],
                    level=requirement.Level(data["level"]),
                    says=data["says"],
                    because=data["because"],
                    operations=names,
                    citations=tuple(requirement.citation(each, {}) for each in data["cites"]),
                    check=requirement.check(data["check"]),
                    lens=Lens.CLIENTS,
                    file=f"{NAME}/requirements.yaml",
                    line=document.lines[f"/requirements/{index}"],
                )
            )
    return tuple(found)


def mutants(
    requirements: Sequence[Requirement], departures: Sequence[Departure], recordings: Sequence[Recording]
) -> Iterator[Mutant]:
    """The mutants of the family for one provider: each breaks its requirement wherever the document does not do so itself.

    There are none without a catalogue to break. Raises SpecError when their file cannot be used.
    """
    if not any((each.status, each.label) == (200, SERVED) for each in recordings):
        return
    known = {each.id: each for each in requirements}
    for mutant in _mutants():
        departed = {name for each in departures if each.requirement == mutant.breaks for name in each.operations}
        names = [name for name in known[mutant.breaks].operations if name not in departed] if mutant.breaks in known else []
        rewrites = tuple(
            replace(rewrite, when=replace(rewrite.when, operation=name)) for name in names for rewrite in mutant.rewrites
        )
        if rewrites:
            yield replace(mutant, rewrites=rewrites)
