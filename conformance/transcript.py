"""The exchanges of a run: each request is sent once, within a budget, and everybody reads the same answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from conformance import retry_after
from conformance.case import NotApplicable
from conformance.client import Client, Unreachable
from conformance.message import Exchange, Pick, Request
from conformance.pace import Pace
from conformance.picks import PICKS

TRIES = 3


class Inconclusive(Exception):
    """No judgement is possible; ``str()`` says why."""


@dataclass
class Budget:
    """How many requests may be sent, and until when.

    *sent* counts them, *bursts* those beside the budget, *saved* those of the plan that one answer served.
    """

    requests: int
    seconds: float
    sent: int = 0
    bursts: int = 0
    saved: int = 0


class Transcript:
    """Asks a target, and remembers. State of one run over one target."""

    def __init__(self, client: Client, budget: Budget, pace: Pace, clock: Callable[[], float]) -> None:
        self.client = client
        self.budget = budget
        self._pace = pace
        self._clock = clock
        self._started = clock()
        self._answers: dict[Request, Exchange | Inconclusive] = {}

    def __iter__(self) -> Iterator[Exchange]:
        """The exchanges in the order in which they were first asked for."""
        return iter([each for each in self._answers.values() if isinstance(each, Exchange)])

    def known(self, request: Request) -> bool:
        """Whether *request* was asked for before."""
        return request in self._answers

    def ask(self, request: Request, expects: frozenset[int] = frozenset(), *, burst: bool = False) -> Exchange:
        """The answer to *request*, from memory where there is one.

        A 429, a 5xx or no answer is asked for again, up to three times in all, after the Retry-After that comes
        with it. A *burst* is sent without a pause and beside the budget.

        Raises `Inconclusive` for no answer and for a 429 that *expects* does not hold, `NotApplicable` when a
        value that it needs is not there.
        """
        if request not in self._answers:
            self._answers[request] = self._asked(request, expects, burst=burst)
        answer = self._answers[request]
        if isinstance(answer, Inconclusive):
            raise answer
        return answer

    def answered_after(self, request: Request) -> bool:
        """Whether the target answered 200 to anything that was asked for after *request*."""
        asked = list(self._answers)
        later = (self._answers[each] for each in asked[asked.index(request) + 1 :])
        return any(isinstance(each, Exchange) and each.response.status == 200 for each in later)

    def again(self, requests: Sequence[Request], expects: frozenset[int]) -> list[Exchange]:
        """New answers to *requests*, which are not remembered. Raises as `ask` does."""
        answers = []
        for request in requests:
            answer = self._asked(request, expects, burst=False)
            if isinstance(answer, Inconclusive):
                raise answer
            answers.append(answer)
        return answers

    def _asked(self, request: Request, expects: frozenset[int], *, burst: bool) -> Exchange | Inconclusive:
        values = {pick: self._picked(pick) for pick in request.picks}
        resolved = request.resolved(values)
        operation = self.client.target.provider.operations[request.operation]
        outcome: Exchange | Inconclusive = Inconclusive("nothing was sent")
        for left in reversed(range(TRIES)):
            if not burst:
                if reason := self._spent():
                    return outcome if isinstance(outcome, Exchange) else Inconclusive(reason)
                self._pace.wait()
            self.budget.sent += not burst
            self.budget.bursts += burst
            try:
                outcome = self.client.send(resolved, request, operation)
            except Unreachable as error:
                outcome = Inconclusive(f"{self.client.target.root} gave no answer: {error}")
                continue
            status = outcome.response.status
            if status in expects or (status < 500 and status != 429):
                return outcome
            wait = retry_after.seconds(outcome.response) or 0.0
            if status == 429 and (wait > retry_after.LONGEST_S or not left):
                asks = f" and asks to wait {wait:g} s" if wait else ""
                return Inconclusive(f"the target answered 429, too many requests{asks}")
            if left and wait <= retry_after.LONGEST_S:
                self._pace.pause(wait)
        return outcome

    def _picked(self, pick: Pick) -> str:
        operation = self.client.target.provider.operations[pick.source.operation]
        source = self.ask(pick.source)
        if source.response.status != 200:
            raise NotApplicable(f"the list answered {source.response.status}")
        return PICKS[pick.what](source, operation.items)

    def _spent(self) -> str:
        if self.budget.sent >= self.budget.requests:
            return f"the budget of {self.budget.requests} requests is used up"
        if self._clock() - self._started >= self.budget.seconds:
            return f"the time of {self.budget.seconds:g} s is used up"
        return ""
