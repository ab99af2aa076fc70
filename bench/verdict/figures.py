"""What the runs took, by provider and number of models, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.verdict.run import Run


@dataclass(frozen=True)
class Figure:
    """The medians of the *rounds* of runs over so many *models*, None for those that the mock has, in a list of *octets*.

    Seconds by the clock on the wall, and of CPU; *memory* in octets.
    """

    provider: str
    models: int | None
    octets: int
    rounds: int
    seconds: float
    cpu: float
    memory: int
    requests: int
    verdict: str
    ready: float | None = None


def figure(provider: str, models: int | None, octets: int, runs: Iterable[Run], ready: Iterable[Run] = ()) -> Figure:
    """The figure of *runs* that are alike; *ready* are those that only collected."""
    several, only = list(runs), [each.seconds for each in ready]
    verdicts = sorted({each.verdict for each in several})
    return Figure(
        provider,
        models,
        octets,
        len(several),
        median(each.seconds for each in several),
        median(each.cpu for each in several),
        max(each.memory for each in several),
        max(each.requests for each in several),
        ", ".join(verdicts),
        median(only) if only else None,
    )


def document(machine: Mapping[str, Any], date: str, figures: Iterable[Figure], *, complete: bool) -> dict[str, Any]:
    """All of a run as JSON."""
    return {"machine": dict(machine), "date": date, "complete": complete, "figures": [asdict(each) for each in figures]}
