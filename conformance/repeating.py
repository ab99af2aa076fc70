"""What judging one requirement has come to, and how often what it found shows when it is asked for again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from conformance.case import Case, NotApplicable
from conformance.finding import Violation
from conformance.message import Exchange, Request
from conformance.refetch import Refetch
from conformance.shown import Shown
from conformance.strict_json import Unreadable
from conformance.transcript import Inconclusive, Transcript

AGAIN = 2
"""How often a failure is tried again."""


@dataclass
class Evidence:
    """What judging one requirement has come to so far; *again* tries the first failure, which *costs* so many requests."""

    shown: list[Shown] = field(default_factory=list)
    inconclusive: list[str] = field(default_factory=list)
    not_applicable: list[str] = field(default_factory=list)
    judged: int = 0
    unasked: int = 0
    again: Callable[[], bool] | None = None
    costs: int = 1


class Repeating:
    """Tries failures again, as far as the budget of *transcript* goes without what *refetch* may need of it."""

    def __init__(self, transcript: Transcript, refetch: Refetch) -> None:
        self._transcript = transcript
        self._refetch = refetch

    def confirmed(self, evidence: Evidence) -> tuple[int, int] | None:
        """In how many of how many tries the first violation showed; None when it could not be tried again."""
        if evidence.again is None:
            return None
        shown = tried = 1
        for _ in range(AGAIN):
            if not self._may_repeat(evidence.costs):
                break
            try:
                shown += evidence.again()
            except (Inconclusive, NotApplicable, Unreadable):
                break
            tried += 1
        return (shown, tried) if tried > 1 else None

    def repeats(self, case: Case, *, server_error: bool) -> bool:
        """Whether new answers to *case* show a violation, or with *server_error* a 5xx. Raises as `Transcript.again` does."""
        answers = self._transcript.again(case.requests, case.expects)
        if server_error:
            return any(answer.response.status >= 500 for answer in answers)
        return bool(list(case.judge(answers)))

    def shows_again(self, request: Request, judge: Callable[[Exchange], Iterable[Violation]]) -> bool:
        """Whether *judge* finds anything in a new answer to *request*. Raises as `Transcript.again` does."""
        return any(list(judge(answer)) for answer in self._transcript.again([request], frozenset()))

    def _may_repeat(self, requests: int) -> bool:
        """Whether so many *requests* more leave one to see whether the list changed: without it nothing else can be judged."""
        budget = self._transcript.budget
        return budget.sent + requests + (not self._refetch.is_done) <= budget.requests - budget.kept
