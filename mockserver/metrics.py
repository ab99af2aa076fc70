"""Counts of what the mock did, for Prometheus: every label has few values, and none of them comes from a client.

With several workers a scrape reaches any one of them. Were each to expose its own counts, even under a label of its
own, the series of the others would be missing from that scrape, which Prometheus takes for stale and which breaks
``rate()``. So the workers of one machine count into files of one folder, and whichever is scraped adds them up:
prometheus-client's multiprocess mode, which is made for servers that share a socket. The library turns it on when it
is imported, by the environment variable ``PROMETHEUS_MULTIPROC_DIR``: what starts the workers sets it to a fresh
folder, and removes the folder at the end. Counting then costs many times as much, which one process saves (counters.py).
Machines are scraped each by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.counters import Counter, Gauge, Histogram
from mockserver.faults import FAULTS

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
NONE, OTHER = "none", "other"
VERDICTS = ("passed", "refused")
# Seconds; most answers take well under a millisecond, delayed ones up to a minute.
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


@dataclass(frozen=True)
class Stock:
    """What the state holds at the moment of a scrape, and has held; None for what it cannot tell."""

    sessions: int | None = None
    sessions_made: int | None = None
    sessions_ended: int | None = None
    journal_entries: int | None = None
    journal_evicted: int | None = None


class _Labels(NamedTuple):
    provider: str | None
    operation: str | None
    method: str
    status: int | None
    cause: str
    fault: str | None
    chaos: str | None
    verdict: str | None


class Metrics:
    """The counts of one app.

    Labels are checked when they are first seen: ValueError for one that is not among those handed in.
    """

    def __init__(self, operations: Mapping[str, Iterable[str]], causes: Iterable[str], shared: Path | None = None) -> None:
        """*operations* has the ids of operations by provider, *causes* every reason that an answer can have.

        *shared* is the folder of the workers' counts, if there are several: the one that the library counts into.
        """
        self._operations = {provider: frozenset(ids) for provider, ids in operations.items()}
        self._causes = frozenset(causes)
        self._shared = shared
        counter: Any = Counter
        histogram: Any = Histogram
        gauge: Any = Gauge
        if shared is not None:
            from mockserver import exposition  # noqa: PLC0415 - see there

            counter, histogram, gauge = exposition.shared_counter, exposition.shared_histogram, exposition.shared_gauge
        requests = ("provider", "operation", "method", "status", "cause")
        self._requests = counter("mock_requests", "Requests answered, or ended on purpose.", requests)
        self._seconds = histogram(
            "mock_answer_seconds",
            "Seconds from a request to the end of its answer.",
            ("provider", "operation"),
            buckets=BUCKETS,
        )
        self._faults = counter("mock_faults", "Answers spoiled on purpose, by fault.", ("fault",))
        self._chaos = counter("mock_chaos", "Failures drawn by chaos, by status or fault.", ("drawn",))
        self._limit = counter("mock_rate_limit", "Requests judged by a rate limit.", ("verdict",))
        in_progress = gauge("mock_answers_in_progress", "Answers begun and not yet at their end.")
        self._own = (self._requests, self._seconds, self._faults, self._chaos, self._limit, in_progress)
        self.begin: Callable[[], None] = in_progress.inc
        self._end = in_progress.dec
        # Looking up a child by its labels costs more than counting: each is looked up once.
        self._children: dict[_Labels, Observe] = {}

    def counting(
        self,
        provider: str | None,
        operation: str | None,
        method: str,
        status: int | None,
        *,
        cause: str,
        fault: str | None = None,
        chaos: str | None = None,
        verdict: str | None = None,
    ) -> Observe:
        """What counts one request at the end of its answer, for which `begin` was called before, by the seconds it took.

        It can be called for any number of equal ones. *provider* and *operation* are None where no one's was found,
        *status* where nothing with a status was sent. *fault* is the name of what spoiled it, *chaos* the status or
        fault that was drawn, *verdict* what a rate limit said: one of VERDICTS.
        """
        known = method if method in METHODS else OTHER
        labels = _Labels(provider, operation, known, status, cause, fault, chaos, verdict)
        found = self._children.get(labels)
        if found is None:
            found = self._children[labels] = self._counting(labels)
        return found

    def exposition(self, accept: str | None, stock: Stock) -> tuple[bytes, str]:
        """All counts as text and its media type: OpenMetrics where *accept* names it, else Prometheus' own format."""
        from mockserver import exposition  # noqa: PLC0415 - see there

        if self._shared is None:
            return exposition.exposition(self._own, stock, accept)
        return exposition.shared_exposition(self._shared, stock, accept)

    def _counting(self, labels: _Labels) -> Observe:
        provider, operation, method, status, cause, fault, chaos, verdict = labels
        if provider is not None and provider not in self._operations:
            raise ValueError(f"found the provider {provider!r}, expected one of {', '.join(self._operations)}")
        if operation is not None and operation not in self._operations.get(provider or "", ()):
            raise ValueError(f"found the operation {operation!r} of {provider!r}, expected one that its contract has")
        if status is not None and not 100 <= status <= 599:
            raise ValueError(f"found the status {status}, expected 100 to 599")
        if cause not in self._causes:
            raise ValueError(f"found the cause {cause!r}, expected one of {', '.join(sorted(self._causes))}")
        place = (provider or NONE, operation or NONE)
        code = NONE if status is None else str(status)
        observe: Observe = self._seconds.labels(*place).observe
        counts = [self._end, self._requests.labels(*place, method, code, cause).inc]
        for counter, label, value, valid in (
            (self._faults, "fault", fault, fault in FAULTS),
            (self._chaos, "chaos", chaos, chaos in FAULTS or chaos in STATUSES),
            (self._limit, "verdict", verdict, verdict in VERDICTS),
        ):
            if value is not None:
                if not valid:
                    raise ValueError(f"found the {label} {value!r}, expected one that the mock has")
                counts.append(counter.labels(value).inc)

        def counted(seconds: float) -> None:
            observe(seconds)
            for each in counts:
                each()

        return counted


Observe = Callable[[float], None]
STATUSES = frozenset(map(str, range(100, 600)))
