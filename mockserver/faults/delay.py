"""Latency: how long an answer takes, fixed or drawn."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from typing import Protocol

MAX_MS = 600_000  # ten minutes
CAP_MS = 30_000  # of what is drawn from a distribution without an end, where no cap is given
FORMS = ("250", "uniform:100-300", "normal:200/50", "lognormal:200/0.5", "lognormal:200/0.5/2000")

_NUMBER = r"([0-9]{1,9}(?:\.[0-9]{1,9})?)"
_FIXED = re.compile(_NUMBER)
_UNIFORM = re.compile(f"uniform:{_NUMBER}-{_NUMBER}")
_DRAWN = re.compile(f"(normal|lognormal):{_NUMBER}/{_NUMBER}(?:/{_NUMBER})?")


class Delay(Protocol):
    """Something that says how long the next answer takes."""

    def draw(self, random: random.Random, /) -> float:
        """Milliseconds."""


@dataclass(frozen=True)
class Uniform:
    """From *low* to *high* milliseconds, each as likely as the other; a fixed delay where they are the same."""

    low: float
    high: float

    def draw(self, random: random.Random, /) -> float:
        """Milliseconds."""
        return self.low if self.low == self.high else random.uniform(self.low, self.high)


@dataclass(frozen=True)
class Normal:
    """Around *mean* with the standard *deviation*, from 0 to *cap*, in milliseconds."""

    mean: float
    deviation: float
    cap: float

    def draw(self, random: random.Random, /) -> float:
        """Milliseconds."""
        return min(max(random.gauss(self.mean, self.deviation), 0), self.cap)


@dataclass(frozen=True)
class LogNormal:
    """Half below *median* milliseconds, with a long tail as *sigma* (of the logarithm) grows; at most *cap*."""

    median: float
    sigma: float
    cap: float

    def draw(self, random: random.Random, /) -> float:
        """Milliseconds."""
        # The exponent is bounded as well, since exp overflows far beyond any cap.
        return min(self.median * math.exp(min(random.gauss(0, self.sigma), 100)), self.cap)


def delay(text: str) -> Delay | None:
    """The delay in *text*, of one of the `FORMS`, or None for anything else, and beyond ten minutes."""
    fixed = _FIXED.fullmatch(text)
    if fixed:
        return _within(float(text), float(text))
    uniform = _UNIFORM.fullmatch(text)
    if uniform:
        return _within(float(uniform[1]), float(uniform[2]))
    drawn = _DRAWN.fullmatch(text)
    if drawn is None:
        return None
    cap = CAP_MS if drawn[4] is None else float(drawn[4])
    if cap > MAX_MS:
        return None
    kind = Normal if drawn[1] == "normal" else LogNormal
    return kind(float(drawn[2]), float(drawn[3]), cap)


def _within(low: float, high: float) -> Uniform | None:
    return Uniform(low, high) if low <= high <= MAX_MS else None
