"""The exchanges of a run: each request is sent once, within a budget, and everybody reads the same answers."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance import retry_after
from conformance.allowance import allowance
from conformance.case import NotApplicable
from conformance.client import Client, Unreachable, Unusable
from conformance.message import Exchange, Pick, Request
from conformance.pace import LONGEST_S, Pace
from conformance.picks import PICKS
from conformance.telling import telling

TRIES = 3

BACKOFF_S = 0.25
"""The pause before a second try where the target names none; before a third one it is twice as long."""

MOST_FAILURES = 5
"""So many requests in a row without an answer, and the run asks nothing more."""

MOST_BYTES = 64 * 1024 * 1024
"""What the different answers of one run may come to."""


class Halted(Exception):
    """The run is to end, as somebody asked for it."""


class Inconclusive(Exception):
    """No judgement is possible; ``str()`` says why."""


@dataclass
class Budget:
    """How many requests may be sent, and until when; *grace* seconds later nothing is judged any more either.

    *sent* counts them, *bursts* those beside the budget, *saved* those of the plan that one answer served. *kept* are
    requests that are not to be used yet.
    """

    requests: int
    seconds: float
    sent: int = 0
    bursts: int = 0
    saved: int = 0
    grace: float = math.inf
    kept: int = 0


@dataclass(frozen=True)
class Asked:
    """A request as it was planned, and what came of it: an answer, or why there is none; *tries* were sent for it.

    *retried* are the answers after which it was sent again, or *given_up*. The last try took *seconds*, which are not
    known of some that were kept.
    """

    request: Request
    outcome: Exchange | Inconclusive
    tries: int
    retried: tuple[Exchange, ...]
    given_up: bool
    seconds: float | None


class Transcript:
    """Asks a target, and remembers. State of one run over one target.

    *chance* draws a number from 0 to 1, by which the pauses before further tries differ.
    """

    def __init__(
        self,
        client: Client,
        budget: Budget,
        pace: Pace,
        clock: Callable[[], float],
        chance: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.client = client
        self.budget = budget
        self._pace = pace
        self._clock = clock
        self._started = clock()
        self._resting: float | None = self._started
        self._chance = chance
        self.asked: list[Asked] = []
        """Everything that was asked, in order, what was asked again too."""
        self.in_time = 0
        """How often there was still time to judge; *late* says whether there once was none."""
        self.late = False
        self._answers: dict[Request, Exchange | Inconclusive] = {}
        self._told: dict[Request, Mapping[str, str]] = {}
        self._contents: dict[bytes, bytes] = {}
        self._bytes = 0
        self._tries: list[Exchange] = []
        self._given_up: dict[Request, Exchange] = {}
        self._failures = 0
        self._took: float | None = None
        self._ended = ""
        self.halted = False
        """Whether nothing more is to be asked or judged; then `Halted` is raised instead."""

    def __iter__(self) -> Iterator[Exchange]:
        """The exchanges in the order in which they were first asked for."""
        return iter([each for each in self._answers.values() if isinstance(each, Exchange)])

    @property
    def tries(self) -> tuple[Exchange, ...]:
        """The answers after which a request was sent again, or given up, in the order in which they came."""
        return tuple(self._tries)

    @property
    def given_up(self) -> tuple[Exchange, ...]:
        """The last answer to each request that was answered 429 until it was given up."""
        return tuple(self._given_up.values())

    def known(self, request: Request) -> bool:
        """Whether *request* was asked for before."""
        return request in self._answers

    def ask(self, request: Request, expects: frozenset[int] = frozenset(), *, burst: bool = False) -> Exchange:
        """The answer to *request*, from memory where there is one.

        A 429, a 5xx or no answer is asked for again, up to three times in all, after the Retry-After that comes
        with it or a short while. A *burst* is sent without a pause and beside the budget.

        Raises `Inconclusive` for no answer and for a 429 that *expects* does not hold, `NotApplicable` when a
        value that it needs is not there.
        """
        if request not in self._answers:
            self._answers[request] = self._asked(request, expects, burst=burst)
        answer = self._answers[request]
        if isinstance(answer, Inconclusive):
            raise answer
        return answer

    def rest(self) -> None:
        """Stops the time of this run until something is asked or judged again: other targets have their turn."""
        self._resting = self._clock()

    def check_time(self) -> None:
        """Raises `Inconclusive` when the time is over for judging too."""
        self._check_halted()
        if self._is_over():
            self.late = True
            raise Inconclusive(f"the time of {self.budget.seconds:g} s was over before it was judged")
        self.in_time += not self.late

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
        sent, retried, given_up = self.budget.sent + self.budget.bursts, len(self._tries), self._given_up.get(request)
        self._took = None
        outcome = self._outcome(request.resolved(values), request, expects, burst=burst)
        tries = self.budget.sent + self.budget.bursts - sent
        anew = self._given_up.get(request) is not given_up
        self.asked.append(Asked(request, outcome, tries, tuple(self._tries[retried:]), anew, self._took))
        return outcome

    def _outcome(self, resolved: Request, request: Request, expects: frozenset[int], *, burst: bool) -> Exchange | Inconclusive:
        """What came of *request*, whose values are all known as *resolved* has them."""
        outcome: Exchange | Inconclusive = Inconclusive("nothing was sent")
        for tried in range(1, TRIES + 1):
            if reason := self._refusal(burst=burst):
                if tried == 1:
                    return Inconclusive(reason)
                # What came of the tries says more than why there is no further one.
                return self._throttled(outcome) if isinstance(outcome, Exchange) else outcome
            if not burst:
                self._pace.wait()
            try:
                outcome = self._sent(resolved, request, burst=burst)
            except Unusable as error:
                return Inconclusive(f"{self.client.target.root} gave no answer that can be judged: {error}")
            except Unreachable as error:
                outcome = Inconclusive(f"{self.client.target.root} gave no answer: {error}")
                self._pause(tried)
                continue
            status = outcome.response.status
            if status in expects or (status < 500 and status != 429):
                return outcome
            self._tries.append(outcome)
            wait = retry_after.seconds(outcome.response)
            if wait is not None and wait > LONGEST_S:
                break
            self._pause(tried, wait)
        if isinstance(outcome, Exchange) and outcome.response.status == 429:
            self._given_up[request] = outcome
        return self._throttled(outcome) if isinstance(outcome, Exchange) else outcome

    def _sent(self, resolved: Request, planned: Request, *, burst: bool) -> Exchange:
        """The answer to one request on the wire. Raises `Unreachable`."""
        self.budget.sent += not burst
        self.budget.bursts += burst
        operation = self.client.target.provider.operations[planned.operation]
        begun = self._clock()
        try:
            exchange = self.client.send(resolved, planned, operation, within=self._left())
        except Unreachable as error:
            self._failures += 1
            if self._failures >= MOST_FAILURES:
                self._ended = f"after {MOST_FAILURES} requests in a row without an answer nothing more was asked: {error}"
            raise
        finally:
            self._took = round(self._clock() - begun, 3)
        self._failures = 0
        self._pace.heed(allowance(exchange.response))
        return self._kept(exchange)

    def _kept(self, exchange: Exchange) -> Exchange:
        """*exchange*; equal contents are kept once. Raises `Unusable` when there is no room for another."""
        content = exchange.response.content
        if content not in self._contents:
            if self._bytes + len(content) > MOST_BYTES:
                self._ended = f"the answers of this run came to more than {MOST_BYTES} bytes, and nothing more was asked"
                raise Unusable(self._ended)
            self._contents[content] = content
            self._bytes += len(content)
        response = dataclasses.replace(exchange.response, content=self._contents[content])
        return dataclasses.replace(exchange, response=response)

    def _pause(self, tried: int, asked: float | None = None) -> None:
        """Waits before another try as long as the target *asked* for, else for a while that grows and is never the same."""
        if tried < TRIES:
            backoff = BACKOFF_S * 2 ** (tried - 1) * (1 + self._chance())
            self._pace.pause(min(asked or backoff, self._left()))

    @staticmethod
    def _throttled(answer: Exchange) -> Exchange | Inconclusive:
        """*answer*, the last of several tries, unless it only says that there were too many."""
        if answer.response.status != 429:
            return answer
        wait = retry_after.seconds(answer.response)
        asks = f" and asks to wait {wait:g} s" if wait else ""
        return Inconclusive(f"the target answered 429, too many requests{asks}")

    def _picked(self, pick: Pick) -> str:
        operation = self.client.target.provider.operations[pick.source.operation]
        source = self.ask(pick.source)
        if source.response.status != 200:
            raise NotApplicable(f"the list answered {source.response.status}")
        if pick.parameter and pick.source not in self._told:
            self._told[pick.source] = telling(source, operation)
        value = self._told[pick.source][pick.parameter] if pick.parameter else PICKS[pick.what](source, operation.items)
        if self.client.tells_key(value):
            raise NotApplicable(f"{pick.what} holds the key, which is sent in Authorization alone")
        return value

    def _is_over(self) -> bool:
        """Whether there is no time left to judge."""
        return self._elapsed() > self.budget.seconds + self.budget.grace

    def _left(self) -> float:
        """The seconds that are left of the budget's."""
        return max(0.0, self.budget.seconds - self._elapsed())

    def _elapsed(self) -> float:
        """The seconds that this run has taken, without its rests."""
        if self._resting is not None:
            self._started += self._clock() - self._resting
            self._resting = None
        return self._clock() - self._started

    def _check_halted(self) -> None:
        if self.halted:
            raise Halted

    def _refusal(self, *, burst: bool) -> str:
        """Why nothing more is sent; an empty string when something may be. A *burst* is beside budget and pace."""
        self._check_halted()
        if self._ended:
            return self._ended
        if not burst and self.budget.sent >= self.budget.requests - self.budget.kept:
            return f"the budget of {self.budget.requests} requests is used up"
        if not burst and self._pace.refusal:
            return self._pace.refusal
        if self._left() <= (0.0 if burst else self._pace.due_in):
            return f"the time of {self.budget.seconds:g} s is used up"
        return ""
