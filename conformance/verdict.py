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
