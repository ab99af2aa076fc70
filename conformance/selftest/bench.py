"""A test bench: the parts of the suite put together over a scripted gateway, without pytest around them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from conformance.case import Case, NotApplicable, Probe, Scope
from conformance.choices import Choices
from conformance.client import Client, Limits
from conformance.finding import Finding, Violation
from conformance.message import Exchange, Request, Response
from conformance.pace import Pace
from conformance.run import Run, World
from conformance.selftest.acme import KEY
from conformance.selftest.gateway import Script, Transport
from conformance.settings import Settings
from conformance.strict_json import Unreadable
from conformance.target import Target
from conformance.transcript import Budget, Inconclusive, Transcript
from specs import Provider
from specs.requirement import Requirement

NOW = 1_795_219_200.0
"""2026-11-21, in seconds since 1970."""


@dataclass
class Clock:
    """A clock that moves when somebody waits, or by *step* at each look."""

    now: float = 0.0
    step: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        self.now += self.step
        return self.now

    def sleep(self, seconds: float) -> None:
        """Waits without waiting."""
        self.slept.append(seconds)
        self.now += seconds


def target(provider: Provider, root: str = "http://127.0.0.1") -> Target:
    """*provider* at *root*."""
    return Target(root, provider)


def client(provider: Provider, script: Script, *, key: str | None = KEY, **options: Any) -> Client:
    """A client of *script*."""
    return Client(target(provider), key, transport=Transport(script), **options)


def transcript(
    provider: Provider,
    transport: httpx2.BaseTransport,
    requests: int = 100,
    clock: Clock | None = None,
    chance: Callable[[], float] = lambda: 0.0,
) -> Transcript:
    """A transcript of what *transport* answers, within *requests*."""
    clock = clock or Clock()
    sender = Client(target(provider), KEY, limits=Limits(), clock=clock, transport=transport)
    return Transcript(sender, Budget(requests, 600.0, grace=30.0), Pace(clock, clock.sleep), clock, chance)


def exchange(body: Any, *, request: Request | None = None, status: int = 200, **headers: str) -> Exchange:
    """An answer with *body*: bytes as they are, anything else as JSON."""
    asked = request or Request("listModels")
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Exchange(asked, asked, "http://127.0.0.1/v1/models", Response(status, fields, content))


@dataclass(frozen=True)
class Probed:
    """What a probe found: violations, and why cases did not apply."""

    violations: tuple[Violation, ...]
    not_applicable: tuple[str, ...]
    cases: tuple[Case, ...]

    @property
    def kinds(self) -> set[str]:
        """The kinds of the violations."""
        return {each.kind for each in self.violations}


def probe(probe: Probe, provider: Provider, script: Script, operation: str = "listModels", seed: int = 0) -> Probed:
    """Puts every case of *probe* to *script*, and judges the answers."""
    asked = transcript(provider, Transport(script), 1000)
    scope = Scope(provider, provider.operations[operation], Choices(seed))
    cases = tuple(probe.cases(scope))
    violations: list[Violation] = []
    not_applicable: list[str] = []
    for case in cases:
        try:
            violations += case.judge(list(_answers(asked, case)))
        except (NotApplicable, Unreadable, Inconclusive) as reason:
            not_applicable.append(str(reason))
    return Probed(tuple(violations), tuple(not_applicable), cases)


def _answers(asked: Transcript, case: Case) -> Iterator[Exchange]:
    for request in case.requests:
        answer = asked.ask(request, case.expects | {429}, burst=case.until is not None)
        yield answer
        if answer.response.status == case.until:
            return


def settings(provider: Provider, **changes: Any) -> Settings:
    """What a run is asked to do when nothing is said, with *changes*."""
    return dataclasses.replace(Settings(targets=(target(provider),), key=KEY), **changes)


def run(provider: Provider, script: Script, only: Iterable[str] | None = None, **changes: Any) -> Run:
    """A whole run over *script*, sent and judged; *only* selects requirements by id."""
    chosen: list[Requirement] = [each for each in provider.requirements if only is None or each.id in set(only)]
    clock = Clock()
    asked = settings(provider, **changes)
    made = Run(asked.targets[0], asked, World(clock, lambda: NOW, clock.sleep, Transport(script)), chosen)
    for _ in made.send():
        pass
    for each in chosen:
        made.find(each)
    return made


def findings(of: Run) -> dict[str, Finding]:
    """The findings of a run by requirement."""
    return {each.requirement.id: each for each in of.findings}
