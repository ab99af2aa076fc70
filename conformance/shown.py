"""What a judge found, kept with what it found it in, so that it can be found again in less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.case import Judge, NotApplicable
from conformance.finding import Violation
from conformance.message import Exchange
from conformance.strict_json import Unreadable


@dataclass(frozen=True)
class Shown:
    """The *violations* that the *judge* found in *answers*, one at least."""

    violations: tuple[Violation, ...]
    judge: Judge
    answers: Sequence[Exchange]


def shown_in(judge: Judge, answers: Sequence[Exchange]) -> list[Shown]:
    """What *judge* finds in *answers*, if anything; what was found before it gave up counts. Raises as the judge does else."""
    found: list[Violation] = []
    try:
        found.extend(judge(answers))
    except (NotApplicable, Unreadable):
        if not found:
            raise
    return [Shown(tuple(found), judge, answers)] if found else []
