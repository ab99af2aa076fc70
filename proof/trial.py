"""Trials: one gateway, whole or broken, judged by the suite in this process."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.finding import Finding, Outcome
from conformance.options import Settings
from conformance.plan import READING, Permissions
from conformance.run import Run, World
from conformance.target import Target
from mockserver import create_app
from proof.in_process import InProcess
from specs.mutant import Mutant
from specs.provider import Provider

NOW = 1_795_219_200.0
"""2026-11-21: trials happen at a time that does not pass."""

KEY = "sk-proof"


@dataclass(frozen=True)
class Trial:
    """What the suite made of one gateway. *accused* are the requirements it found broken, in the order of its report."""

    findings: tuple[Finding, ...]
    sent: int
    refusal: str

    @property
    def accused(self) -> tuple[str, ...]:
        """The ids of the requirements that failed."""
        return tuple(each.requirement.id for each in self.findings if each.outcome is Outcome.FAIL)

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
) -> Trial:
    """Judges the mock of *provider*, broken as *mutant* says, with what that mutant needs to show."""
    app = create_app(
        {provider.id: provider},
        provider=provider.id,
        example=example,
        mutant=mutant.id if mutant else None,
        now=lambda: 1000.0,
    )
    target = Target("http://127.0.0.1", provider)
    settings = Settings(
        targets=(target,),
        key=KEY,
        depth=depth,
        strict=strict,
        seed=seed,
        permissions=Permissions(READING | methods, rate_limit or (mutant is not None and "probe-rate-limit" in mutant.needs)),
    )
    world = World(clock=lambda: 0.0, now=lambda: NOW, sleep=lambda _: None, transport=InProcess(app))
    run = Run(target, settings, world, provider.requirements)
    for _ in run.send():
        pass
    findings = tuple(run.find(each) for each in provider.requirements)
    run.close()
    return Trial(findings, run.budget.sent, run.refusal)
