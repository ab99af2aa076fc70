"""What several testers made of the same targets, side by side."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.result import Result
from bench.targets import Kind, Target
from specs.requirement import Level

Results = Sequence[tuple[Target, Mapping[str, Result]]]
"""Targets, each with the results of the testers by their names."""


@dataclass(frozen=True)
class Score:
    """One tester over all targets; a pair is a count and of how many.

    *requests* are the median of those to twins, which are judged to the end, of those to mutants, at which a tester may
    stop when it has found something, and the most.
    """

    killed: tuple[int, int]
    musts: tuple[int, int]
    others: tuple[int, int]
    accused: tuple[int, int]
    requests: tuple[float, float, int]
    seconds: tuple[float, float, float]
    errors: int

    @property
    def line(self) -> str:
        """The score as a row below `HEAD`."""
        counts = "".join(f"{f'{count}/{of}':>11}" for count, of in (self.killed, self.musts, self.others, self.accused))
        twins, mutants, most = self.requests
        typical, longest, total = self.seconds
        return f"{counts}{twins:>9.0f}{mutants:>9.0f}{most:>7}{typical:>10.2f}{longest:>8.1f}{total:>8.0f}{self.errors:>8}"


HEAD = "\n".join(
    f"{'':<34}{killed:>11}{must:>11}{other:>11}{accused:>11}{requests:>25}{seconds:>26}{errors:>8}"
    for killed, must, other, accused, requests, seconds, errors in (
        ("mutants", "of a", "of any", "twins", "requests", "seconds of CPU", ""),
        ("killed", "MUST", "other", "accused", "twins  mutants   most", "median    most  in all", "errors"),
    )
)


def known(results: Results, tester: str) -> dict[str, frozenset[str]]:
    """What *tester* reports of the conforming mock of each provider, in any of the tries: that tells nothing about others."""
    found: dict[str, frozenset[str]] = {}
    for target, by_tester in results:
        if target.kind is Kind.WHOLE and tester in by_tester:
            found[target.provider] = found.get(target.provider, frozenset()) | by_tester[tester].failures
    return found


def told(results: Results, tester: str, kind: Kind) -> Iterator[tuple[Target, frozenset[str]]]:
    """The targets of *kind* with the failures that *tester* reports of them, and not of the conforming mock."""
    usual = known(results, tester)
    for target, by_tester in results:
        if target.kind is kind and tester in by_tester:
            yield target, by_tester[tester].failures - usual.get(target.provider, frozenset())


def score(results: Results, tester: str) -> Score:
    """The score of *tester* over mutants and twins."""
    broken = [(target, bool(failures)) for target, failures in told(results, tester, Kind.MUTANT)]
    conforming = [bool(failures) for _, failures in told(results, tester, Kind.TWIN)]
    took = [by[tester] for target, by in results if target.kind is not Kind.WHOLE and tester in by]
    by_kind = {
        kind: [by[tester].requests for target, by in results if target.kind is kind and tester in by]
        for kind in (Kind.TWIN, Kind.MUTANT)
    }
    seconds = [each.seconds for each in took] or [0.0]
    return Score(
        _share([killed for _, killed in broken]),
        _share([killed for target, killed in broken if target.level == Level.MUST.value]),
        _share([killed for target, killed in broken if target.level != Level.MUST.value]),
        _share(conforming),
        (
            statistics.median(by_kind[Kind.TWIN] or [0]),
            statistics.median(by_kind[Kind.MUTANT] or [0]),
            max((each.requests for each in took), default=0),
        ),
        (statistics.median(seconds), max(seconds), sum(seconds)),
        sum(bool(each.errors) for each in took),
    )


def _share(found: Sequence[bool]) -> tuple[int, int]:
    return sum(found), len(found)
