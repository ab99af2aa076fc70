"""Series of trials of twins, in parts that a process of its own can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from proof.twins import TWINS
from proof.twins.performing import applies, perform
from proof.twins.twin import Twin
from specs import Provider, load

BATCH = 10
"""Seeds that one process takes at a time."""


@dataclass(frozen=True)
class Task:
    """A twin by name, a provider by id, and seeds."""

    twin: str
    provider: str
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """What came of a task, or of several: *wrong* are sentences, *accused* and *unjudged* requirements by their ids."""

    trials: int
    requests: int
    accused: frozenset[str]
    unjudged: frozenset[str]
    wrong: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether nobody was accused, nothing stayed without a verdict, and the twin was one."""
        return not (self.accused or self.unjudged or self.wrong)


def tasks(twins: Iterable[Twin], providers: Sequence[Provider], seeds: range) -> Iterator[Task]:
    """The tasks for *twins* as gateways of those of *providers* that there are, in the order of *twins*."""
    for twin in twins:
        for provider in providers:
            if applies(twin, provider):
                for start in range(0, len(seeds), BATCH):
                    yield Task(twin.name, provider.id, tuple(seeds[start : start + BATCH]))


def tried(task: Task) -> Row:
    """What came of *task*."""
    twin = next(each for each in TWINS if each.name == task.twin)
    return together(_row(twin, provider(task.provider), seed) for seed in task.seeds)


def _row(twin: Twin, provider: Provider, seed: int) -> Row:
    performance = perform(twin, provider, seed=seed)
    trial, where = performance.trial, f"{twin.name}, {provider.id}, seed {seed}"
    wrong = [f"{where}: {trial.refusal}"] if trial.refusal else []
    if not performance.unusual:
        wrong.append(f"{where}: no answer was unusual")
    unjudged = frozenset() if trial.refusal else frozenset(trial.inconclusive)
    return Row(1, trial.sent, frozenset(trial.accused), unjudged, tuple(wrong))


def together(rows: Iterable[Row]) -> Row:
    """*rows* as one."""
    trials, requests, wrong = 0, 0, list[str]()
    accused, unjudged = set[str](), set[str]()
    for row in rows:
        trials += row.trials
        requests += row.requests
        accused |= row.accused
        unjudged |= row.unjudged
        wrong += row.wrong
    return Row(trials, requests, frozenset(accused), frozenset(unjudged), tuple(wrong))


@cache
def provider(name: str) -> Provider:
    """The provider *name*, loaded once in each process."""
    return load(name)
