"""Trials: one gateway, whole or broken, judged by the suite in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx2
from starlette.types import ASGIApp

from conformance.finding import Finding, Outcome
from conformance.plan import READING, Permissions, Plan
from conformance.run import Run, World
from conformance.settings import Settings
from conformance.target import Target
from mockserver import create_app
from proof.in_process import InProcess
from specs.mutant import Mutant
from specs.provider import Provider
from specs.requirement import Lens

NOW = 1_795_219_200.0
"""2026-11-21: trials happen at a time that does not pass."""

KEY = "sk-proof"

EVERYTHING = Permissions(READING | {"POST"})
"""What the suite may do to a mock, but for using up its quota."""


@dataclass(frozen=True)
class Trial:
    """What the suite made of one gateway. *accused* are the requirements it found broken, in the order of its report."""

    findings: tuple[Finding, ...]
    sent: int
    refusal: str
    plan: Plan

    @property
    def accused(self) -> tuple[str, ...]:
        """The ids of the requirements that failed."""
        return tuple(each.requirement.id for each in self.findings if each.outcome is Outcome.FAIL)

    def accused_by(self, lens: Lens) -> tuple[str, ...]:
        """Those of the accused that look at a gateway through *lens*."""
        return tuple(
            each.requirement.id for each in self.findings if each.outcome is Outcome.FAIL and each.requirement.lens is lens
        )

    @property
    def inconclusive(self) -> tuple[str, ...]:
        """The ids of the requirements that could not be judged."""
        return tuple(each.requirement.id for each in self.findings if each.outcome is Outcome.INCONCLUSIVE)


def trial(
    provider: Provider,
    mutant: Mutant | None = None,
    *,
    example: str | None = None,
    depth: str = "standard",
    seed: int = 0,
    strict: bool = True,
    rate_limit: bool = False,
    methods: frozenset[str] = frozenset({"POST"}),
    around: Callable[[ASGIApp], ASGIApp] = lambda app: app,
    planned: Plan | None = None,
) -> Trial:
    """Judges the mock of *provider*, broken as *mutant* says, with what that mutant needs to show.

    *around* is given the mock and returns the app that is judged. *planned* is the plan, where another trial of the
    same provider with the same options has made it.
    """
    app = create_app(
        {provider.id: provider},
        provider=provider.id,
        example=example,
        mutant=mutant.id if mutant else None,
        now=lambda: 1000.0,
    )
    permissions = Permissions(READING | methods, rate_limit or (mutant is not None and "probe-rate-limit" in mutant.needs))
    return judged(
        provider, InProcess(around(app)), depth=depth, seed=seed, strict=strict, permissions=permissions, planned=planned
    )


def judged(
    provider: Provider,
    transport: httpx2.BaseTransport,
    *,
    root: str = "http://127.0.0.1",
    key: str = KEY,
    depth: str = "standard",
    seed: int = 0,
    strict: bool = True,
    permissions: Permissions = EVERYTHING,
    clock: Callable[[], float] = lambda: 0.0,
    sleep: Callable[[float], None] = lambda _: None,
    planned: Plan | None = None,
) -> Trial:
    """Judges by the contract of *provider* what answers over *transport* at *root*; time passes as *clock* says."""
    # The mock has everything that its contract speaks of: to lack something is a breach, and not another kind of gateway.
    target = Target(root, provider, dict.fromkeys(provider.capabilities, True))
    settings = Settings(targets=(target,), key=key, depth=depth, strict=strict, seed=seed, permissions=permissions)
    world = World(clock=clock, now=lambda: NOW, sleep=sleep, transport=transport)
    run = Run(target, settings, world, provider.requirements, planned=planned)
    for _ in run.send():
        pass
    findings = tuple(run.find(each) for each in provider.requirements)
    run.close()
    return Trial(findings, run.budget.sent, run.refusal, run.plan)
