"""What a twin is: a gateway that keeps its contract and looks unusual."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from proof.twins.message import Answer, Answering, Call
from proof.twins.wire import Framing
from specs.contract import Operation
from specs.provider import Provider


@dataclass
class Clock:
    """A time in seconds that passes only where somebody says so."""

    now: float = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Lets *seconds* pass."""
        self.now += seconds


@dataclass(frozen=True)
class Stage:
    """What a twin is made from: a *provider*, *chance*, a *clock*, and the *mock* of any other catalogue."""

    provider: Provider
    chance: Random
    clock: Clock
    mock: Callable[[Provider], Answering]

    def operation(self, call: Call) -> Operation | None:
        """The operation that *call* means by its path, None for no documented one."""
        for operation in self.provider.operations.values():
            if operation.retrieves is None and call.path == operation.path:
                return operation
        for operation in self.provider.operations.values():
            if operation.retrieves is not None and call.path.startswith(operation.path.partition("{")[0]):
                return operation
        return None

    def lists(self, call: Call) -> bool:
        """Whether *call* asks for a list by GET."""
        operation = self.operation(call)
        return call.method == "GET" and operation is not None and operation.items is not None


Holding = Callable[[Provider, Random], Provider]
Behaviour = Callable[[Answering, Stage], Answering]
Change = Callable[[Call, Answer, Stage], Answer]


def as_it_is(provider: Provider, _chance: Random) -> Provider:
    """The provider's own catalogue."""
    return provider


def faithful(answering: Answering, _stage: Stage) -> Answering:
    """The mock's own behaviour."""
    return answering


@dataclass(frozen=True)
class Twin:
    """A conforming gateway that must be accused of nothing.

    *says* is what is unusual about it, *because* why it may: a section of an RFC, or what the contract leaves open.
    It *holds* another catalogue, *behaves* in another way, or comes over a socket with another *framing*.
    *applies* tells the providers for which there is such a gateway. *unsurvived* are the requirements of the clients
    that it breaks, which its contract lets it do.
    """

    name: str
    says: str
    because: str
    holds: Holding = as_it_is
    behaves: Behaviour = faithful
    framing: Framing | None = None
    applies: Callable[[Provider], bool] = lambda _: True
    unsurvived: frozenset[str] = frozenset()


def each(change: Change) -> Behaviour:
    """The behaviour of making *change* to every answer."""

    def behaves(answering: Answering, stage: Stage) -> Answering:
        return lambda call: change(call, answering(call), stage)

    return behaves


def always(change: Callable[[Answer], Answer]) -> Behaviour:
    """The behaviour of making *change*, which needs to know nothing else, to every answer."""
    return each(lambda _call, answer, _stage: change(answer))
