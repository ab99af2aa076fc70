"""A documented answer as it is served, the places in it that a schema speaks of, and mutants that change it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proof.attribution import of_body
from proof.generated import LABEL, Generated
from proof.misbehaving import Answered, Asked, Behaviour
from specs.contract import Items, Operation
from specs.errors import SpecError
from specs.mutant import Mutant
from specs.mutation import apply
from specs.pointer import resolve
from specs.provider import Provider

Patch = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Spot:
    """One place of a body, *at* a pointer, of those that share a schema: the first, a middle or the last *where*.

    *field* is the place of the schema that speaks of it, *schemas* are the keywords of all that do, *everywhere* the
    pointers of all places that share it.
    """

    at: str
    where: str
    value: Any
    field: str
    schemas: tuple[Mapping[str, Any], ...]
    everywhere: tuple[str, ...]

    @property
    def parent(self) -> str:
        """The pointer of what it stands in."""
        return self.at.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The name of the member, or the index, as a reference token."""
        return self.at.rpartition("/")[2]


@dataclass(frozen=True)
class Document:
    """The answer of *operation* with *status*, whose content is *body*.

    *recording* is what the gateway holds; it is empty for what is made as it is asked for: an item by itself, an error.
    """

    provider: Provider
    operation: Operation
    status: int
    body: Any
    recording: str

    @property
    def schema(self) -> str:
        """Where its schema stands. Raises ValueError for an answer without one."""
        response = self.operation.responses.get(self.status)
        if response is None or response.schema is None:
            raise ValueError(f"{self.operation.id} documents no body for {self.status}")
        return response.schema

    @property
    def spots(self) -> Iterator[Spot]:
        """The first, a middle and the last place of each schema inside the body."""
        schemas = self.provider.schemas
        places: dict[str, list[str]] = {}
        values: dict[str, Any] = {}
        for place, at, value in schemas.visits(self.schema, self.body):
            places.setdefault(at, []).append(place)
            values[at] = value
        fields: dict[str, list[str]] = {}
        for at, speaking in places.items():
            if at:
                fields.setdefault(min(speaking, key=len), []).append(at)
        for field, pointers in sorted(fields.items()):
            ordered = sorted(pointers, key=_in_order)
            for where, index in _ends(len(ordered)):
                at = ordered[index]
                keywords = (schemas.schema(place) for place in places[at])
                known = tuple(each for each in keywords if isinstance(each, dict))
                yield Spot(at, where, values[at], field, known, tuple(ordered))

    def mutant(self, operator: str, what: str, says: str, patch: Patch, allowed: str, *, spot: Spot | None = None) -> Generated:
        """The gateway whose answer carries *patch*; *allowed* says why, where the contract does not forbid that.

        *spot* is the place that is changed, where it is one.
        """
        after = apply(patch, self.body, operator, what)
        breaks = of_body(self.provider, self.operation, self.body, after, self.status)
        held = tuple({**step, **{part: f"/body{step[part]}" for part in ("path", "from") if part in step}} for step in patch)
        mutant = Mutant(
            id=f"{self.operation.id}/{self.status}/{what}",
            breaks=breaks or "",
            says=says,
            serves=LABEL,
            needs=(),
            recordings=((self.recording, held),) if self.recording else (),
            contract=(),
            rewrites=(),
        )
        behaves = None if self.recording else lambda: Behaviour(answers=self._changing(patch))
        speaks = self.provider.owner(f"{spot.field}/type") if spot else None
        about = speaks.id if speaks and not breaks else ""
        return Generated(self.provider.id, operator, mutant, behaves, "" if breaks else allowed, about)

    def _changing(self, patch: Patch) -> Any:
        def answers(asked: Asked, answered: Answered) -> Answered:
            if asked.operation != self.operation.id or answered.status != self.status or answered.body is None:
                return answered
            if self.operation.retrieves and answered.status == 200 and answered.body != self.body:
                return answered  # another model: what is put there instead is meant for this one
            try:
                return answered.holding(apply(patch, answered.body, "the answer", "a mutant"))
            except SpecError:  # not every answer has what the patch is about
                return answered

        return answers


def served(provider: Provider) -> Iterator[Document]:
    """The documented 200 of each operation: lists as they are held, an item of a list as it is asked for."""
    for operation in provider.operations.values():
        if operation.items:
            recording = provider.recording(operation.id, 200, LABEL) or provider.recording(operation.id, 200)
            if recording is not None:
                yield Document(provider, operation, 200, recording.json(), recording.name)
        elif operation.retrieves:
            yield Document(provider, operation, 200, listed(provider, operation)[0], "")


def items_of(provider: Provider, operation: Operation) -> Items:
    """Where the list that *operation* is, or retrieves from, has its items. Raises ValueError when nothing says so."""
    listing = provider.operations[operation.retrieves.operation] if operation.retrieves else operation
    if listing.items is None:
        raise ValueError(f"{listing.id} has no x-items")
    return listing.items


def listed(provider: Provider, operation: Operation) -> list[Any]:
    """The items of the list that *operation* is, or retrieves from, as mutants serve it."""
    listing = operation.retrieves.operation if operation.retrieves else operation.id
    recording = provider.recording(listing, 200, LABEL) or provider.recording(listing, 200)
    found = resolve(recording.json(), items_of(provider, operation).at) if recording else []
    return list(found)


def _in_order(at: str) -> list[tuple[int, str]]:
    return [(int(token), "") if token.isdecimal() else (0, token) for token in at.split("/")]


def _ends(count: int) -> Iterator[tuple[str, int]]:
    if count == 1:
        yield "only", 0
        return
    yield "first", 0
    if count > 2:
        yield "middle", count // 2
    yield "last", count - 1
