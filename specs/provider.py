"""A provider: one gateway's contract and recordings, loaded, checked and immutable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from specs.contract import Capability, Operation, RateLimit
from specs.mutant import Mutant
from specs.recording import Recording
from specs.requirement import Citation, Contradiction, Departure, Page, Requirement, UncheckedClaim
from specs.schema import Schemas


@dataclass(frozen=True)
class Provider:
    """A gateway with an id and a contract.

    *document* is its OpenAPI document after the overlay; it is for reading only. *hosts* are the documented
    hosts, *unmatched* the operation whose 404 answers unknown paths. *requirements* are in the order in
    which they are to be reported: those of its document, then those of the clients, which are the same for all.
    *generic* contracts hold for a whole kind of gateways, whose *capabilities* differ.
    """

    id: str
    title: str
    hosts: tuple[str, ...]
    operations: Mapping[str, Operation]
    rate_limit: RateLimit | None
    unmatched: str
    pages: Mapping[str, Page]
    requirements: tuple[Requirement, ...]
    unchecked: tuple[UncheckedClaim, ...]
    contradictions: tuple[Contradiction, ...]
    departures: tuple[Departure, ...]
    recordings: tuple[Recording, ...]
    mutants: tuple[Mutant, ...]
    document: Mapping[str, Any] = field(repr=False)
    schemas: Schemas = field(repr=False)
    capabilities: Mapping[str, Capability] = field(default_factory=dict)
    generic: bool = False

    def requirement(self, id: str) -> Requirement:
        """The requirement *id*; raises KeyError when there is none."""
        for requirement in self.requirements:
            if requirement.id == id:
                return requirement
        raise KeyError(id)

    def mutant(self, id: str) -> Mutant:
        """The mutant *id*; raises KeyError when there is none."""
        for mutant in self.mutants:
            if mutant.id == id:
                return mutant
        raise KeyError(id)

    def owner(self, place: str) -> Requirement | None:
        """The requirement that owns the schema keyword at *place*: the one with the longest pointer above it."""
        best: tuple[int, Requirement] | None = None
        for requirement in self.requirements:
            for owned in requirement.check.places:
                if (place == owned or place.startswith(f"{owned}/")) and (best is None or len(owned) > best[0]):
                    best = (len(owned), requirement)
        return best[1] if best else None

    def departure(self, requirement: str, operation: str) -> Departure | None:
        """Where the document itself asks *operation* for what *requirement* forbids, None where it does not."""
        for departure in self.departures:
            if departure.requirement == requirement and operation in departure.operations:
                return departure
        return None

    def answers(self, operation: str, status: int) -> tuple[Recording, ...]:
        """The recordings of one *status* of one *operation*, the default one first."""
        found = [each for each in self.recordings if each.operation == operation and each.status == status]
        return tuple(sorted(found, key=lambda each: not each.default))

    def recording(self, operation: str, status: int, label: str | None = None) -> Recording | None:
        """The recording *label* of one *status* of one *operation*, or without a label the default one."""
        found = self.answers(operation, status)
        if label is None:
            return found[0] if found else None
        return next((each for each in found if each.label == label), None)

    def citations(self) -> Iterator[tuple[str, Citation]]:
        """Every citation of this provider's data, with the name of what cites."""
        for requirement in self.requirements:
            yield from ((requirement.id, citation) for citation in requirement.citations)
        for contradiction in self.contradictions:
            yield from ((contradiction.id, citation) for citation in contradiction.citations)
        for departure in self.departures:
            yield from ((f"departure from {departure.requirement}", citation) for citation in departure.citations)
        for claim in self.unchecked:
            yield from ((f"unchecked: {claim.claim}", citation) for citation in claim.citations)
