"""Samples into figures: medians over the rounds, and shares of the reference in the same round."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.speed.sample import Closed, Highest, Life
from bench.speed.tree import Memory
from bench.speed.verified import Verified

MANY, ONE = 32, 1  # connections


@dataclass
class Samples:
    """All that was seen: *verified* by contestant and traffic; *absent* are the contestants that were not measured, and why."""

    closed: list[Closed] = field(default_factory=list)
    highest: list[Highest] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    verified: dict[tuple[str, str], Verified] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def add(self, contestant: str, traffic: str, seen: Verified | Closed | Highest | Life) -> None:
        """One more."""
        match seen:
            case Verified():
                self.verified[contestant, traffic] = seen
            case Closed():
                self.closed.append(seen)
            case Highest():
                self.highest.append(seen)
            case Life():
                self.lives.append(seen)


@dataclass(frozen=True)
class Figure:
    """A *contestant* asked for *traffic*, all medians; None is what was not measured.

    *rate* is in requests a second on 32 connections, *rate_client* says that the generator was what limited it, *rate_one* is
    on one connection. *cpu_us* are microseconds of the processor for a request, the others with that unit for an answer.
    *ratio* is the share of the reference's rate; *highest* the highest rate with p99 in bounds, *client* that this was the
    generator's limit. *wrong* counts what went wrong, in all rounds.
    """

    contestant: str
    traffic: str
    rate: float | None
    rate_client: bool
    rate_one: float | None
    ratio: float | None
    cpu_us: float | None
    p50_us: float | None
    p99_us: float | None
    p50_one_us: float | None
    p99_one_us: float | None
    highest: float | None
    client: bool
    wrong: int


@dataclass(frozen=True)
class Upkeep:
    """What it takes to have a *contestant*: seconds to the first 200, and memory before load, after the first and the last."""

    contestant: str
    started_s: float
    idle: Memory
    first: Memory
    last: Memory


def figure(samples: Samples, contestant: str, traffic: str, reference: tuple[str, str]) -> Figure | None:
    """That of *contestant* and *traffic*, beside the *reference*, which is named alike; None where nothing was measured."""
    every = [each for each in samples.closed if (each.contestant, each.traffic) == (contestant, traffic)]
    if not every:
        return None
    many, one = ([each for each in every if each.connections == count] for count in (MANY, ONE))
    found = [each for each in samples.highest if (each.contestant, each.traffic) == (contestant, traffic)]
    return Figure(
        contestant,
        traffic,
        rate=_median(many, lambda each: each.rate),
        rate_client=any(each.client for each in many),
        rate_one=_median(one, lambda each: each.rate),
        ratio=ratio(samples, (contestant, traffic), reference),
        cpu_us=_median(many, lambda each: each.cpu_us),
        p50_us=_median(many, lambda each: each.load.p50_us),
        p99_us=_median(many, lambda each: each.load.p99_us),
        p50_one_us=_median(one, lambda each: each.load.p50_us),
        p99_one_us=_median(one, lambda each: each.load.p99_us),
        highest=median(each.rate for each in found) if found else None,
        client=any(each.client for each in found),
        wrong=sum(each.load.wrong for each in every),
    )


def ratio(samples: Samples, one: tuple[str, str], other: tuple[str, str]) -> float | None:
    """How the rates of *one* and *other*, a contestant and its traffic each, compare on 32 connections.

    It is the median of the shares in each round that has both, so that what drifts from round to round cancels out. A sample
    in which something went wrong has no part in it.
    """
    ones, others = _rates(samples, one), _rates(samples, other)
    shares = [rate / others[number] for number, rate in ones.items() if others.get(number)]
    return median(shares) if shares else None


def upkeep(samples: Samples, contestant: str) -> Upkeep | None:
    """That of *contestant*; None where no start of it was seen to its end."""
    lives = [each for each in samples.lives if each.contestant == contestant]
    if not lives:
        return None

    def memory(of: Callable[[Life], Memory]) -> Memory:
        return Memory(round(median(of(each).rss for each in lives)), round(median(of(each).pss for each in lives)))

    started_s = median(each.started_s for each in lives)
    return Upkeep(
        contestant, started_s, memory(lambda each: each.idle), memory(lambda each: each.first), memory(lambda each: each.last)
    )


def _rates(samples: Samples, of: tuple[str, str]) -> Mapping[int, float]:
    """By round, on 32 connections; without those in which something went wrong."""
    return {
        each.round: each.rate
        for each in samples.closed
        if (each.contestant, each.traffic, each.connections) == (*of, MANY) and not each.load.wrong
    }


def _median(samples: Sequence[Closed], of: Callable[[Closed], float]) -> float | None:
    return median(map(of, samples)) if samples else None
