"""A counter, a gauge and a histogram of one process, used as those of prometheus-client are.

They count with plain numbers and lock nothing, as one event loop counts; the library's lock for each number, and take
several times as long. What several processes count together needs those. Neither tells when counting began.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


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

    def buckets(self) -> list[tuple[str, float]]:
        """How many were at most as much as each bound, those below it included."""
        total, found = 0, []
        for bound, count in zip((*self.bounds, float("inf")), self.counts, strict=True):
            total += count
            found.append((floatToGoString(bound), float(total)))  # type: ignore[no-untyped-call]  # the library has no types here
        return found


class Counter(Collector):
    """Counts by *labels*."""

    def __init__(self, name: str, says: str, labels: Sequence[str], *, registry: CollectorRegistry) -> None:
        self._name, self._says, self._labels = name, says, labels
        self._numbers: dict[tuple[str, ...], Number] = {}
        registry.register(self)

    def labels(self, *values: str) -> Number:
        """What counts for these *values* of the labels."""
        return self._numbers.setdefault(values, Number())

    def collect(self) -> Iterable[Metric]:
        """The counts now."""
        family = CounterMetricFamily(self._name, self._says, labels=self._labels)
        for values, number in self._numbers.items():
            family.add_metric(values, number.value)
        yield family


class Gauge(Number, Collector):
    """One number without labels."""

    def __init__(self, name: str, says: str, *, registry: CollectorRegistry) -> None:
        super().__init__()
        self._name, self._says = name, says
        registry.register(self)

    def collect(self) -> Iterable[Metric]:
        """The number now."""
        yield GaugeMetricFamily(self._name, self._says, value=self.value)


class Histogram(Collector):
    """Values by *labels*, counted up to each of *buckets*."""

    def __init__(
        self, name: str, says: str, labels: Sequence[str], *, registry: CollectorRegistry, buckets: Sequence[float]
    ) -> None:
        self._name, self._says, self._labels, self._bounds = name, says, labels, buckets
        self._spreads: dict[tuple[str, ...], Spread] = {}
        registry.register(self)

    def labels(self, *values: str) -> Spread:
        """What observes for these *values* of the labels."""
        return self._spreads.setdefault(values, Spread(self._bounds))

    def collect(self) -> Iterable[Metric]:
        """The counts now."""
        family = HistogramMetricFamily(self._name, self._says, labels=self._labels)
        for values, spread in self._spreads.items():
            family.add_metric(values, spread.buckets(), spread.sum)
        yield family
