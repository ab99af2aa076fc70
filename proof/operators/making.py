"""What the operators on behaviour share: a mutant from a change of answers or requests, and whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from proof.attribution import probe
from proof.generated import LABEL, Generated
from proof.misbehaving import Answered, Asked, Behaviour
from specs.contract import Operation
from specs.mutant import Mutant
from specs.provider import Provider

Change = Callable[[Answered], Answered]
When = Callable[[Asked], bool]

UNSAID = "the contract has no requirement for it"


@dataclass(frozen=True)
class Making:
    """Makes the mutants of one *operation* under the name of one *operator*."""

    provider: Provider
    operation: Operation
    operator: str

    def owner(self, *probes: str, **parameters: Any) -> str | None:
        """The first requirement of the operation that is checked by one of *probes* with *parameters*."""
        return probe(self.provider, self.operation.id, *probes, **parameters)

    def refusing(self, status: int, probe: str) -> str | None:
        """The first requirement of the operation whose *probe* does not take *status* for an answer."""
        checks = [
            (each.id, each.check.parameters.get("statuses", each.check.parameters.get("status")))
            for each in self.provider.requirements
            if each.check.name == probe and self.operation.id in each.operations
        ]
        return next((name for name, taken in checks if status not in (taken if isinstance(taken, list) else [taken])), None)

    def invariant(self, name: str) -> str | None:
        """The first requirement of the operation that is checked by the invariant *name*."""
        return probe(self.provider, self.operation.id, name)

    def asks(self, asked: Asked) -> bool:
        """Whether *asked* is a GET of the operation."""
        return asked.operation == self.operation.id and asked.method == "GET"

    def mutant(
        self,
        what: str,
        says: str,
        breaks: str | None,
        behaves: Callable[[], Behaviour],
        allowed: str = UNSAID,
        *,
        needs: tuple[str, ...] = (),
        contract: tuple[dict[str, Any], ...] = (),
    ) -> Generated:
        """A mutant that *behaves* so and breaks *breaks*; None for what the contract allows, for the reason *allowed*."""
        made = Mutant(f"{self.operation.id}/{what}", breaks or "", says, LABEL, needs, (), contract, ())
        return Generated(self.provider.id, self.operator, made, behaves, "" if breaks else allowed)

    def answering(
        self,
        what: str,
        says: str,
        breaks: str | None,
        change: Change,
        allowed: str = UNSAID,
        *,
        when: When | None = None,
        status: int = 200,
    ) -> Generated:
        """A mutant that does *change* to its answers of *status* to GET, or to what *when* picks out."""
        return self.answering_asked(
            what, says, breaks, lambda _, answered: change(answered), allowed, when=when or self.asks, status=status
        )

    def answering_asked(
        self,
        what: str,
        says: str,
        breaks: str | None,
        change: Callable[[Asked, Answered], Answered],
        allowed: str = UNSAID,
        *,
        when: When,
        status: int = 200,
    ) -> Generated:
        """As `answering`, for a change that looks at the request too."""

        def answers(asked: Asked, answered: Answered) -> Answered:
            return change(asked, answered) if when(asked) and answered.status == status else answered

        return self.mutant(what, says, breaks, lambda: Behaviour(answers=answers), allowed)

    def asking(
        self, what: str, says: str, breaks: str | None, change: Callable[[Asked], Asked], allowed: str = UNSAID
    ) -> Generated:
        """A mutant that does *change* to each GET of the operation before it acts on it."""
        return self.mutant(
            what, says, breaks, lambda: Behaviour(asks=lambda asked: change(asked) if self.asks(asked) else asked), allowed
        )


def makings(provider: Provider, operator: str) -> Iterator[Making]:
    """One for each operation of *provider*."""
    for operation in provider.operations.values():
        yield Making(provider, operation, operator)


def status_of(status: int, content: bytes | None = None) -> Change:
    """Answers with *status*, and with *content* where it is given."""
    return lambda answered: answered.but(status, content)


def fields_of(**fields: str | None) -> Change:
    """Answers with *fields* set, or removed where None; ``_`` in a name stands for ``-``."""
    return lambda answered: answered.having(**fields)


def body_of(body: Any, status: int | None = None) -> Change:
    """Answers with *body*, and with *status* where it is given."""
    return lambda answered: answered.but(status).holding(body)
