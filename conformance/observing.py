"""All answers of a run, whoever asked for them, judged for one requirement: by a schema, an invariant or a rule of clients."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.capabilities import Capabilities
from conformance.case import NotApplicable
from conformance.finding import Violation
from conformance.message import KEY, Exchange
from conformance.preflight import Obstacle
from conformance.repeating import Evidence, Repeating
from conformance.shown import Shown, shown_in
from conformance.strict_json import Unreadable
from conformance.transcript import Transcript
from specs.requirement import Requirement

FIELDS = ("Content-Type", "Location", "Retry-After", "Retry-After-Ms", "X-Should-Retry")
"""What clients read of an answer beside its status and its body."""


@dataclass(frozen=True)
class Look:
    """How one *requirement* looks at answers to GET, each by itself: *judge* says what of one breaks it.

    Only answers 200 are looked at if *ok*; *clients* read more of an answer than its status and its body.
    """

    requirement: Requirement
    judge: Callable[[Exchange], Iterable[Violation]]
    ok: bool = False
    clients: bool = False

    def identity(self, exchange: Exchange) -> tuple[object, ...]:
        """What has to be the same in two answers for this to find the same in both."""
        request, response = exchange.request, exchange.response
        answer = (request.operation, response.status, response.content)
        if not self.clients:
            return answer
        refused = request.authorization is None or KEY not in request.authorization
        return (*answer, refused, *(response.header(name) for name in FIELDS))


class Observing:
    """Judges the answers of *transcript*, but those of operations that the target lacks or that *obstacles* stand before."""

    def __init__(self, transcript: Transcript, capabilities: Capabilities, repeating: Repeating) -> None:
        self._transcript = transcript
        self._capabilities = capabilities
        self._repeating = repeating
        self.obstacles: Mapping[str, Obstacle] = {}
        self._known: dict[tuple[object, ...], str | None] = {}

    def look_over(self, looks: Sequence[Look]) -> None:
        """Judges answer by answer, so that each body is read once for all *looks*; judging them one by one then knows it.

        Whatever is found, or goes wrong, here is so again, and is told, where the requirement has its turn: once it found
        something, it does not look ahead any more.
        """
        for exchange in self._transcript:
            looks = [look for look in looks if not self._finds(look, exchange)]

    def _finds(self, look: Look, exchange: Exchange) -> bool:
        with contextlib.suppress(Exception):
            return self._concerns(look, exchange) and self._judged(look, Evidence(), exchange)
        return False

    def observe(self, look: Look, evidence: Evidence, answers: Iterable[Exchange]) -> None:
        """Adds to *evidence* what every different one of *answers* shows."""
        seen: set[tuple[object, ...]] = set()
        for exchange in answers:
            if not self._concerns(look, exchange) or look.identity(exchange) in seen:
                continue
            seen.add(look.identity(exchange))
            found = self._judged(look, evidence, exchange)
            if found and evidence.again is None and not look.clients:
                evidence.again = lambda asked=exchange.request: self._repeating.shows_again(asked, look.judge)

    def _concerns(self, look: Look, exchange: Exchange) -> bool:
        request, status = exchange.request, exchange.response.status
        if request.operation not in look.requirement.operations or request.method != "GET" or (look.ok and status != 200):
            return False
        obstructed = request.operation in self.obstacles and not (look.clients and status // 100 == 3)
        return not obstructed and not self._capabilities.lacks(request.operation)

    def _judged(self, look: Look, evidence: Evidence, exchange: Exchange) -> bool:
        """Adds to *evidence* what *look* finds in *exchange*, and says whether that is anything.

        An answer in which it found nothing, or nothing to judge, is not looked at a second time.
        """
        self._transcript.check_time()
        known = (look.requirement.id, *look.identity(exchange))
        found: list[Shown] = []
        if known not in self._known:
            try:
                found = shown_in(lambda answers: look.judge(answers[0]), [exchange])
            except (NotApplicable, Unreadable) as reason:
                self._known[known] = str(reason)
            else:
                if not found:
                    self._known[known] = None
        if not found and (why := self._known[known]) is not None:
            evidence.not_applicable.append(why)
            return False
        evidence.judged += 1
        evidence.shown += found
        return bool(found)
