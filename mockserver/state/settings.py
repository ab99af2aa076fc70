"""The settings of a session as its JSON document says them: what the schema of the document cannot check is checked here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver import preferences
from mockserver.chaos import Chaos
from mockserver.errors import UsageError
from mockserver.faults import FAULTS, find
from mockserver.faults.injecting import wishes
from mockserver.faults.treatment import treatment
from mockserver.keys import KeyTable
from mockserver.limiter import Limit
from mockserver.preferences import VIEW, PreferenceError, Preferences
from mockserver.state.sequence import End, Sequence, Step
from mockserver.state.session import TTL_S, Session
from mockserver.view import WHOLE, View
from specs import Provider
from specs.contract import Operation


@dataclass
class Settings:
    """Reads settings for sessions that these *providers* serve, which may be replaced."""

    providers: Mapping[str, Provider]

    def session(self, id: str, document: Mapping[str, Any], revision: int = 0) -> Session:
        """The session *id* of *document*, which fits its schema; raises UsageError, with a sentence, for what cannot be."""
        provider = document.get("provider")
        if provider is not None and provider not in self.providers:
            raise UsageError(f"provider {provider!r}: expected one of {', '.join(self.providers)}")
        seed = document.get("seed", 0)
        chaos = document.get("chaos") or {}
        limit = document.get("limit")
        keys = document.get("keys")
        return Session(
            id=id,
            provider=provider,
            ttl_s=document.get("ttl_s", TTL_S),
            fault=wishes(document["fault"]) if document.get("fault") else {},
            view=_view(document["serve"]) if document.get("serve") else WHOLE,
            sequences=tuple(self._sequence(each) for each in document.get("sequences") or ()),
            chaos=self.chaos(chaos.get("rates", {}), seed, chaos.get("until")),
            limit=_limit(limit) if isinstance(limit, dict) else None,
            documented_limits=limit in (None, True),
            keys=KeyTable.read(keys) if keys is not None else None,
            document=document,
            revision=revision,
        )

    def chaos(self, rates: Mapping[str, float], seed: int, until: float | None = None) -> Chaos:
        """Chaos with *rates*; raises UsageError for what is neither a fault nor a status that everyone can answer."""
        named = {}
        for name, rate in rates.items():
            fault = find(name)
            if fault is None and name not in self._statuses():
                valid = ", ".join((*self._statuses(), *FAULTS))
                raise UsageError(
                    f"chaos {name}: expected a status that every operation has a recording of or a fault, one of {valid}"
                )
            named[fault.name if fault else name] = rate
        return Chaos.of(named, seed, until)

    def _statuses(self) -> list[str]:
        """Chaos has to be answerable everywhere, in each provider's own shape."""
        common = [
            {each.status for each in provider.recordings if each.operation == operation}
            for provider in self.providers.values()
            for operation in provider.operations
        ]
        return [str(status) for status in sorted(set.intersection(*common)) if status >= 400] if common else []

    def _sequence(self, document: Mapping[str, Any]) -> Sequence:
        provider, operation = document.get("provider"), document.get("operation")
        concerned = list(self._concerned(provider, operation))
        if not concerned:
            raise UsageError(
                f"sequence: found no operation {operation!r} of provider {provider!r}; expected ids that are served"
            )
        steps = tuple(_step(each, concerned) for each in document["steps"])
        return Sequence(steps, End(document.get("on_end", "stay")), provider, operation)

    def _concerned(self, provider: str | None, operation: str | None) -> Iterator[tuple[Provider, Operation]]:
        for each in self.providers.values():
            if provider in (None, each.id):
                yield from ((each, one) for one in each.operations.values() if operation in (None, one.id))


def _step(document: Mapping[str, Any], concerned: Iterable[tuple[Provider, Operation]]) -> Step:
    text = document.get("prefer", "")
    asked = _preferences(text)
    try:
        treatment(asked.others)
        WHOLE.asked(asked.viewed)
    except PreferenceError as error:
        raise UsageError(f"step {text!r}: {error.detail}") from None
    known = {each for provider, operation in concerned for each in _answers(provider, operation)}
    if asked.code is not None and asked.code not in {str(status) for status, _ in known}:
        valid = ", ".join(sorted({str(status) for status, _ in known}))
        raise UsageError(f"step {text!r}: found the code {asked.code!r}, expected one of {valid}")
    if asked.example is not None and not any(
        label == asked.example and asked.code in (None, str(status)) for status, label in known
    ):
        valid = ", ".join(sorted({label for status, label in known if asked.code in (None, str(status))}))
        raise UsageError(f"step {text!r}: found the example {asked.example!r}, expected one of {valid}")
    for_s = document.get("for_s")
    return Step(asked, document.get("times", 1) if for_s is None else None, for_s)


def _answers(provider: Provider, operation: Operation) -> Iterator[tuple[int, str]]:
    """The statuses and labels that *operation* can be answered with; one that retrieves looks into any list."""
    listed = operation.retrieves.operation if operation.retrieves else None
    for each in provider.recordings:
        if each.operation == operation.id or (each.operation == listed and each.status == 200):
            yield each.status, each.label
    yield 200, ""


def _view(text: str) -> View:
    asked = _preferences(text)
    if asked.code is not None or asked.others.keys() - set(VIEW):
        raise UsageError(
            f"serve {text!r}: expected what of the catalogue is served, such as example=empty; one of {', '.join(VIEW)}"
        )
    try:
        return WHOLE.asked(asked.viewed)
    except PreferenceError as error:
        raise UsageError(f"serve {text!r}: {error.detail}") from None


def _preferences(text: str) -> Preferences:
    try:
        return preferences.read(text, {})
    except PreferenceError as error:
        raise UsageError(f"{text!r}: {error.detail}") from None


def _limit(document: Mapping[str, Any]) -> Limit:
    try:
        return Limit.read(document)
    except ValueError as error:
        raise UsageError(str(error)) from None
