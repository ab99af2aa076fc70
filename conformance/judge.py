"""From answers to findings: one requirement at a time, over a shared transcript."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from conformance import checks
from conformance.capabilities import Capabilities
from conformance.case import Case, NotApplicable
from conformance.clients.rule import Rule
from conformance.finding import ASKED_FOR, Finding, Group, Outcome, Violation, broken, group
from conformance.message import Exchange, Request
from conformance.observing import Look, Observing
from conformance.plan import BURSTS, Plan
from conformance.preflight import Obstacle
from conformance.refetch import Refetch, Unasked
from conformance.repeating import Evidence, Repeating
from conformance.schema_check import SchemaCheck
from conformance.shown import Shown, shown_in
from conformance.shrinking import Shrinking
from conformance.strict_json import Unreadable
from conformance.transcript import Inconclusive, Transcript
from conformance.waivers import Waivers
from specs.provider import Provider
from specs.requirement import Departure, Requirement

PASSING = frozenset({429, *range(500, 600)})
"""Statuses that may come from an outage or a limit, and pass."""

MOST_SHRUNK = 10
"""Groups of violations of one requirement whose smallest part is looked for."""


class Judge:
    """Judges the requirements of one provider over one target. *now* is the time in seconds since 1970."""

    def __init__(
        self,
        provider: Provider,
        transcript: Transcript,
        plan: Plan,
        *,
        now: float,
        strict: bool,
        waivers: Waivers,
        capabilities: Capabilities,
    ) -> None:
        self._provider = provider
        self._transcript = transcript
        self._plan = plan
        self._now = now
        self._strict = strict
        self._waivers = waivers
        self._capabilities = capabilities
        self.schemas = SchemaCheck(provider)
        self._joint: dict[Request, Request] = {}
        self._blamed: dict[Request, str] = {}
        self._refetch = Refetch(provider, transcript)
        self._shrinking = Shrinking(self.schemas, transcript.check_time)
        self._repeating = Repeating(transcript, self._refetch)
        self._observing = Observing(transcript, capabilities, self._repeating)

    @property
    def obstacles(self) -> Mapping[str, Obstacle]:
        """What stands in the way of operations, by their names."""
        return self._observing.obstacles

    @obstacles.setter
    def obstacles(self, found: Mapping[str, Obstacle]) -> None:
        self._observing.obstacles = found

    def finding(self, requirement: Requirement) -> Finding:
        """What *requirement* showed. Asks for what the plan has for it and is not yet known."""
        evidence = Evidence()
        for name in requirement.when:
            obstacle = self.obstacles.get(self._provider.capabilities[name].operation)
            if obstacle and not obstacle.is_for(requirement):
                return Finding(requirement, Outcome.INCONCLUSIVE, obstacle.reason)
            try:
                lacking = self._capabilities.lacking(name)
            except Inconclusive as reason:
                return Finding(requirement, Outcome.INCONCLUSIVE, str(reason))
            except NotApplicable as reason:
                lacking = str(reason)
            if lacking:
                return Finding(requirement, Outcome.NOT_APPLICABLE, lacking)
        rule = checks.rule(requirement)
        for case in self._plan.cases.get(requirement.id, ()) if rule is None else ():
            self._try_case(requirement, case, evidence)
        try:
            if rule is not None:
                self._survive(requirement, evidence, rule)
            elif look := self._look(requirement):
                together = self._together
                answers = (each for each in self._transcript if each.response.status < 500 or each.request not in together)
                self._observing.observe(look, evidence, answers)
        except Inconclusive as reason:
            evidence.inconclusive.append(str(reason))
        return self._concluded(requirement, evidence)

    def look_over(self, requirements: Iterable[Requirement]) -> None:
        """Judges what takes one answer alone, answer by answer, so that `finding` need not read each for each requirement."""
        self._observing.look_over([look for each in requirements if (look := self._look(each))])

    @property
    def _together(self) -> set[Request]:
        """Requests for several things that were asked for alone afterwards: a 5xx to one came once, and may be an outage."""
        return set(self._joint.values())

    def _look(self, requirement: Requirement) -> Look | None:
        """How *requirement* looks at single answers, None where it is a probe."""
        if requirement.check.kind == "schema":
            return Look(requirement, self._schema_violations(requirement))
        if invariant := checks.invariant(self._provider, requirement):
            return Look(requirement, partial(invariant.violations, now=self._now), ok=True)
        rule = checks.rule(requirement)
        return Look(requirement, rule.violations, clients=True) if rule else None

    def obstacle(self, case: Case) -> Obstacle | None:
        """What stands in the way of *case*, None where nothing does."""
        names = (each.operation for request in case.requests for each in (*request.sources, request))
        return next((self.obstacles[name] for name in names if name in self.obstacles), None)

    def _try_case(self, requirement: Requirement, case: Case, evidence: Evidence) -> None:
        obstacle = self.obstacle(case)
        if obstacle and not obstacle.is_for(requirement):
            evidence.inconclusive.append(obstacle.reason)
            return
        if any(each in self._plan.held and not self._transcript.known(each) for each in case.requests):
            evidence.unasked += 1
            return
        case = self.settled(case)
        try:
            answers = self._answers(case)
            self._transcript.check_time()
            trouble = self._server_error(requirement, case, answers)
            found = [Shown((trouble,), case.judge, answers)] if trouble else shown_in(case.judge, answers)
            if found and not trouble:
                found = self._refetch.standing(case, answers, found, self._joint.get(case.requests[-1]))
        except Unasked:
            evidence.unasked += 1  # of a list that is no more; what other cases show counts
            return
        except Inconclusive as reason:
            evidence.inconclusive.append(str(reason))
            return
        except (NotApplicable, Unreadable) as reason:
            evidence.not_applicable.append(str(reason))
            return
        evidence.judged += requirement.check.kind == "probe" or bool(found)
        if found and evidence.again is None and case.until is None:
            evidence.again = lambda: self._repeating.repeats(case, server_error=bool(trouble))
            evidence.costs = len(case.requests)
        evidence.shown += found

    def settled(self, case: Case) -> Case:
        """*case*, or the one without the others that are asked with it, where the answer to all of them is not right for it."""
        if case.alone is None:
            return case
        try:
            answers = self._answers(case)
            if all(each.response.status < 500 for each in answers):
                found = shown_in(case.judge, answers)
                if not found or not self._refetch.standing(case, answers, found):
                    return case
        except (Inconclusive, NotApplicable, Unreadable):
            pass  # asked alone, it says so itself
        self._joint[case.alone.requests[-1]] = case.requests[-1]
        return case.alone

    def _answers(self, case: Case) -> list[Exchange]:
        answers = []
        for request in case.requests:
            answers.append(self._transcript.ask(request, case.expects, burst=case.until is not None))
            if answers[-1].response.status == case.until:
                break
        return answers

    def _server_error(self, requirement: Requirement, case: Case, answers: Sequence[Exchange]) -> Violation | None:
        """The violation that a repeated 5xx is, where the plain list answers; else it is an outage, or another's."""
        for request, answer in zip(case.requests, answers, strict=False):
            status = answer.response.status
            if status < 500 or status in case.expects:
                continue
            if self._blamed.setdefault(request, requirement.id) != requirement.id:
                raise NotApplicable(f"the answer is {status}, see {self._blamed[request]}")
            if not self._is_alive(request):
                raise Inconclusive(f"the target answers {status}, and nothing else since")
            return Violation(answer, "status", "server-error", "no 5xx while other requests are answered", f"status {status}")
        return None

    def _is_alive(self, request: Request) -> bool:
        """Whether the target answered anything after *request*, or answers the plain list now."""
        if any(self._transcript.answered_after(each) for each in (request, self._joint.get(request)) if each):
            return True
        plain = next(each for each in self._provider.operations.values() if each.items)
        return self._transcript.ask(Request(plain.id, repetition=99)).response.status == 200

    def _survive(self, requirement: Requirement, evidence: Evidence, rule: Rule) -> None:
        """Judges the answers by a *rule* of clients.

        An error that may come from an outage or a limit is looked at only where the target answers afterwards. What
        could not be asked leaves the rule unjudged only where nothing else was answered.
        """
        unanswered = list(self._unanswered(self._plan.cases.get(requirement.id, ())))
        together = self._together
        standing = (
            each
            for each in (*self._transcript, *self._transcript.given_up)
            if each.response.status not in PASSING or (each.request not in together and self._outlived(each))
        )
        tries = (*self._transcript, *self._transcript.tries)
        look = Look(requirement, rule.violations, clients=True)
        self._observing.observe(look, evidence, tries if rule.tries else standing)
        evidence.inconclusive += unanswered if not evidence.judged else ()

    def _unanswered(self, cases: Iterable[Case]) -> Iterator[str]:
        """Asks what *cases* need, and says why where there is no answer."""
        for case in cases:
            if obstacle := self.obstacle(case):
                yield obstacle.reason
                continue
            try:
                self._answers(case)
            except Inconclusive as reason:
                yield str(reason)
            except NotApplicable:
                continue

    def _outlived(self, exchange: Exchange) -> bool:
        try:
            return self._is_alive(exchange.request)
        except Inconclusive:
            return False

    def _schema_violations(self, requirement: Requirement) -> Callable[[Exchange], Iterable[Violation]]:
        def violations(exchange: Exchange) -> Iterable[Violation]:
            if not self.schemas.applies(requirement, exchange):
                raise NotApplicable("no answer holds what it speaks of")
            return self.schemas.verdict(exchange).violations.get(requirement.id, ())

        return violations

    def _concluded(self, requirement: Requirement, evidence: Evidence) -> Finding:
        if evidence.shown:
            groups = self._groups(requirement, evidence.shown)
            confirmed = self._repeating.confirmed(evidence)
            waiver = self._waivers.matching(requirement, [each.fingerprint for each in groups])
            departures = self._departures(requirement, (violation for each in evidence.shown for violation in each.violations))
            outcome = Outcome.WAIVED if waiver else Outcome.WARN if departures else broken(requirement, strict=self._strict)
            reason = f"waived until {waiver.expires}: {waiver.reason}" if waiver else _summary(groups)
            if departures and not waiver:
                reason = f"{ASKED_FOR}: {departures[0].says} {departures[0].citations[0]}"
            return Finding(requirement, outcome, reason, groups, evidence.judged, confirmed, departures)
        if evidence.inconclusive:
            return Finding(requirement, Outcome.INCONCLUSIVE, evidence.inconclusive[0], judged=evidence.judged)
        if evidence.judged:
            return Finding(requirement, Outcome.PASS, judged=evidence.judged)
        left_out = requirement.id in self._plan.left_out and requirement.id not in self._plan.cases
        if left_out or (evidence.unasked and not evidence.not_applicable):
            reason = "the budget left no request for it; give --depth deep or --max-requests"
            return Finding(requirement, Outcome.INCONCLUSIVE, reason)
        reason = evidence.not_applicable[0] if evidence.not_applicable else _unasked(requirement)
        return Finding(requirement, Outcome.NOT_APPLICABLE, reason)

    def _groups(self, requirement: Requirement, shown: Sequence[Shown]) -> tuple[Group, ...]:
        groups = group(requirement, (violation for each in shown for violation in each.violations))
        of = {id(violation): each for each in reversed(shown) for violation in each.violations}
        firsts = [each.first[0] for each in groups[:MOST_SHRUNK]]
        parts = [self._shrinking.smallest(requirement, each, of[id(each)]) for each in firsts]
        others = [""] * (len(groups) - len(parts))
        return tuple(replace(each, smallest=part) for each, part in zip(groups, [*parts, *others], strict=True))

    def _departures(self, requirement: Requirement, violations: Iterable[Violation]) -> tuple[Departure, ...]:
        """Where the document itself asks for all of *violations*; nothing when it does not for one of them."""
        names = dict.fromkeys(each.exchange.request.operation for each in violations)
        found = [self._provider.departure(requirement.id, name) for name in names]
        return tuple(dict.fromkeys(each for each in found if each)) if all(found) else ()


def _summary(groups: Sequence[Group]) -> str:
    first = groups[0].first[0]
    return f"{first.at}: expected {first.expected}, found {first.actual}"


def _unasked(requirement: Requirement) -> str:
    if requirement.check.name in BURSTS:
        return "it uses up the quota; give --probe-rate-limit to judge it"
    if requirement.check.name == "method":
        return "it needs a POST; give --allow-methods POST to judge it"
    return "no answer shows it"
