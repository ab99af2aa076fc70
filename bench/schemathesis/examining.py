"""One provider's document in the hands of Schemathesis: its own engine, over a socket."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.config import SchemathesisConfig
from schemathesis.core import failures
from schemathesis.engine import Status, events, from_schema

from bench.fuzzer import document
from bench.schemathesis.failure import Failure
from bench.schemathesis.waiver import Waiver
from proof.trial import KEY
from specs import Provider

VERSION = str(schemathesis.__version__)


@dataclass
class Examined:
    """What came of it: *asked* is how often in each phase, *checks* how many were made.

    *unexplained* are failures by their kind, *explained* says how many each waiver explained, *errors* are what went wrong in
    Schemathesis itself, *seconds* the time it took.
    """

    provider: str
    asked: Counter[str] = field(default_factory=Counter)
    checks: int = 0
    operations: set[str] = field(default_factory=set)
    unexplained: dict[tuple[str, ...], Failure] = field(default_factory=dict)
    explained: Counter[Waiver] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0


def examine(provider: Provider, root: str, waivers: Sequence[Waiver], *, seed: int, examples: int) -> Examined:
    """What Schemathesis makes of *provider*, served at *root*, with up to so many *examples* for each operation and phase."""
    found = Examined(provider.id)
    schema = schemathesis.openapi.from_dict(document(provider), config=_config(provider, root, seed, examples))

    def filter_failure(_context: HookContext, failure: failures.Failure, case: Case, response: Response) -> bool:
        """Whether *failure* is one. What is dropped here does not end a phase, so that it hides nothing behind it."""
        seen = Failure(
            provider.id, case.operation.label, type(failure).checks, failure.title, failure.message, str(response.request.url)
        )
        waiver = next((each for each in waivers if each.explains(seen)), None)
        if waiver is not None:
            found.explained[waiver] += 1
            return False
        found.unexplained.setdefault(seen.kind, seen)
        return True

    schema.hook(filter_failure)
    begun = time.monotonic()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            found.asked[event.phase.value] += len(event.recorder.interactions)
            found.checks += sum(map(len, event.recorder.checks.values()))
            found.operations.update(each.value.operation.label for each in event.recorder.cases.values())
            found.errors += [f"{event.recorder.label}: it ended early" for _ in range(event.status is Status.ERROR)]
        elif isinstance(event, events.NonFatalError):
            found.errors.append(f"{event.label}: {event.info.title}: {event.info.message}")
        elif isinstance(event, events.FatalError):
            found.errors.append(f"{type(event.exception).__name__}: {event.exception}")
    found.seconds = time.monotonic() - begun
    return found


def _config(provider: Provider, root: str, seed: int, examples: int) -> SchemathesisConfig:
    """Every check, every phase, the good key where the document asks for one; nothing is kept from one run to the next."""
    schemes = provider.document.get("components", {}).get("securitySchemes", {})
    settings: dict[str, Any] = {
        "seed": seed,
        "base-url": root,
        "checks": {"enabled": True},
        "continue-on-failure": True,
        "generation": {"database": "none", "max-examples": examples},
    }
    if schemes:
        settings["auth"] = {"openapi": {name: {"bearer": KEY} for name in schemes}}
    return SchemathesisConfig.from_dict(settings)
