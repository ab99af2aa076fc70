"""A list that changes while it is judged: what was compared with it is compared with what it is now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.case import Case, NotApplicable
from conformance.message import Exchange, Request
from conformance.shown import Shown, shown_in
from conformance.strict_json import Unreadable
from conformance.transcript import Inconclusive, Transcript
from specs.provider import Provider

AFRESH = (98, 97)
"""The repetitions of a list that is fetched once more, when what it was compared with does not fit."""


class Unasked(Inconclusive):
    """The lists change while they are judged, and there was no room to ask anew for what was compared with one."""


class Refetch:
    """Fetches the lists of one *transcript* once more where something does not fit; *is_done* says whether it has.

    *changes* says that a list was seen to change.
    """

    def __init__(self, provider: Provider, transcript: Transcript) -> None:
        self._provider = provider
        self._transcript = transcript
        self.is_done = False
        self.changes = False

    def standing(
        self, case: Case, answers: Sequence[Exchange], found: list[Shown], joint: Request | None = None
    ) -> list[Shown]:
        """What of *found* stands: where the list changed meanwhile, what the list as it is now shows.

        An answer is compared with a list that was fetched before, or asks for a model of it; a model that came
        or went between the two is no breach. The list is fetched once more for all such comparisons, unless an answer
        that came later shows that it is as it was. *joint* is the request that showed it before this one alone did: where
        nothing more may be asked, what came after that counts. Raises `Inconclusive` when nothing shows it, `Unasked` where
        it may just as well be another list.
        """
        before = _source(case)
        if before is None or not self._lists(before) or self._is_settled(case, answers, before):
            return found
        try:
            now = self._transcript.ask(before.but(repetition=AFRESH[0]))
        except Inconclusive as reason:
            if joint and self._came_again(joint, before):
                return found
            if self.changes:  # so may this list have
                raise Unasked(str(reason)) from None
            raise
        self.is_done = True
        if now.response.status != 200 or now.response.content == self._transcript.ask(before).response.content:
            return found
        self.changes = True
        try:
            anew = list(self._anew(case, answers, before, now))
        except Inconclusive as reason:
            raise Unasked(str(reason)) from None
        try:
            return [each for answers in anew for each in shown_in(case.judge, answers)]
        except (NotApplicable, Unreadable):
            return found

    def _is_settled(self, case: Case, answers: Sequence[Exchange], before: Request) -> bool:
        """Whether no list has to be fetched to know that what was found does not come from another one."""
        if not case.requests[-1].picks and 200 != answers[-1].response.status < 500:
            return True
        return self._came_again(case.requests[-1], before)

    def _came_again(self, request: Request, before: Request) -> bool:
        """Whether anything that was asked for after *request* was answered with just the list *before*."""
        known = list(self._transcript)
        asked, was = [each.request for each in known], self._transcript.ask(before).response.content
        later = known[asked.index(request) + 1 :] if request in asked else ()
        return any(each.request.operation == before.operation and each.response.content == was for each in later)

    def _anew(self, case: Case, answers: Sequence[Exchange], before: Request, now: Exchange) -> Iterator[Sequence[Exchange]]:
        """*answers* with *now* in the place of the list *before*, and what was taken from it asked for anew."""
        if case.settles:
            yield [answers[-1], now]
            yield [now, self._transcript.ask(before.but(repetition=AFRESH[1]))]
            return
        moved = [request.moved(before, now.request) for request in case.requests]
        yield [
            answer if request == asked else self._transcript.ask(request, case.expects)
            for request, asked, answer in zip(moved, case.requests, answers, strict=True)
        ]

    def _lists(self, request: Request) -> bool:
        return self._provider.operations[request.operation].items is not None


def _source(case: Case) -> Request | None:
    """The request whose answer the last one of *case* is compared with, or takes a value from; None where there is none."""
    first, last = case.requests[0].but(repetition=0), case.requests[-1]
    if last.picks:
        return last.picks[0].source
    return first if case.settles or last.but(repetition=0) != first else None
