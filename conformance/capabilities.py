"""What a target has of what gateways of its contract may have or not: declared, or shown by its answers."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.case import NotApplicable, Scope
from conformance.choices import Choices
from conformance.message import Exchange, Request
from conformance.probes.authorization import WRONG
from conformance.strict_json import Unreadable
from conformance.transcript import Inconclusive, Transcript
from specs.contract import Asked, Capability
from specs.pointer import resolve
from specs.provider import Provider


def shows(provider: Provider, capability: Capability) -> Request:
    """The request whose answer shows whether a target has *capability*; others send it too."""
    base = Scope(provider, provider.operations[capability.operation], Choices()).base
    match capability.asked:
        case Asked.ANONYMOUS:
            return base.but(authorization=None)
        case Asked.WRONG_KEY:
            return base.but(authorization=f"Bearer {WRONG}")
    return base


def _missing(capability: Capability, answer: Exchange) -> str:
    """How *answer* says that the target does not have *capability*; an empty string when it has."""
    status = answer.response.status
    if status in capability.absent:
        return f"is answered {status}"
    if capability.holds is not None:
        try:
            resolve(answer.json, capability.holds)
        except (Unreadable, LookupError, ValueError):
            return f"is answered {status} without {capability.holds}"
    return ""


class Capabilities:
    """The capabilities of one target, each looked at when it is first needed. What is *declared* is not doubted."""

    def __init__(self, provider: Provider, transcript: Transcript, declared: Mapping[str, bool]) -> None:
        self._provider = provider
        self._transcript = transcript
        self.declared = declared
        self.found: dict[str, bool] = {}
        """What answers have shown so far, by name."""

    def lacking(self, name: str) -> str:
        """Why a requirement that needs the capability *name* does not apply; an empty string when it does.

        Raises `Inconclusive` when no answer shows it, and `NotApplicable` when it cannot be asked for.
        """
        capability = self._provider.capabilities[name]
        if name in self.declared:
            return "" if self.declared[name] else f"the target is declared to lack the capability {name}"
        asked = shows(self._provider, capability)
        missing = _missing(capability, self._transcript.ask(asked))
        # One id that is not found says little where others are: what else was asked from the list counts too.
        others = (each for each in self._transcript if each.request.picks and each.request == asked.but(path=each.request.path))
        if missing and not all(_missing(capability, each) for each in others):
            missing = ""
        self.found[name] = not missing
        way = {Asked.PLAIN: "", Asked.ANONYMOUS: " without a key", Asked.WRONG_KEY: " with a wrong key"}[capability.asked]
        return f"the target lacks the capability {name}: {capability.operation}{way} {missing}" if missing else ""

    def lacks(self, operation: str) -> bool:
        """Whether *operation* as a whole is one that the target may lack, and does."""
        for name, capability in self._provider.capabilities.items():
            if capability.offers(operation):
                try:
                    return bool(self.lacking(name))
                except (Inconclusive, NotApplicable):
                    return False
        return False

    def words(self) -> Mapping[str, str]:
        """For each capability that was declared or looked at, by name, one of found, absent, declared and declared absent."""
        words = {}
        for name in self._provider.capabilities:
            if name in self.declared:
                words[name] = "declared" if self.declared[name] else "declared absent"
            elif name in self.found:
                words[name] = "found" if self.found[name] else "absent"
        return words
