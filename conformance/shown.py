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
    """A *violation*, with the *judge* that found it in *answers*."""

    violation: Violation
    judge: Judge
    answers: Sequence[Exchange]


def shown_in(judge: Judge, answers: Sequence[Exchange]) -> list[Shown]:
    """What *judge* finds in *answers*; what was found before it gave up counts. Raises as the judge does when nothing was."""
    found: list[Shown] = []
    try:
        found.extend(Shown(each, judge, answers) for each in judge(answers))
    except (NotApplicable, Unreadable):
        if not found:
            raise
    return found
