"""What a live gateway lists now: its plain lists are asked for by the suite's own client, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping

from conformance import snapshot
from conformance.message import Exchange, Request
from conformance.preflight import preflight
from conformance.run import World
from conformance.settings import Settings
from conformance.snapshot import NoList, Snapshot
from conformance.target import Target
from conformance.transcript import TRIES, Inconclusive
from gateway_contracts import reaching
from specs.contract import Operation


class Silent(Exception):
    """The gateway gives no list that could be compared; ``str()`` says why in one sentence."""


def ask(target: Target, settings: Settings, world: World | None = None) -> Mapping[str, Snapshot]:
    """What the lists of *target* hold, by operation. Raises `Silent`."""
    world = world or World()
    operations = [each for each in target.provider.operations.values() if each.items]
    requests = [Request(each.id) for each in operations]
    transcript = reaching.transcript(target, settings, TRIES * len(requests), world)
    try:
        found = preflight(target, requests, transcript, settings.key, settings.key_env)
        if found.refusal or found.obstacles:
            raise Silent(settings.hidden(found.refusal or next(iter(found.obstacles.values())).reason))
        return {each.id: _held(transcript.ask(Request(each.id)), each) for each in operations}
    except (Inconclusive, NoList) as reason:
        raise Silent(settings.hidden(str(reason))) from None
    finally:
        transcript.client.close()


def _held(exchange: Exchange, operation: Operation) -> Snapshot:
    where = f"GET {exchange.url} answered {exchange.response.status}"
    if exchange.response.status != 200:
        raise NoList(f"{where}, expected 200 with a list of models")
    try:
        return snapshot.read(exchange.response.content, operation)
    except NoList as error:
        raise NoList(f"{where} without a list of models: {error}") from None
