"""Chaos: answering now and then with a failure, by drawn lots that a seed repeats."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1
from typing import Any, NamedTuple

from mockserver.errors import UsageError

_RATE = re.compile(r"([0-9]{3}|[A-Za-z][A-Za-z0-9_-]{0,40})=(-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e-?[0-9]+)?)", re.IGNORECASE)
_DIGITS = 13  # hexadecimal ones of a digest, as many as a float holds exactly
_RANGE = float(16**_DIGITS)


class Draw(NamedTuple):
    """One lot: its *number*, from 1, its *value* in [0, 1), and the status or fault that it *hit*, or None."""

    number: int
    value: float
    hit: str | None

    def json(self) -> dict[str, Any]:
        """This draw as the journal shows it."""
        return {"number": self.number, "value": self.value, "hit": self.hit}


@dataclass(frozen=True)
class Chaos:
    """A probability for each failure, a status or the name of a fault; whatever is left over is for no failure.

    The lots depend on *seed* and on their number alone, so that any worker draws the same ones. *until* is when it
    ends, in seconds since 1970, or never (None).
    """

    rates: tuple[tuple[str, float], ...] = ()
    seed: int = 0
    until: float | None = None

    @classmethod
    def of(cls, rates: Mapping[str, float], seed: int, until: float | None = None) -> Chaos:
        """Chaos with *rates*, by status or name; raises UsageError unless they are probabilities whose sum is at most 1."""
        for name, rate in rates.items():
            if not 0 <= rate <= 1:  # false for NaN too
                raise UsageError(f"chaos {name}={rate:g}: expected a probability from 0 to 1")
        total = math.fsum(rates.values())
        if total > 1 + 1e-9:
            raise UsageError(f"chaos: the probabilities sum up to {total:g}, expected at most 1")
        # In order of the names, so that it makes no difference how the rates are written.
        return cls(tuple((name, rate) for name, rate in sorted(rates.items()) if rate > 0), seed, until)

    def reigns(self, now: float) -> bool:
        """Whether lots are drawn when it is *now*."""
        return bool(self.rates) and (self.until is None or now < self.until)

    def draw(self, number: int) -> Draw:
        """The lot of that *number*."""
        value = left = lot(self.seed, number)
        for name, rate in self.rates:
            if left < rate:
                return Draw(number, value, name)
            left -= rate
        return Draw(number, value, None)


NO_CHAOS = Chaos()


def lot(seed: int, number: int) -> float:
    """A number in [0, 1) that looks drawn by chance; a script of Redis makes the same one."""
    digest = sha1(f"{seed}:{number}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:_DIGITS], 16) / _RANGE


def rates(text: str) -> dict[str, float]:
    """The probabilities in *text*, such as ``429=0.1,TRUNCATE=0.05``; raises UsageError for anything else."""
    found: dict[str, float] = {}
    for part in text.split(","):
        matched = _RATE.fullmatch(part.strip())
        if matched is None:
            raise UsageError(f"chaos {part.strip()!r}: expected <status or fault>=<probability>, such as 429=0.1,TRUNCATE=0.05")
        if matched[1] in found:
            raise UsageError(f"chaos {matched[1]}: found it twice, expected each once")
        found[matched[1]] = float(matched[2])
    return found
