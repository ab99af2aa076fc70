"""Sequences: which answers come one after the other, and how far a sequence has come."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import NamedTuple

from mockserver.preferences import Preferences


class End(enum.Enum):
    """What comes when all steps have been given."""

    STAY = "stay"  # the last step again
    LOOP = "loop"  # the first one
    FAIL = "fail"  # an error that says so


@dataclass(frozen=True)
class Step:
    """What is answered *times* times, or for *for_s* seconds from the first time on; just one of the two is set.

    *prefer* says it in the words of the field Prefer; where that asks for no failure, key and limit count as ever.
    """

    prefer: Preferences
    times: int | None = 1
    for_s: float | None = None

    @property
    def passes(self) -> bool:
        """Whether it leaves the request to the documented gateway, with at most another catalogue."""
        return self.prefer.code in (None, "200") and "fault" not in self.prefer.others


class Position(NamedTuple):
    """How far a sequence has come: at *step*, which was *given* so often, *since* so many seconds (since 1970)."""

    step: int
    given: int
    since: float


@dataclass(frozen=True)
class Sequence:
    """*steps* for the requests to one *operation* of one *provider*; None stands for any."""

    steps: tuple[Step, ...]
    on_end: End = End.STAY
    provider: str | None = None
    operation: str | None = None

    def concerns(self, provider: str, operation: str) -> bool:
        """Whether requests to this operation move it."""
        return self.provider in (None, provider) and self.operation in (None, operation)

    def following(self, position: Position | None, now: float) -> Position | None:
        """Where it stands for one more request when it is *now*, from *position* (None: not begun); None when it is over."""
        index, given, since = position or Position(0, 0, now)
        lap_s = self.lap_s
        if lap_s is not None and now - since > lap_s:
            since += math.floor((now - since) / lap_s) * lap_s  # whole rounds at once, however many
        while self._is_over(index, given, since, now):
            for_s = self.steps[index].for_s
            if index + 1 < len(self.steps):
                index += 1
            elif self.on_end is End.LOOP:
                index = 0
            elif self.on_end is End.FAIL:
                return None
            else:
                break
            given, since = 0, now if for_s is None else since + for_s
        return Position(index, given + 1, since)

    @property
    def lap_s(self) -> float | None:
        """The seconds of one round, where it goes round by time alone."""
        lengths = [step.for_s for step in self.steps]
        return math.fsum(each or 0 for each in lengths) if self.on_end is End.LOOP and None not in lengths else None

    def _is_over(self, index: int, given: int, since: float, now: float) -> bool:
        step = self.steps[index]
        if step.for_s is not None:
            return now - since >= step.for_s
        return step.times is not None and given >= step.times
