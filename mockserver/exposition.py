"""What was counted, as Prometheus reads it; and the counters that several workers share.

The one place that uses prometheus-client, imported when it is needed: that takes as long as a good part of the mock.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from itertools import accumulate
from pathlib import Path

import prometheus_client as library
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from mockserver.counters import Counter, Gauge, Histogram, Spread
from mockserver.metrics import Stock

# Those of the library, which count into the files of the workers' folder; what is scraped are the files.
shared_counter = partial(library.Counter, registry=None)
shared_histogram = partial(library.Histogram, registry=None)
shared_gauge = partial(library.Gauge, registry=None, multiprocess_mode="livesum")


def exposition(own: Sequence[Counter | Gauge | Histogram], stock: Stock, accept: str | None) -> tuple[bytes, str]:
    """What one process counted, and its *stock*, as text and its media type: OpenMetrics where *accept* names it."""
    return _encoded(_Counted(own), stock, accept)


def shared_exposition(folder: Path, stock: Stock, accept: str | None) -> tuple[bytes, str]:
    """The same of what all workers counted into *folder*."""
    return _encoded(MultiProcessCollector(None, str(folder)), stock, accept)  # type: ignore[no-untyped-call]  # has no types


def forget_worker(process_id: int, shared: Path) -> None:
    """Drops what a worker that ended had in progress from *shared*; what it counted stays."""
    mark_process_dead(process_id, os.fspath(shared))  # type: ignore[no-untyped-call]  # likewise


def _encoded(counted: Collector, stock: Stock, accept: str | None) -> tuple[bytes, str]:
    registry = CollectorRegistry()
    registry.register(counted)
    registry.register(_Stocked(stock))
    try:
        encode, media_type = choose_encoder(accept or "")
    except TypeError:  # what the library raises where a version in Accept is no number
        encode, media_type = choose_encoder("")
    return encode(registry), media_type


@dataclass(frozen=True)
class _Counted(Collector):
    """What *own* have counted, as metrics."""

    own: Sequence[Counter | Gauge | Histogram]

    def collect(self) -> Iterable[Metric]:
        for each in self.own:
            if isinstance(each, Gauge):
                yield GaugeMetricFamily(each.name, each.says, value=each.value)
            elif isinstance(each, Counter):
                counts = CounterMetricFamily(each.name, each.says, labels=each.names)
                for values, number in each.numbers.items():
                    counts.add_metric(values, number.value)
                yield counts
            else:
                observed = HistogramMetricFamily(each.name, each.says, labels=each.names)
                for values, spread in each.spreads.items():
                    observed.add_metric(values, _buckets(spread), spread.sum)
                yield observed


def _buckets(spread: Spread) -> list[tuple[str, float]]:
    """How many values were at most as much as each bound, those below it included."""
    bounds = (*spread.bounds, float("inf"))
    return [
        (floatToGoString(bound), float(count))  # type: ignore[no-untyped-call]  # likewise
        for bound, count in zip(bounds, accumulate(spread.counts), strict=True)
    ]


@dataclass(frozen=True)
class _Stocked(Collector):
    """What *stock* knows, as metrics."""

    stock: Stock

    def collect(self) -> Iterable[Metric]:
        for each in fields(Stock):
            value: int | None = getattr(self.stock, each.name)
            if value is not None:
                family, says = _STOCK[each.name]
                yield family(f"mock_{each.name}", says, value=value)


_STOCK: Mapping[str, tuple[type[GaugeMetricFamily | CounterMetricFamily], str]] = {
    "sessions": (GaugeMetricFamily, "Sessions that are open."),
    "sessions_made": (CounterMetricFamily, "Sessions made."),
    "sessions_ended": (CounterMetricFamily, "Sessions ended: deleted, idle for too long, or too many."),
    "journal_entries": (GaugeMetricFamily, "Entries that the journals hold."),
    "journal_evicted": (CounterMetricFamily, "Entries that had to make room for newer ones."),
}
