"""The kill matrix: what became of the mutants, by requirement, by operator, and in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from conformance.plan import DEPTHS
from proof.campaign import Fate, Outcome
from proof.operators.placed import NAME as PLACED
from specs.provider import Provider
from specs.requirement import Level

LEAST_KILLED = 0.97
"""Of all mutants that break something, how many the suite has to catch at the standard depth and deeper."""

LEAST_QUICK = 0.85
"""The same at the quick depth, which has no budget for every requirement, for each provider and either kind of mutant."""

COLUMNS = ("mutants", "killed", "elsewhere", "survived", "refused", "equivalent")
HEAD = f"{'':<26}" + "".join(f"{name:>12}" for name in COLUMNS)
OF_NONE = "of no requirement"


class Matrix:
    """The outcomes of one campaign over *providers* at *depth*."""

    def __init__(self, providers: Sequence[Provider], outcomes: Sequence[Outcome], depth: str) -> None:
        self._providers = providers
        self.outcomes = outcomes
        self._depth = depth

    def lines(self) -> Iterator[str]:
        """The matrix in words: a row for each requirement, the overview, then what was not as it must be."""
        for provider in self._providers:
            mine = [each for each in self.outcomes if each.provider == provider.id]
            if mine:
                yield f"\n{provider.title}\n{HEAD}"
                for requirement in provider.requirements:
                    yield from _row(f"{requirement.id} {requirement.level.value}", _about(mine, requirement.id))
                yield from _row(OF_NONE, _about(mine, ""))
        yield from self.overview()
        yield from self._equivalent()
        yield from self._wrong()

    def overview(self) -> Iterator[str]:
        """The rows for each provider, for each operator, and for all."""
        yield f"\n{HEAD}"
        for provider in self._providers:
            yield from _row(provider.id, [each for each in self.outcomes if each.provider == provider.id])
        for operator in dict.fromkeys(each.operator for each in self.outcomes):
            yield from _row(f"by {operator}", [each for each in self.outcomes if each.operator == operator])
        yield from _row("in all", self.outcomes)

    def _equivalent(self) -> Iterator[str]:
        reasons = Counter(each.equivalent for each in self.outcomes if each.equivalent)
        if reasons:
            yield "\nequivalent, because"
            yield from (f"{count:>6}  {reason}" for reason, count in reasons.most_common())

    def _wrong(self) -> Iterator[str]:
        for fate in (Fate.ACCUSED, Fate.SURVIVED, Fate.ELSEWHERE, Fate.REFUSED):
            found = [each for each in self.outcomes if each.fate is fate]
            if found:
                yield f"\n{fate.value}"
                yield from (f"  {_told(each)}" for each in found)

    @property
    def share(self) -> float:
        """Of the mutants that break something, how many the requirement that they break caught; 1 for none."""
        return _share(self.outcomes)

    @property
    def most_sent(self) -> int:
        """The most requests that were sent to any mutant, bursts not counted."""
        return max((each.sent for each in self.outcomes), default=0)

    @property
    def faults(self) -> list[str]:
        """Sentences on what is not as it must be; none when all is well."""
        found = list(self._too_few())
        if accused := sum(each.fate is Fate.ACCUSED for each in self.outcomes):
            found.append(f"{accused} mutants are accused although the contract allows what they do")
        levels = {each.id: each.level for provider in self._providers for each in provider.requirements}
        wrong = Counter(each.breaks for each in self.outcomes if _lost(each, levels))
        if wrong and self._depth != "quick":
            named = ", ".join(f"{name} ({count})" for name, count in wrong.items())
            found.append(f"these MUSTs do not catch every mutant that breaks them: {named}")
        if self.most_sent > DEPTHS[self._depth]:
            found.append(f"a mutant was sent {self.most_sent} requests, expected at most {DEPTHS[self._depth]}")
        return found

    def _too_few(self) -> Iterator[str]:
        if self._depth != "quick":
            if self.share < LEAST_KILLED:
                yield f"{self.share:.1%} of the mutants are killed, expected at least {LEAST_KILLED:.0%}"
            return
        for provider in self._providers:
            for name, placed in (("placed by hand", True), ("generated", False)):
                mine = [e for e in self.outcomes if e.provider == provider.id and (e.operator == PLACED) == placed]
                if _share(mine) < LEAST_QUICK:
                    of = f"the mutants of {provider.id} that are {name}"
                    yield f"{_share(mine):.1%} of {of} are killed, expected at least {LEAST_QUICK:.0%}"


def _about(outcomes: Sequence[Outcome], requirement: str) -> list[Outcome]:
    return [each for each in outcomes if each.about == requirement]


def _share(outcomes: Sequence[Outcome]) -> float:
    broken = [each for each in outcomes if not each.equivalent]
    return sum(each.fate is Fate.KILLED for each in broken) / len(broken) if broken else 1.0


def _lost(outcome: Outcome, levels: Mapping[str, Level]) -> bool:
    return not outcome.equivalent and outcome.fate is not Fate.KILLED and levels[outcome.breaks] is Level.MUST


def _row(name: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    if not outcomes:
        return
    counts = Counter(each.fate for each in outcomes)
    numbers = (
        len(outcomes),
        counts[Fate.KILLED],
        counts[Fate.ELSEWHERE],
        counts[Fate.SURVIVED],
        counts[Fate.REFUSED],
        counts[Fate.EQUIVALENT] + counts[Fate.ACCUSED],
    )
    yield f"{name:<26}" + "".join(f"{number:>12}" for number in numbers)


def _told(outcome: Outcome) -> str:
    caught = f"caught by {', '.join(outcome.accused[:3])}" if outcome.accused else outcome.refusal or "not caught"
    why = outcome.equivalent or f"breaks {outcome.breaks}"
    return f"{outcome.id}: {caught}; {why}. {outcome.says}"
