"""What is seen of workers under one load: the values from which all figures are made."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bench.scaling.redis_server import Counts
from bench.speed.sample import Load

ALONE, ONE, TWO, STARVED = "memory", "one", "two", "starved"
"""One worker with its state in memory; one, and two, with theirs in Redis; one whose Redis has little of a core."""


@dataclass(frozen=True)
class Seen:
    """A *load* of one *kind* in *round*: seconds of the processor that each of the *workers* took, and what *redis* counted.

    *octets* are those of its requests, heads and all.
    """

    setup: str
    kind: str
    round: int
    load: Load
    workers: tuple[float, ...]
    redis: Counts
    asked_octets: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.load.requests / self.load.seconds

    @property
    def worker_us(self) -> float:
        """Microseconds of a worker's processor that a request took."""
        return sum(self.workers) / self.load.requests * 1e6

    @property
    def per_second(self) -> float:
        """Requests for which the workers took one second of the processor."""
        return 1e6 / self.worker_us

    @property
    def cores(self) -> float:
        """How much of a core all workers had together."""
        return sum(self.workers) / self.load.seconds

    @property
    def fewest(self) -> float:
        """How much of a core that worker had which had least."""
        return min(self.workers) / self.load.seconds

    @property
    def redis_busy(self) -> float:
        """How much of a core Redis had."""
        return self.redis.cpu_s / self.load.seconds


@dataclass
class Sights:
    """All that was seen, and besides: *trips* to Redis of a request that comes alone, by kind, of each round; octets of memory.

    *left_out* says what went wrong with loads of which nothing is here. *worker_octets* is that of a worker after its last
    load, *journal_octets* that of a session in Redis whose journal is full.
    """

    seen: list[Seen] = field(default_factory=list)
    trips: dict[str, list[float]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    worker_octets: int = 0
    journal_octets: int = 0

    def median(self, setup: str, kind: str, figure: Callable[[Seen], float]) -> float:
        """The middle one of *figure* of all rounds; LookupError where there is none."""
        return _middle([figure(each) for each in self.of(setup, kind)], kind, setup)

    def of(self, setup: str, kind: str) -> Iterable[Seen]:
        """What was seen of one kind in one setup, a round after the other."""
        return (each for each in self.seen if (each.setup, each.kind) == (setup, kind))

    def ratio(self, kind: str, figure: Callable[[Seen], float]) -> float:
        """The middle one of how many times *figure* two workers have of what one has in the same round."""
        one = {each.round: figure(each) for each in self.of(ONE, kind)}
        return _middle([figure(each) / one[each.round] for each in self.of(TWO, kind) if each.round in one], kind, TWO)


def _middle(values: list[float], kind: str, setup: str) -> float:
    if not values:
        raise LookupError(f"nothing was seen of {kind} traffic ({setup})")
    return statistics.median(values)
