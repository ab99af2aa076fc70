"""What is aimed at, held against what was measured in the same run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.speed.contestants import CONTESTANTS
from bench.speed.figures import Samples, ratio, upkeep

MB = 1_000_000


@dataclass(frozen=True)
class Goal:
    """*says* what is aimed at: *at_least*, or else at most, *bound* *unit*; *measured* gives what there is, and more on it."""

    says: str
    bound: float
    at_least: bool
    unit: str
    measured: Callable[[Samples], tuple[float | None, str]]


@dataclass(frozen=True)
class Judged:
    """What became of *goal*: *value* is None where it was not measured; *detail* says more of it."""

    goal: Goal
    value: float | None
    detail: str

    @property
    def met(self) -> bool | None:
        """Whether it was reached; None where it was not measured."""
        if self.value is None:
            return None
        return self.value >= self.goal.bound if self.goal.at_least else self.value <= self.goal.bound

    @property
    def line(self) -> str:
        """It as a line of text."""
        goal = self.goal
        bound = f"{'≥' if goal.at_least else '≤'} {goal.bound:g}{goal.unit}"
        if self.value is None:
            return f"goal {goal.says} {bound}: not measured"
        detail = f" ({self.detail})" if self.detail else ""
        value = f"{self.value:.2f}"
        if float(value) == goal.bound and not self.met:  # it would read as if it were met
            value = f"{self.value:.4f}"
        return f"goal {goal.says} {bound}: {value}{goal.unit}{detail}, {'met' if self.met else 'missed'}"


def _share(one: tuple[str, str], other: tuple[str, str]) -> Callable[[Samples], tuple[float | None, str]]:
    return lambda samples: (ratio(samples, one, other), "")


def _of_fastest_peer(samples: Samples) -> tuple[float | None, str]:
    """The smallest share of any peer's rate."""
    shares = {key: ratio(samples, ("ours", "small"), (key, "small")) for key, each in CONTESTANTS.items() if each.peer}
    known = {key: share for key, share in shares.items() if share is not None}
    if not known:
        return None, ""
    fastest = min(known, key=known.__getitem__)
    missing = [CONTESTANTS[key].name for key in shares if key not in known]
    without = f", without {', '.join(missing)}" if missing else ""
    return known[fastest], f"{CONTESTANTS[fastest].name}{without}"


def _started(samples: Samples) -> tuple[float | None, str]:
    found = upkeep(samples, "ours")
    return (found.started_s if found else None), ""


def _idle(samples: Samples) -> tuple[float | None, str]:
    found = upkeep(samples, "ours")
    return (found.idle.rss / MB if found else None), ""


def _growth(samples: Samples) -> tuple[float | None, str]:
    found = upkeep(samples, "ours")
    return ((found.last.rss - found.first.rss) / MB if found else None), ""


def _at_least(bound: float, says: str, measured: Callable[[Samples], tuple[float | None, str]]) -> Goal:
    return Goal(says, bound, at_least=True, unit="", measured=measured)


def _at_most(bound: float, unit: str, says: str, measured: Callable[[Samples], tuple[float | None, str]]) -> Goal:
    return Goal(says, bound, at_least=False, unit=f" {unit}", measured=measured)


GOALS: Sequence[Goal] = (
    _at_least(0.85, "small list, of bare ASGI", _share(("ours", "small"), ("asgi", "small"))),
    _at_least(0.9, "small list, of one Starlette route", _share(("ours", "small"), ("starlette", "small"))),
    _at_least(1, "small list, of the fastest peer", _of_fastest_peer),
    _at_least(0.95, "large list, of bare ASGI", _share(("ours", "large"), ("asgi", "large"))),
    _at_least(1, "304, of 200 for the same list", _share(("ours", "not-modified"), ("ours", "tagged"))),
    _at_least(0.5, "filtered and sorted, of bare ASGI", _share(("ours", "filtered"), ("asgi", "filtered"))),
    _at_least(0.5, "in a session, of bare ASGI", _share(("ours", "session"), ("asgi", "small"))),
    _at_most(0.35, "s", "start to the first 200", _started),
    _at_most(60, "MB", "memory before load (RSS)", _idle),
    _at_most(4, "MB", "memory gained from the first load to the last (RSS)", _growth),
)


def judged(samples: Samples) -> list[Judged]:
    """All goals."""
    return [Judged(goal, *goal.measured(samples)) for goal in GOALS]
