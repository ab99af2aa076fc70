"""Series of trials of twins, in parts that a process of its own can take."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from conformance.finding import Outcome
from conformance.plan import Plan
from proof.processes import spread
from proof.twins import TWINS
from proof.twins.performing import Performance, applies, perform
from proof.twins.twin import Twin
from specs import Provider, load


@dataclass(frozen=True)
class Task:
    """One *seed* for a provider by id and twins by name: the suite plans once for all of them."""

    provider: str
    seed: int
    twins: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """What came of a twin: *wrong* are sentences, *providers*, *accused* and *unjudged* (requirements) are ids."""

    trials: int
    requests: int
    providers: frozenset[str]
    accused: frozenset[str]
    unjudged: frozenset[str]
    wrong: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether nobody was accused, nothing stayed without a verdict, and the twin was one."""
        return not (self.accused or self.unjudged or self.wrong)


def tasks(twins: Sequence[Twin], providers: Sequence[Provider], seeds: range) -> Iterator[Task]:
    """The tasks for *twins* as gateways of those of *providers* that there are, seed by seed."""
    there = {each.id: tuple(twin.name for twin in twins if applies(twin, each)) for each in providers}
    for seed in seeds:
        for name, gateways in there.items():
            if gateways:
                yield Task(name, seed, gateways)


def tried(task: Task) -> dict[str, Row]:
    """What came of *task*, by the names of its twins."""
    rows, planned = {}, None
    for twin in TWINS:
        if twin.name in task.twins:
            rows[twin.name], planned = _row(twin, provider(task.provider), task.seed, planned)
    return rows


def _row(twin: Twin, provider: Provider, seed: int, planned: Plan | None) -> tuple[Row, Plan]:
    performance = perform(twin, provider, seed=seed, planned=planned)
    trial, where = performance.trial, f"{twin.name}, {provider.id}, seed {seed}"
    wrong = [f"{where}: {sentence}" for sentence in _sentences(performance)]
    if not performance.unusual:
        wrong.append(f"{where}: no answer was unusual")
    unjudged = frozenset() if trial.refusal else frozenset(trial.inconclusive)
    row = Row(1, trial.sent, frozenset({provider.id}), frozenset(performance.accused), unjudged, tuple(wrong))
    return row, trial.plan


def _sentences(performance: Performance) -> Iterator[str]:
    """What is wrong with what came of a twin."""
    if performance.trial.refusal:
        yield performance.trial.refusal
        return
    for each in performance.trial.findings:
        if each.requirement.id in performance.accused or each.outcome is Outcome.INCONCLUSIVE:
            yield f"{each.requirement.id} {each.outcome.value}: {each.reason}"


def together(rows: Iterable[Row]) -> Row:
    """*rows* as one."""
    trials, requests, wrong = 0, 0, list[str]()
    providers, accused, unjudged = set[str](), set[str](), set[str]()
    for row in rows:
        trials += row.trials
        requests += row.requests
        providers |= row.providers
        accused |= row.accused
        unjudged |= row.unjudged
        wrong += row.wrong
    return Row(trials, requests, frozenset(providers), frozenset(accused), frozenset(unjudged), tuple(wrong))


def merged(before: Mapping[str, Row], more: Mapping[str, Row]) -> dict[str, Row]:
    """The rows of both by name, as one where both have one."""
    return {**before, **{name: together([before[name], row]) if name in before else row for name, row in more.items()}}


def judged(wanted: Sequence[Task], jobs: int) -> Generator[dict[str, Row], None, None]:
    """What came of each of *wanted*, in their order, by so many processes; closed early, it gives up what is under way."""
    return spread(tried, wanted, jobs)


@cache
def provider(name: str) -> Provider:
    """The provider *name*, loaded once in each process."""
    return load(name)
