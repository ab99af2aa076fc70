"""All answers of a run, whoever asked for them, judged for one requirement: by a schema, an invariant or a rule of clients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from conformance.capabilities import Capabilities
from conformance.case import NotApplicable
from conformance.clients.rule import Rule
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


class Observing:
    """Judges the answers of *transcript*, but those of operations that the target lacks or that *obstacles* stand before."""

    def __init__(self, transcript: Transcript, capabilities: Capabilities, repeating: Repeating) -> None:
        self._transcript = transcript
        self._capabilities = capabilities
        self._repeating = repeating
        self.obstacles: Mapping[str, Obstacle] = {}
        self._sound: set[tuple[object, ...]] = set()

    def observe(
        self,
        requirement: Requirement,
        evidence: Evidence,
        judge: Callable[[Exchange], Iterable[Violation]],
        *,
        ok: bool = False,
    ) -> None:
        """Judges every different answer to the requirement's operations; only 200 to GET if *ok*."""
        seen: set[tuple[str, int, bytes]] = set()
        for exchange in self._transcript:
            request, response = exchange.request, exchange.response
            answer = (request.operation, response.status, response.content)
            if request.operation not in requirement.operations or request.method != "GET" or answer in seen:
                continue
            if request.operation in self.obstacles or self._capabilities.lacks(request.operation):
                continue
            if ok and response.status != 200:
                continue
            seen.add(answer)
            found = self._judged(requirement, evidence, answer, judge, exchange)
            if found and evidence.again is None:
                evidence.again = lambda asked=request: self._repeating.shows_again(asked, judge)

    def survive(self, requirement: Requirement, evidence: Evidence, rule: Rule, answers: Iterable[Exchange]) -> None:
        """Judges every different one of *answers* to GET of the requirement's operations by a *rule* of clients."""
        seen: set[tuple[object, ...]] = set()
        for exchange in answers:
            request, response = exchange.request, exchange.response
            refused = request.authorization is None or KEY not in request.authorization
            fields = tuple(response.header(name) for name in FIELDS)
            answer = (request.operation, refused, response.status, fields, response.content)
            if request.operation not in requirement.operations or request.method != "GET" or answer in seen:
                continue
            obstructed = request.operation in self.obstacles and response.status // 100 != 3
            if self._capabilities.lacks(request.operation) or obstructed:
                continue
            seen.add(answer)
            self._judged(requirement, evidence, answer, rule.violations, exchange)

    def _judged(
        self,
        requirement: Requirement,
        evidence: Evidence,
        answer: tuple[object, ...],
        judge: Callable[[Exchange], Iterable[Violation]],
        exchange: Exchange,
    ) -> bool:
        """Adds to *evidence* what *judge* finds in *exchange*, and says whether that is anything.

        An *answer* in which it found nothing for *requirement* is not looked at a second time.
        """
        self._transcript.check_time()
        known = (requirement.id, *answer)
        found: list[Shown] = []
        try:
            if known not in self._sound:
                found = shown_in(lambda answers: judge(answers[0]), [exchange])
        except (NotApplicable, Unreadable) as reason:
            evidence.not_applicable.append(str(reason))
            return False
        if not found:
            self._sound.add(known)
        evidence.judged += 1
        evidence.shown += found
        return bool(found)
