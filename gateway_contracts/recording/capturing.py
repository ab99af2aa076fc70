"""Asking a live gateway for everything that is wanted of it: all of it, or a reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.capabilities import Capabilities
from conformance.case import NotApplicable, listed
from conformance.message import Exchange
from conformance.preflight import preflight
from conformance.target import Target
from conformance.transcript import Inconclusive, Transcript
from gateway_contracts.recording.wanted import Wanted


class Incomplete(Exception):
    """The gateway did not answer what has to be known, so nothing is recorded; ``str()`` says why in one sentence."""


@dataclass(frozen=True)
class Captured:
    """What came of *wanted*: an answer, or the *reason* why it is not recorded; *whole*: nothing is missing without it."""

    wanted: Wanted
    answer: Exchange | None = None
    reason: str = ""
    whole: bool = True


def capture(
    target: Target, everything: Sequence[Wanted], transcript: Transcript, key: str | None, key_env: str
) -> tuple[Captured, ...]:
    """What *target* answers to *everything*. Raises `Incomplete` where something is not answered, or no list is one."""
    operations = target.provider.operations
    lists = [each.request for each in everything if each.plain and operations[each.request.operation].retrieves is None]
    found = preflight(target, lists, transcript, key, key_env)
    standing = [found.obstacles.get(each.operation) for each in lists]
    if found.refusal or all(standing):
        raise Incomplete(found.refusal or next(each.reason for each in standing if each))
    capabilities = Capabilities(target.provider, transcript, target.capabilities)
    captured = []
    for each in everything:
        operation = each.request.operation
        if operation in found.obstacles:
            captured.append(Captured(each, reason=found.obstacles[operation].reason, whole=not each.plain))
        elif capabilities.lacks(operation):
            captured.append(Captured(each, reason="the gateway does not offer it"))
        else:
            captured.append(_captured(each, transcript))
    return tuple(captured)


def _captured(wanted: Wanted, transcript: Transcript) -> Captured:
    try:
        exchange = transcript.ask(wanted.request, wanted.statuses)
    except NotApplicable as error:
        return Captured(wanted, reason=str(error))
    except Inconclusive as error:
        raise Incomplete(str(error)) from None
    if exchange.response.status in wanted.statuses:
        left = _models(exchange, transcript) if wanted.empty else 0
        return Captured(wanted, exchange) if not left else Captured(wanted, reason=f"it leaves {left} models")
    expected = "200" if wanted.plain else "an error" if min(wanted.statuses) >= 400 else str(min(wanted.statuses))
    reason = f"it is answered {exchange.response.status}, and not {expected}"
    return Captured(wanted, reason=reason, whole=not wanted.plain)


def _models(exchange: Exchange, transcript: Transcript) -> int:
    """How many models the list in *exchange* has; none where it has no array of them."""
    items = transcript.client.target.provider.operations[exchange.request.operation].items
    try:
        return len(listed(exchange, items)) if items else 0
    except NotApplicable:
        return 0
