"""What pytest collects: this file stands for the contract of the target, each requirement is one item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance.configuration import settings
from conformance.evidence import text
from conformance.finding import Finding, Outcome
from conformance.pace import Host, Pace
from conformance.plan import Plan
from conformance.run import Run, World
from conformance.settings import Settings
from conformance.target import Target
from specs.errors import SpecError
from specs.requirement import Requirement

SETTINGS = pytest.StashKey[Settings]()
RUNS = pytest.StashKey[list[Run]]()
USAGE = pytest.StashKey[str]()


class Broken(Exception):
    """A requirement is broken; carries the finding's text."""


class Contract(pytest.File):
    """The requirements of every target."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each requirement; a usage error is kept for later, so that it stays one line."""
        self.config.stash[RUNS] = []
        try:
            found = self.config.stash[SETTINGS] = settings(self.config)
        except pytest.UsageError as error:
            self.config.stash[USAGE] = str(error)
            return
        for target in found.targets:
            prefix = f"{target.name or target.provider.id}/" if target.name or len(found.targets) > 1 else ""
            selected = found.replay.run(target).selected if found.replay else None
            for requirement in target.provider.requirements:
                if selected is not None and requirement.id not in selected:
                    continue
                yield RequirementItem.from_parent(
                    self, name=f"{prefix}{requirement.id}", requirement=requirement, target=target
                )


class RequirementItem(pytest.Item):
    """One requirement of one target."""

    def __init__(self, *, requirement: Requirement, target: Target, **rest: Any) -> None:
        super().__init__(**rest)
        self.requirement = requirement
        self.target = target
        self.run: Run | None = None
        self.finding: Finding | None = None

    def runtest(self) -> None:
        """Judges the requirement; raises `Broken` when it fails, and skips when there is nothing to judge."""
        if self.run is None:
            raise RuntimeError(f"{self.name} was not planned")
        self.finding = self.run.find(self.requirement)
        self.user_properties.append(("outcome", self.finding.outcome.value))
        if self.finding.outcome is Outcome.FAIL:
            settings = self.run.settings
            shown = text(self.finding, self.run.target, settings.key_env, settings.connection, settings.command)
            raise Broken(settings.hidden(shown))
        if self.finding.outcome in (Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE):
            pytest.skip(self.run.settings.hidden(f"{self.finding.outcome.value}: {self.finding.reason}"))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The finding for a broken requirement, a traceback for an error of ours."""
        if isinstance(excinfo.value, Broken | SpecError):
            return str(excinfo.value)
        shown = super().repr_failure(excinfo, style)
        hidden = self.run.settings.hidden(str(shown)) if self.run else str(shown)
        return shown if hidden == str(shown) else hidden

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Where pytest says it is."""
        return self.path, None, self.name


def runs(config: pytest.Config, items: list[pytest.Item], world: Callable[[Target], World]) -> list[Run]:
    """A run for each target that has selected *items*, which are told of it, in its *world*. Raises pytest.UsageError."""
    found = config.stash[SETTINGS]
    made: list[Run] = []
    hosts: dict[str, Host] = defaultdict(Host)
    paces: dict[tuple[str, str, str | None], Pace] = {}
    plans: dict[tuple[str, str, tuple[str, ...]], Plan] = {}
    for target in found.targets:
        own = [each for each in items if isinstance(each, RequirementItem) and each.target is target]
        if not own:
            continue
        settings, here, provider = found.of(target), world(target), target.provider
        # What a limit counts, and says of itself, is the same for all that ask by one contract and with one key.
        limited = (target.origin, provider.id, settings.key)
        if limited not in paces:
            paces[limited] = Pace(here.clock, here.sleep, settings.rps, provider.rate_limit, here.notice, hosts[target.origin])
        # Making a plan takes longer than anything else here, and equal ones are one.
        asks = (provider.id, settings.depth, tuple(each.requirement.id for each in own))
        planned = None if found.replay else plans.get(asks)
        try:
            run = Run(target, settings, here, [each.requirement for each in own], planned=planned, pace=paces[limited])
        except SpecError as error:
            raise pytest.UsageError(str(error)) from None
        plans[asks] = run.plan
        for each in own:
            each.run = run
        made.append(run)
    return made
