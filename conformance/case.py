"""Cases: what a requirement asks, and how it judges the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

from conformance.choices import Choices
from conformance.finding import Violation, literal
from conformance.message import Exchange, Pick, Request
from conformance.strict_json import Unreadable
from specs.contract import Authentication, Items, Operation
from specs.pointer import resolve
from specs.provider import Provider

LONGEST_LOCATION = 200
"""Characters of where a redirect leads to that are shown."""

SERVER_ERRORS = frozenset(range(500, 600))

Judge = Callable[[Sequence[Exchange]], Iterable[Violation]]


class NotApplicable(Exception):
    """This answer cannot break the requirement; ``str()`` says why."""


@dataclass(frozen=True)
class Case:
    """Requests that belong together, and the judge of their answers, which come in the same order.

    *until*: sending stops after the first answer with this status, and the judge is given what there is.
    *expects*: statuses that are no trouble here although they are elsewhere, such as 429.
    *essential*: without it there is no verdict, so it is asked in the first round.
    *settles*: two lists are compared that are one; where the list changed between them, it has to stay what it became.
    *neutral*: what the last request has beside the plain one must change nothing of what is judged, so that it may be
    asked together with others of that kind. *alone*: then the case without the others, which counts where something is wrong.
    """

    requests: tuple[Request, ...]
    judge: Judge
    until: int | None = None
    expects: frozenset[int] = frozenset()
    essential: bool = False
    settles: bool = False
    neutral: bool = False
    alone: Case | None = None


@dataclass(frozen=True)
class Scope:
    """What a probe works on: one operation of a provider, and the choices of this run."""

    provider: Provider
    operation: Operation
    choices: Choices

    @property
    def base(self) -> Request:
        """The plain request to the operation, as documented: a list without parameters, or the first id of its list."""
        if self.operation.retrieves is None:
            return Request(self.operation.id)
        return self.retrieve("the first id")

    @cached_property
    def listing(self) -> Request:
        """The plain request to the list that this operation is, or retrieves from."""
        retrieves = self.operation.retrieves
        return Request(retrieves.operation if retrieves else self.operation.id)

    def retrieve(self, what: str) -> Request:
        """The request for the item that the pick *what* of the list names."""
        from_list = self.operation.retrieves
        if from_list is None:
            raise ValueError(f"{self.operation.id} retrieves nothing")
        return Request(self.operation.id, path=((from_list.parameter, Pick(self.listing, what)),))

    @cached_property
    def items(self) -> Items:
        """Where the list has its items. Raises ValueError when the contract does not say."""
        items = self.provider.operations[self.listing.operation].items
        if items is None:
            raise ValueError(f"{self.listing.operation} has no x-items")
        return items

    @property
    def wants_key(self) -> bool:
        """Whether the operation refuses requests without a key."""
        return self.operation.authentication is Authentication.REQUIRED


class Probe(Protocol):
    """A named way to check one requirement; its fields are the parameters in requirements.yaml."""

    def cases(self, scope: Scope) -> Iterable[Case]:
        """What to ask and how to judge it, the case that matters most first."""


@runtime_checkable
class Reading(Protocol):
    """A probe that can also judge what is asked for others' sake."""

    def over(self, scope: Scope, request: Request) -> Case | None:
        """The case that *request* is for this requirement, None where it says nothing of it."""


def entries(exchange: Exchange, items: Items) -> Iterator[tuple[str, Any]]:
    """The items of a list with their pointers. Raises `NotApplicable` unless it is a readable 200 list."""
    return ((f"{items.at}/{index}", item) for index, item in enumerate(listed(exchange, items)))


def listed(exchange: Exchange, items: Items) -> list[Any]:
    """The items of a list. Raises `NotApplicable` unless it is a readable 200 list."""
    if exchange.response.status != 200:
        raise NotApplicable(f"the list answered {exchange.response.status}")
    try:
        array = resolve(exchange.json, items.at)
    except Unreadable as error:
        raise NotApplicable(str(error)) from None
    except (LookupError, ValueError):
        raise NotApplicable(f"the answer has nothing at {items.at}") from None
    if not isinstance(array, list):
        raise NotApplicable(f"{items.at} is not an array")
    return array


def ids(exchange: Exchange, items: Items) -> list[str]:
    """The ids of a list, in its order; items without a string id are passed over. Raises `NotApplicable`."""
    found = (item.get(items.id) for item in listed(exchange, items) if isinstance(item, dict))
    return [each for each in found if isinstance(each, str)]


def status_is(exchange: Exchange, *statuses: int) -> Iterator[Violation]:
    """A violation unless the answer has one of *statuses*."""
    if exchange.response.status not in statuses:
        expected, location = " or ".join(map(str, statuses)), exchange.response.header("Location")
        moved = f", a redirect to {location[:LONGEST_LOCATION]}" if location and exchange.response.status // 100 == 3 else ""
        yield Violation(exchange, "status", "status", f"status {expected}", f"status {exchange.response.status}{moved}")


def answered(judge: Judge) -> Judge:
    """*judge*, but where the last answer is not 200, that is the violation and nothing else is judged.

    The answers before it are what it is compared with: without a 200 there, `NotApplicable` is raised.
    """

    def judged(answers: Sequence[Exchange]) -> Iterator[Violation]:
        for before in answers[:-1]:
            if before.response.status != 200:
                raise NotApplicable(f"what it is compared with was answered {before.response.status}")
        refused = list(status_is(answers[-1], 200))
        yield from refused or judge(answers)

    return judged


def same_ids(exchange: Exchange, wanted: Iterable[str], items: Items, than: str) -> Iterator[Violation]:
    """A violation for each id that *exchange* lacks or has beyond *wanted*; *than* says what it is compared with."""
    found, expected = set(ids(exchange, items)), set(wanted)
    for missing in sorted(expected - found):
        yield Violation(exchange, items.at, "missing-item", f"{literal(missing)}, which {than} has", "it is absent")
    for extra in sorted(found - expected):
        yield Violation(exchange, items.at, "extra-item", f"only what {than} has", f"{literal(extra)} beside it")
