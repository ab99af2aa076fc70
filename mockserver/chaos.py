"""Chaos: answering now and then with a failure, by drawn lots that a seed repeats."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping

from mockserver.errors import UsageError

_RATE = re.compile(r"([0-9]{1,9})=(-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e-?[0-9]+)?)", re.IGNORECASE)


class Chaos:
    """Draws a status for each request: each one of *rates* with its probability, else none."""

    def __init__(self, rates: Mapping[int, float], lots: random.Random) -> None:
        """Raises UsageError when a probability is not from 0 to 1, or their sum is above 1."""
        for status, rate in rates.items():
            if not 0 <= rate <= 1:  # false for NaN too
                raise UsageError(f"chaos {status}={rate:g}: expected a probability from 0 to 1")
        total = math.fsum(rates.values())
        if total > 1 + 1e-9:
            raise UsageError(f"chaos: the probabilities sum up to {total:g}, expected at most 1")
        # In order of the status, so that it makes no difference how the rates are written.
        self._rates = [(status, rate) for status, rate in sorted(rates.items()) if rate > 0]
        self._lots = lots

    def draw(self) -> int | None:
        """The status that the next request is to get, or None for the answer it deserves."""
        if not self._rates:
            return None
        drawn = self._lots.random()
        for status, rate in self._rates:
            if drawn < rate:
                return status
            drawn -= rate
        return None


def rates(text: str) -> dict[int, float]:
    """The probabilities in *text*, such as ``429=0.1,500=0.05``; raises UsageError for anything else."""
    found: dict[int, float] = {}
    for part in text.split(","):
        matched = _RATE.fullmatch(part.strip())
        if matched is None:
            raise UsageError(f"chaos {part.strip()!r}: expected <status>=<probability>, such as 429=0.1,500=0.05")
        status = int(matched[1])
        if status in found:
            raise UsageError(f"chaos {status}: found it twice, expected each status once")
        found[status] = float(matched[2])
    return found
