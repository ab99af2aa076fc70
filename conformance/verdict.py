"""The verdict of a run, and its exit code."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from conformance.finding import Finding, Outcome
from specs.requirement import Level


class Verdict(enum.IntEnum):
    """Exit codes: pytest's own 0 to 5, and one more."""

    KEPT = 0
    BROKEN = 1
    INTERRUPTED = 2
    OUR_ERROR = 3
    USAGE = 4
    NOTHING = 5
    INCONCLUSIVE = 6


WORDS = {
    Verdict.KEPT: "kept: every MUST that could be judged is kept",
    Verdict.BROKEN: "BROKEN: a requirement is broken",
    Verdict.INTERRUPTED: "no verdict: the run was ended early",
    Verdict.OUR_ERROR: "no verdict: the suite itself failed",
    Verdict.INCONCLUSIVE: "inconclusive: some MUST could not be judged",
    Verdict.NOTHING: "no verdict: nothing was judged",
}

WORST_FIRST = (
    Verdict.OUR_ERROR,
    Verdict.BROKEN,
    Verdict.INTERRUPTED,
    Verdict.INCONCLUSIVE,
    Verdict.NOTHING,
    Verdict.KEPT,
)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of several runs as one: the worst of *verdicts*, and nothing when there is none."""
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.NOTHING)


def verdict(findings: Iterable[Finding]) -> Verdict:
    """The worst of *findings*: our own error, a failure, a MUST that could not be judged, or nothing of these.

    Never green without a verdict: when no MUST was judged at all, something has to have been.
    """
    found = list(findings)
    outcomes = {each.outcome for each in found}
    if Outcome.ERROR in outcomes:
        return Verdict.OUR_ERROR
    if Outcome.FAIL in outcomes:
        return Verdict.BROKEN
    if any(each.outcome is Outcome.INCONCLUSIVE and each.requirement.level is Level.MUST for each in found):
        return Verdict.INCONCLUSIVE
    if not outcomes - {Outcome.NOT_APPLICABLE, Outcome.INCONCLUSIVE}:
        return Verdict.INCONCLUSIVE if Outcome.INCONCLUSIVE in outcomes else Verdict.NOTHING
    return Verdict.KEPT
