"""One run over one target: its plan, its transcript, its findings."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx2

from conformance.capabilities import Capabilities
from conformance.case import Case, NotApplicable
from conformance.choices import Choices
from conformance.client import Client, Limits
from conformance.finding import Finding, Outcome
from conformance.judge import Judge
from conformance.pace import Pace
from conformance.plan import Plan, budget, plan
from conformance.preflight import preflight
from conformance.replay import Replay
from conformance.settings import Settings
from conformance.target import Target
from conformance.transcript import Budget, Inconclusive, Transcript
from conformance.verdict import Verdict, verdict
from conformance.waivers import holding
from specs.requirement import Requirement


@dataclass(frozen=True)
class World:
    """What a run takes from outside: clocks in seconds, a way to wait and to say so, and for proofs one to send in-process.

    *chance* draws a number from 0 to 1.
    """

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    transport: httpx2.BaseTransport | None = None
    notice: Callable[[float], None] = lambda _: None
    chance: Callable[[], float] = random.random


@dataclass
class Run:
    """The state of judging one target; findings are added as they are made. *planned* is the plan, where it is known.

    *seconds* is how long the asking took; of a run that was kept, how long it took then. *pace* is that of all runs that
    share a limit.
    """

    target: Target
    settings: Settings
    world: World
    requirements: Sequence[Requirement]
    findings: list[Finding] = field(default_factory=list)
    refusal: str = ""
    planned: Plan | None = None
    seconds: float = 0.0
    pace: Pace | None = None

    def __post_init__(self) -> None:
        self._judged: dict[str, Finding] = {}
        settings, provider = self.settings, self.target.provider
        self.key = settings.key_for(self.target)
        self.kept = settings.replay.run(self.target) if settings.replay else None
        requests = budget(provider, settings.depth, settings.requests)
        selected = [provider.requirement(each) for each in self.kept.selected] if self.kept else self.requirements
        self.plan: Plan = self.planned or plan(provider, selected, requests, Choices(settings.seed), settings.permissions)
        self.budget = Budget(requests, settings.seconds, grace=settings.timeout)
        self.transcript = Replay(self.kept, self.budget) if self.kept else self._asking()
        self.now = self.kept.now if self.kept else self.world.now()
        self.today = datetime.fromtimestamp(self.now, tz=UTC).date()
        self.waivers = holding(settings.waivers, self.target.host, self.today)
        self.capabilities = Capabilities(provider, self.transcript, self.target.capabilities)
        self.judge = Judge(
            provider,
            self.transcript,
            self.plan,
            now=self.now,
            strict=settings.strict,
            waivers=self.waivers,
            capabilities=self.capabilities,
        )

    def _asking(self) -> Transcript:
        """A transcript that asks the target."""
        settings, world = self.settings, self.world
        client = Client(
            self.target,
            self.key,
            limits=Limits(timeout=settings.timeout),
            clock=world.clock,
            transport=world.transport,
            connection=settings.connection,
        )
        pace = Pace(world.clock, world.sleep, settings.rps, self.target.provider.rate_limit, world.notice)
        return Transcript(client, self.budget, self.pace or pace, world.clock, world.chance)

    def send(self) -> Iterator[tuple[int, int]]:
        """Sends the plan; yields (done, all) after each case. What the preflight finds no way to is not sent."""
        if self.kept:
            self.seconds = self.kept.seconds
            yield from self._send()
            return
        begun = self.world.clock()
        try:
            yield from self._send()
        finally:
            self.seconds = self.world.clock() - begun

    def _send(self) -> Iterator[tuple[int, int]]:
        settings = self.settings
        found = preflight(self.target, self.plan.lists(self.target.provider), self.transcript, settings.key, settings.key_env)
        self.refusal, self.judge.obstacles = found.refusal, found.obstacles
        if not self.refusal:
            yield from self._send_plan()
            self.judge.look_over(self.requirements)
            self._send_spare()
        self.transcript.rest()

    def _send_plan(self) -> Iterator[tuple[int, int]]:
        usual = [case for case in self.plan.order if case.until is None]
        for number, case in enumerate(self.plan.order, start=1):
            if not self.judge.obstacle(case):
                self._send_case(case)
            if number == len(usual):
                self._send_alone(usual)
            yield number, len(self.plan.order)

    def _send_alone(self, cases: Sequence[Case]) -> None:
        """Sends alone what was asked together with others and was not right, before anything is tried again."""
        for case in cases:
            if not self.judge.obstacle(case) and (alone := self.judge.settled(case)) is not case:
                self._send_case(alone)

    def _send_spare(self) -> None:
        """Sends what takes a part of the reserve, where judging all else has left that, and what comes behind it."""
        plan, budget = self.plan, self.budget
        if not plan.spare or any(map(self.judge.obstacle, plan.spare)):
            return
        budget.kept = len(plan.held - plan.spared)
        judged: dict[str, Finding] = {}
        for each in self.requirements:
            # An error of ours comes again, and is told, where the requirement has its turn.
            with contextlib.suppress(Exception):
                judged[each.id] = self.judge.finding(each)
        if budget.sent + len(plan.held) < budget.requests:
            self._send_case(plan.spare[0])
        budget.kept = 0
        for case in plan.spare[1:]:
            self._send_case(case)
        self._judged = {name: found for name, found in judged.items() if found.groups or not plan.waits(found.requirement)}

    def _send_case(self, case: Case) -> None:
        with contextlib.suppress(Inconclusive, NotApplicable):
            for request in case.requests:
                self.budget.saved += self.transcript.known(request)
                answer = self.transcript.ask(request, case.expects, burst=case.until is not None)
                if answer.response.status == case.until:
                    break

    def judge_all(self) -> None:
        """Judges every requirement, in their order; `find` then has only to take note."""
        for each in self.requirements:
            if each.id not in self._judged:
                self._judged[each.id] = self._finding(each)

    def find_judged(self) -> None:
        """Adds the findings on all that was judged and is not among the findings yet."""
        found = {each.requirement.id for each in self.findings}
        for each in self.requirements:
            if each.id in self._judged and each.id not in found:
                self.find(each)

    def halt(self) -> None:
        """Ends what another thread does for this run, as soon as it looks up."""
        self.transcript.halted = True
        self.transcript.client.cut()

    def find(self, requirement: Requirement) -> Finding:
        """The finding on *requirement*, which is added to the findings."""
        finding = self._judged[requirement.id] if requirement.id in self._judged else self._finding(requirement)
        self.findings.append(finding)
        return finding

    def _finding(self, requirement: Requirement) -> Finding:
        if self.refusal:
            return Finding(requirement, Outcome.INCONCLUSIVE, self.refusal)
        return self.judge.finding(requirement)

    @property
    def verdict(self) -> Verdict:
        """The verdict so far; one that would be good is none as long as requirements are left."""
        so_far = verdict(self.findings)
        whole = len(self.findings) == len(self.requirements)
        return so_far if whole or so_far in (Verdict.BROKEN, Verdict.OUR_ERROR) else Verdict.INTERRUPTED

    @property
    def undeclared(self) -> list[str]:
        """Members in the answers that the contract does not know, as pointers with ``*``, each once.

        When the time is over, those of the answers that were looked at until then.
        """
        found: set[str] = set()
        for exchange in self.transcript:
            try:
                self.transcript.check_time()
            except Inconclusive:
                break
            found |= self.judge.schemas.verdict(exchange).undeclared
        return sorted(found)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the verdict, or the key, less safe than it looks, one sentence each."""
        connection, spoken = self.settings.connection, self.transcript.client.protocols
        found = connection.warnings(self.target.root, key=self.key is not None)
        if self.kept and not self.kept.complete:
            found = ("the run that was recorded was ended early, so some answers are missing", *found)
        if connection.http2 and spoken and "HTTP/2" not in spoken:
            return (*found, f"--http2: the target speaks {' and '.join(sorted(spoken))} only")
        return found

    def close(self) -> None:
        """Closes the connections."""
        self.transcript.client.close()
