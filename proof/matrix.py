"""The kill matrix: what became of the mutants, by requirement, by operator, and in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from proof.campaign import Fate, Outcome
from specs.provider import Provider
from specs.requirement import Level

LEAST_KILLED = 0.97
"""Of all mutants that break something, how many the suite has to catch at the standard depth and deeper."""

LEAST_QUICK = 0.85
"""The same at the quick depth, which has no budget for every requirement."""

COLUMNS = ("mutants", "killed", "elsewhere", "survived", "refused", "equivalent")
HEAD = f"{'':<26}" + "".join(f"{name:>12}" for name in COLUMNS)


class Matrix:
    """The outcomes of one campaign over *providers* at *depth*."""

    def __init__(self, providers: Sequence[Provider], outcomes: Sequence[Outcome], depth: str) -> None:
        self._providers = providers
        self.outcomes = outcomes
        self._depth = depth

    def lines(self) -> Iterator[str]:
        """The matrix in words: a row for each requirement and operator, the totals, then what was not as it must be."""
        for provider in self._providers:
            mine = [each for each in self.outcomes if each.provider == provider.id]
            if not mine:
                continue
            yield f"\n{provider.id}\n{HEAD}"
            for requirement in provider.requirements:
                broken = [each for each in mine if each.breaks == requirement.id]
                if broken:
                    yield _row(f"{requirement.id} {requirement.level.value}", broken)
            for operator in dict.fromkeys(each.operator for each in mine):
                yield _row(f"  by {operator}", [each for each in mine if each.operator == operator])
            yield _row(f"  {provider.id} in all", mine)
        yield f"\n{HEAD}"
        yield _row("in all", self.outcomes)
        yield from self._equivalent()
        yield from self._wrong()

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
        """Of the mutants that break something and let a run judge, how many were caught, by any requirement; 1 for none."""
        counts = _counts(self.outcomes)
        broken = counts[Fate.KILLED] + counts[Fate.ELSEWHERE] + counts[Fate.SURVIVED]
        return 1 - counts[Fate.SURVIVED] / broken if broken else 1.0

    @property
    def faults(self) -> list[str]:
        """Sentences on what is not as it must be; none when all is well."""
        least = LEAST_QUICK if self._depth == "quick" else LEAST_KILLED
        found = [] if self.share >= least else [f"{self.share:.1%} of the mutants are killed, expected at least {least:.0%}"]
        if accused := sum(each.fate is Fate.ACCUSED for each in self.outcomes):
            found.append(f"{accused} mutants are accused although the contract allows what they do")
        levels = {each.id: each.level for provider in self._providers for each in provider.requirements}
        wrong = Counter(each.breaks for each in self.outcomes if _lost(each, levels))
        if wrong and self._depth != "quick":
            named = ", ".join(f"{name} ({count})" for name, count in wrong.items())
            found.append(f"these MUSTs do not catch every mutant that breaks them: {named}")
        return found


def _lost(outcome: Outcome, levels: Mapping[str, Level]) -> bool:
    return outcome.fate in (Fate.SURVIVED, Fate.ELSEWHERE) and levels[outcome.breaks] is Level.MUST


def _counts(outcomes: Sequence[Outcome]) -> Counter[Fate]:
    return Counter(each.fate for each in outcomes)


def _row(name: str, outcomes: Sequence[Outcome]) -> str:
    counts = _counts(outcomes)
    equivalent = counts[Fate.EQUIVALENT] + counts[Fate.ACCUSED]
    numbers = (
        len(outcomes),
        counts[Fate.KILLED],
        counts[Fate.ELSEWHERE],
        counts[Fate.SURVIVED],
        counts[Fate.REFUSED],
        equivalent,
    )
    return f"{name:<26}" + "".join(f"{number:>12}" for number in numbers)


def _told(outcome: Outcome) -> str:
    caught = f"caught by {', '.join(outcome.accused[:3])}" if outcome.accused else outcome.refusal or "not caught"
    why = outcome.equivalent or f"breaks {outcome.breaks}"
    return f"{outcome.id}: {caught}; {why}. {outcome.says}"
