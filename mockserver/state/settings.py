"""The settings of a session as its JSON document says them: what the schema of the document cannot check is checked here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mockserver import preferences
from mockserver.chaos import NO_CHAOS, Chaos
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
        """The session *id* of *document*, which fits its schema.

        Raises UsageError for what cannot be, with a sentence that says where by a JSON pointer (RFC 6901).
        """
        provider = document.get("provider")
        limit = document.get("limit")
        keys = document.get("keys")
        with _at("/provider"):
            if provider is not None and provider not in self.providers:
                raise UsageError(f"found {provider!r}, expected one of {', '.join(self.providers)}")
        with _at("/fault"):
            fault = wishes(document["fault"]) if "fault" in document else {}
        with _at("/serve"):
            view = self._view(document["serve"], provider) if "serve" in document else WHOLE
        with _at("/limit"):
            own_limit = _limit(limit) if isinstance(limit, dict) else None
        return Session(
            id=id,
            provider=provider,
            ttl_s=document.get("ttl_s", TTL_S),
            fault=fault,
            view=view,
            sequences=tuple(self._sequences(document.get("sequences", ()))),
            chaos=self._chaos(document["chaos"], document.get("seed", 0)) if "chaos" in document else NO_CHAOS,
            limit=own_limit,
            documented_limits=limit in (None, True),
            keys=KeyTable.read(keys) if keys is not None else None,
            document=document,
            revision=revision,
        )

    def chaos(self, rates: Mapping[str, float], seed: int, until: float | None = None) -> Chaos:
        """Chaos with *rates*; raises UsageError for what is neither a fault nor a status that everyone can answer."""
        named: dict[str, float] = {}
        for name, rate in rates.items():
            fault = find(name)
            if fault is None and name not in self._statuses():
                valid = ", ".join((*self._statuses(), *FAULTS))
                raise UsageError(
                    f"chaos {name}: expected a status that every operation has a recording of or a fault, one of {valid}"
                )
            known = fault.name if fault else name
            if known in named:
                raise UsageError(f"chaos {name}: found {known} twice, expected each once")
            named[known] = rate
        return Chaos.of(named, seed, until)

    def _statuses(self) -> list[str]:
        """Chaos has to be answerable everywhere, in each provider's own shape."""
        common = [
            {each.status for each in provider.recordings if each.operation == operation}
            for provider in self.providers.values()
            for operation in provider.operations
        ]
        return [str(status) for status in sorted(set.intersection(*common)) if status >= 400] if common else []

    def _chaos(self, document: Mapping[str, Any], seed: int) -> Chaos:
        with _at("/chaos"):
            if "rates" not in document:
                raise UsageError("found no member rates, expected the probability of each failure")
            return self.chaos(document["rates"], seed, document.get("until"))

    def _view(self, text: str, provider: str | None) -> View:
        asked = _preferences(text)
        if asked.code is not None or asked.others.keys() - set(VIEW):
            valid = ", ".join(VIEW)
            raise UsageError(
                f"found {text!r}, expected what of the catalogue is served, such as example=empty; some of {valid}"
            )
        served = [each for each in self.providers.values() if provider in (None, each.id)]
        labels = {each.label for one in served for each in one.recordings if each.status == 200}
        if asked.example is not None and asked.example not in labels:
            raise UsageError(f"found the example {asked.example!r}, expected one of {', '.join(sorted(labels))}")
        return _viewed(asked)

    def _sequences(self, documents: Iterable[Mapping[str, Any]]) -> Iterator[Sequence]:
        for index, document in enumerate(documents):
            at = f"/sequences/{index}"
            provider, operation = document.get("provider"), document.get("operation")
            concerned = list(self._concerned(provider, operation))
            with _at(at):
                if not concerned:
                    raise UsageError(f"found {_named(provider, operation)}, expected ids that are served")
            known = {each for one in concerned for each in _answers(*one)}
            steps = tuple(_step(each, known, f"{at}/steps/{number}") for number, each in enumerate(document["steps"]))
            yield Sequence(steps, End(document.get("on_end", "stay")), provider, operation)

    def _concerned(self, provider: str | None, operation: str | None) -> Iterator[tuple[Provider, Operation]]:
        for each in self.providers.values():
            if provider in (None, each.id):
                yield from ((each, one) for one in each.operations.values() if operation in (None, one.id))


@contextmanager
def _at(pointer: str) -> Iterator[None]:
    """A UsageError inside says that the body is wrong at *pointer*."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"The body at {pointer}: {error}") from None


def _named(provider: str | None, operation: str | None) -> str:
    named = [f"the operation {operation!r}"] if operation is not None else []
    return " of ".join([*named, f"the provider {provider!r}"] if provider is not None else named) or "no provider at all"


def _step(document: Mapping[str, Any], known: AbstractSet[tuple[int, str]], at: str) -> Step:
    """One step, where the statuses and labels are *known* that can be answered."""
    with _at(f"{at}/prefer"):
        asked = _preferences(document.get("prefer", ""))
        _check(asked, known)
    for_s = document.get("for_s")
    return Step(asked, document.get("times", 1) if for_s is None else None, for_s)


def _check(asked: Preferences, known: AbstractSet[tuple[int, str]]) -> None:
    """Raises UsageError where no operation can be answered as *asked*."""
    try:
        treatment(asked.others)
    except PreferenceError as error:
        raise UsageError(error.detail) from None
    _viewed(asked)
    codes = {str(status) for status, _ in known}
    if asked.code is not None and asked.code not in codes:
        raise UsageError(f"found the code {asked.code!r}, expected one of {', '.join(sorted(codes))}")
    labels = {label for status, label in known if label and asked.code in (None, str(status))}
    if asked.example is not None and asked.example not in labels:
        raise UsageError(f"found the example {asked.example!r}, expected one of {', '.join(sorted(labels))}")
    others = [name for name in asked.viewed if name != "example"]
    if others and asked.code not in (None, "200"):
        raise UsageError(f"found {others[0]} beside the code {asked.code}, expected it with an answer 200 alone")


def _answers(provider: Provider, operation: Operation) -> Iterator[tuple[int, str]]:
    """The statuses and labels that *operation* can be answered with; one that retrieves looks into any list."""
    listed = operation.retrieves.operation if operation.retrieves else None
    for each in provider.recordings:
        if each.operation == operation.id or (each.operation == listed and each.status == 200):
            yield each.status, each.label
    yield 200, ""


def _viewed(asked: Preferences) -> View:
    try:
        return WHOLE.asked(asked.viewed)
    except PreferenceError as error:
        raise UsageError(error.detail) from None


def _preferences(text: str) -> Preferences:
    try:
        return preferences.read(text, {})
    except PreferenceError as error:
        raise UsageError(error.detail) from None


def _limit(document: Mapping[str, Any]) -> Limit:
    try:
        return Limit.read(document)
    except ValueError as error:
        raise UsageError(str(error).removeprefix("limit: ")) from None
