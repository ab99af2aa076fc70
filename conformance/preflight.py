"""Before anything is judged: the plain lists must answer with the key, or nothing that follows would mean anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conformance.case import LONGEST_LOCATION
from conformance.message import Exchange, Request
from conformance.strict_json import Unreadable
from conformance.target import Target
from conformance.transcript import Inconclusive, Transcript
from specs.contract import Authentication, Items
from specs.pointer import resolve
from specs.requirement import Requirement


@dataclass(frozen=True)
class Obstacle:
    """Why an operation cannot be judged: *reason*, one sentence.

    *breaks* is the probe whose requirement that breaks, ``answers`` or ``media-type``; it is empty where the gateway
    may well be innocent.
    """

    reason: str
    breaks: str = ""

    def is_for(self, requirement: Requirement) -> bool:
        """Whether *requirement* is the one that it breaks."""
        return bool(self.breaks) and requirement.check.name == self.breaks


@dataclass(frozen=True)
class Preflight:
    """What stands in the way of judging: *refusal* of everything, in one sentence, or *obstacles* by operation."""

    refusal: str = ""
    obstacles: Mapping[str, Obstacle] = field(default_factory=dict)


@dataclass(frozen=True)
class _Known:
    """What speaks for the target and the key: another list is *alive*, and one that needs a key *trusts* this one."""

    target: Target
    alive: bool
    trusts: bool
    refused: str


def preflight(target: Target, lists: Sequence[Request], transcript: Transcript, key: str | None, key_env: str) -> Preflight:
    """What the answers to *lists*, the plain list of each operation that has one, say of judging *target*.

    A redirect breaks the contract, and is not followed. No list may also mean a wrong target or key, an outage or a
    challenge; it breaks the contract only where something shows that it is none of these.
    """
    answers: dict[str, Exchange] = {}
    for request in lists:
        try:
            answers[request.operation] = transcript.ask(request)
        except Inconclusive as reason:
            if not answers:
                return Preflight(str(reason))
    operations = target.provider.operations
    well = [name for name, exchange in answers.items() if exchange.response.status == 200 and _holds_json(exchange)]
    trusts = any(operations[name].authentication is Authentication.REQUIRED for name in well)
    refused = f"the key in {key_env} was refused"
    if key is None:
        refused = f"no key is in the environment variable {key_env}, put one there"
    known = _Known(target, bool(well), trusts, refused)
    found = {name: _obstacle(exchange, operations[name].items, known) for name, exchange in answers.items()}
    obstacles = {name: each for name, each in found.items() if each}
    if len(obstacles) == len(answers) and not any(each.breaks for each in obstacles.values()):
        return Preflight(next(each.reason for each in obstacles.values()))
    sources = {each.id: each.retrieves.operation for each in operations.values() if each.retrieves}
    behind = {name: Obstacle(obstacles[source].reason) for name, source in sources.items() if source in obstacles}
    return Preflight(obstacles={**obstacles, **behind})


def _obstacle(exchange: Exchange, items: Items | None, known: _Known) -> Obstacle | None:
    where, status = f"GET {exchange.url} answered {exchange.response.status}", exchange.response.status
    if 300 <= status < 400:
        to = exchange.response.header("Location") or "nowhere"
        hint = "redirects are not followed, name the new target"
        return Obstacle(f"{where}, a redirect to {to[:LONGEST_LOCATION]}; {hint}", "answers")
    if status in (401, 403) and not _is_page(exchange):
        if known.trusts:
            return Obstacle(f"{where} to a key that is good for another list", "answers")
        return Obstacle(f"{where}: {known.refused}")
    if status in (404, 410):
        if known.alive:
            return Obstacle(f"{where}: nothing is there, although another list is answered", "answers")
        asks = "does the URL name the gateway's root, and is the provider the right one?"
        there = known.target.is_documented or _holds_list(exchange, items)
        return Obstacle(f"{where}: nothing is there; {asks}", "answers" if there else "")
    if status >= 500:
        return Obstacle(f"{where} three times: the gateway is out of order", "answers" if known.alive else "")
    if status == 407:
        return Obstacle(f"{where}: a proxy asks for credentials")
    if _is_page(exchange):
        said = f"{where} with an HTML page instead of JSON: a login, a challenge or a wrong address"
        return Obstacle(said, "media-type" if known.alive and status == 200 else "")
    return None


def _is_page(exchange: Exchange) -> bool:
    start = exchange.response.content.lstrip()[:200].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head")) or (
        exchange.response.media_type == "text/html" and not start.startswith((b"{", b"["))
    )


def _holds_json(exchange: Exchange) -> bool:
    try:
        return isinstance(exchange.json, dict | list)
    except Unreadable:
        return False


def _holds_list(exchange: Exchange, items: Items | None) -> bool:
    """Whether the models are there, whatever the status says."""
    try:
        return items is not None and isinstance(resolve(exchange.json, items.at), list)
    except (Unreadable, LookupError, ValueError):
        return False
