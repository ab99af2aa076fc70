"""A counter, a gauge and a histogram of one process, used as those of prometheus-client are.

They count with plain numbers and lock nothing, as one event loop counts; the library's lock for each number, and take
several times as long. What several processes count together needs those. Neither tells when counting began.
`exposition` makes the library's metrics of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


class Number:
    """A number that is counted up, or up and down."""

    def __init__(self) -> None:
        self.value = 0

    def inc(self) -> None:
        """One more."""
        self.value += 1

    def dec(self) -> None:
        """One less."""
        self.value -= 1


class Spread:
    """How many values there were up to each of *bounds*, which ascend, and beyond the last; and their sum."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """One more *value*."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


class Counter:
    """Counts by labels of these *names*; *says* is what is counted."""

    def __init__(self, name: str, says: str, names: Sequence[str]) -> None:
        self.name, self.says, self.names = name, says, names
        self.numbers: dict[tuple[str, ...], Number] = {}

    def labels(self, *values: str) -> Number:
        """What counts for these *values* of the labels."""
        return self.numbers.setdefault(values, Number())


class Gauge(Number):
    """One number without labels."""

    def __init__(self, name: str, says: str) -> None:
        super().__init__()
        self.name, self.says = name, says


class Histogram:
    """Values by labels of these *names*, counted up to each of *buckets*."""

    def __init__(self, name: str, says: str, names: Sequence[str], *, buckets: Sequence[float]) -> None:
        self.name, self.says, self.names, self._bounds = name, says, names, buckets
        self.spreads: dict[tuple[str, ...], Spread] = {}

    def labels(self, *values: str) -> Spread:
        """What observes for these *values* of the labels."""
        return self.spreads.setdefault(values, Spread(self._bounds))
