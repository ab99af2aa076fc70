"""Schemathesis as one of two testers: its own engine, in this process, with the OpenAPI document of a provider."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.python.asgi import shutdown_lifespans
from starlette.types import ASGIApp, Receive, Scope, Send

from bench.result import Result
from bench.targets import Served, Target, provider
from proof.trial import KEY
from specs.provider import Provider

VERSION = str(schemathesis.__version__)

PATIENCE_S = 120.0
"""Seconds of the processor after which it is stopped; what it has found until then counts."""


@dataclass(frozen=True)
class Budget:
    """How much Schemathesis may ask: so many *requests* at most, None for as many as it likes; *options* configure it."""

    requests: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


DEFAULTS = Budget()


def run(target: Target, served: Served, budget: Budget) -> Result:
    """What Schemathesis makes of *served* within *budget*."""
    known = provider(target.provider)
    schema = schemathesis.openapi.from_dict(document(known), config=_config(known, target.seed, served.root, budget))
    begun = time.process_time()

    def enough() -> bool:
        asked = budget.requests is not None and served.asked() >= budget.requests
        return asked or time.process_time() > begun + PATIENCE_S

    if served.root is None:
        schema.app = _watched(served.app, lambda: enough() and stream.stop())
    stream = from_schema(schema).execute()
    failures, errors, seen = set[str](), list[str](), 0
    for event in stream:
        if isinstance(event, events.ScenarioFinished):
            failures.update(_failures(event.recorder, None if budget.requests is None else budget.requests - seen))
            seen += len(event.recorder.interactions)
        elif isinstance(event, events.EngineFinished):
            failures.update(_named(each.operation, type(each).__name__, each.title, each.message) for each in event.failures)
        elif isinstance(event, events.NonFatalError):
            errors.append(f"{event.label}: {event.info.title}: {event.info.message}")
        elif isinstance(event, events.FatalError):
            errors.append(f"{type(event.exception).__name__}: {event.exception}")
        if enough():
            stream.stop()
    seconds = time.process_time() - begun
    if seconds > PATIENCE_S:
        errors.append(f"it was stopped after {PATIENCE_S:g} s")
    shutdown_lifespans()  # or it would keep every app that it was ever given
    asked = served.asked() if budget.requests is None else min(served.asked(), budget.requests)
    return Result(frozenset(failures), asked, seconds, tuple(errors))


def document(provider: Provider) -> dict[str, Any]:
    """The OpenAPI document of *provider*, overlay applied, with its operations at their whole paths."""
    made = copy.deepcopy(dict(provider.document))
    items = list(made["paths"].values())
    made["servers"] = [{"url": "http://127.0.0.1"}]
    made["paths"] = {
        operation.path: item
        for operation in provider.operations.values()
        for item in items
        if any(isinstance(each, dict) and each.get("operationId") == operation.id for each in item.values())
    }
    return made


def _config(provider: Provider, seed: int, root: str | None, budget: Budget) -> SchemathesisConfig:
    """Every check, every phase, the good key where the document asks for one; nothing is kept from one run to the next."""
    schemes = provider.document.get("components", {}).get("securitySchemes", {})
    settings: dict[str, Any] = {
        "seed": seed,
        "checks": {"enabled": True},
        "continue-on-failure": True,
        "generation": {"database": "none"},
        **budget.options,
    }
    if root is not None:
        settings["base-url"] = root
    if schemes:
        settings["auth"] = {"openapi": {name: {"bearer": KEY} for name in schemes}}
    return SchemathesisConfig.from_dict(settings)


def _watched(app: ASGIApp, look: Callable[[], object]) -> ASGIApp:
    """*app*, where somebody has a *look* after each answer: the engine tells of its scenarios only."""

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)
        look()

    return watched


def _failures(recorder: ScenarioRecorder, within: int | None) -> Iterator[str]:
    """What failed in the first so many exchanges of a scenario."""
    for case in list(recorder.interactions)[:within] if within is None or within > 0 else ():
        for check in recorder.checks.get(case, ()):
            if check.status is Status.FAILURE:
                failure = check.failure_info.failure
                yield _named(recorder.cases[case].value.operation.label, check.name, failure.title, failure.message)


def _named(operation: str, check: str, title: str, message: str) -> str:
    """What tells a failure from others: the first line of its message is in it, as it names the status found."""
    return f"{check} at {operation}: {title}: {message.partition(chr(10))[0]}"
