"""`create_app`: the one place where the pieces are put together."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.types import ASGIApp

from mockserver import pages
from mockserver.chaos import Chaos
from mockserver.dispatch import Dispatcher, Served
from mockserver.errors import UsageError
from mockserver.faults.delivering import Sleep
from mockserver.faults.injecting import Injecting, wishes
from mockserver.gateway import Answering, Gateway
from mockserver.rate_limit import Limiter
from mockserver.rewrite import Rewriting
from mockserver.routes import Routes
from mockserver.watching import watching
from specs import Provider, load_all, with_recordings
from specs.mutant import Mutant
from specs.mutation import mutate

LOGGER = logging.getLogger("mockserver")
NO_CHAOS: Mapping[int, float] = MappingProxyType({})


def create_app(
    providers: Mapping[str, Provider] | None = None,
    *,
    provider: str | None = None,
    example: str | None = None,
    mutant: str | None = None,
    rate_limit: bool = True,
    chaos: Mapping[int, float] = NO_CHAOS,
    seed: int = 0,
    fault: str | None = None,
    recordings: Path | None = None,
    say: Callable[[str], None] = LOGGER.warning,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], float] = time.time,
    sleep: Sleep = asyncio.sleep,
) -> ASGIApp:
    """The mock as an ASGI app, serving *providers* (by default all that this project has).

    *provider* is served at the root as well. *example* makes the 200 recordings with this label the default
    ones, wherever an operation has one. *mutant* is the id of a mutant, whose provider is served broken.
    *rate_limit* off lifts the documented limits. *chaos* maps statuses to probabilities, drawn from *seed*.
    *fault* is done to every answer that it applies to, such as ``TRUNCATE`` or ``HUGE, size=5000``. *recordings* is a
    folder whose recordings are laid over the others, again after each change; what is wrong in it then, a sentence to
    *say*, changes nothing. *clock* gives
    seconds from any origin, for the rate limit, *now* since 1970, for dates; *sleep* waits for so many seconds.

    Raises UsageError for an option that names nothing, and SpecError for data that cannot be served.
    """
    shipped = load_all() if providers is None else providers
    if provider is not None and provider not in shipped:
        raise UsageError(f"provider {provider!r}: expected one of {', '.join(shipped) or 'no provider at all'}")
    lots = Chaos(chaos, random.Random(seed))  # noqa: S311 - lots that can be repeated, no secrets
    limiters: dict[str, Limiter] = {}  # they count on, whatever recordings are served
    everywhere = MappingProxyType({}) if fault is None else wishes(fault)
    octets = random.Random(seed)  # noqa: S311 - likewise; its own, so that faults do not move the lots of chaos

    def load() -> Served:
        served = shipped if recordings is None else with_recordings(shipped, recordings)
        if example is not None:
            served = _with_example(served, example)
        broken = _mutant(served, mutant) if mutant is not None else None
        _check_statuses(chaos, served.values())
        gateways = {}
        for name, each in served.items():
            mine = broken if broken in each.mutants else None
            contract = mutate(each, mine) if mine else each
            routes = Routes(contract.operations.values())
            if contract.rate_limit and rate_limit:
                limiters.setdefault(name, Limiter(contract.rate_limit, clock))
            gateway = _gateway(contract, routes, mine, lots, limiters.get(name))
            gateways[name] = Injecting(gateway, contract, routes, everywhere, octets, now)
        hosts = {host: gateways[each.id] for each in reversed(list(served.values())) for host in each.hosts}
        return Served(gateways, hosts, gateways[provider] if provider is not None else None)

    def reload() -> None:
        dispatcher.served = load()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with watching(recordings, reload, say) if recordings is not None else nullcontext():
            yield

    dispatcher = Dispatcher(load(), pages.app(tuple(shipped.values()), provider, lifespan), sleep)
    return dispatcher


def _gateway(provider: Provider, routes: Routes, mutant: Mutant | None, chaos: Chaos, limiter: Limiter | None) -> Answering:
    """*provider* as it is served, with the rewrites of *mutant* if there is one; without a *limiter* it has no limit."""
    gateway = Gateway(provider, routes, limiter, chaos)
    return Rewriting(gateway, routes, mutant) if mutant is not None and mutant.rewrites else gateway


def _mutant(providers: Mapping[str, Provider], id: str) -> Mutant:
    for provider in providers.values():
        for mutant in provider.mutants:
            if mutant.id == id:
                return mutant
    raise UsageError(f"mutant {id!r}: expected an id from fixtures/<provider>/mutants.json of {', '.join(providers)}")


def _with_example(providers: Mapping[str, Provider], label: str) -> dict[str, Provider]:
    known = sorted({each.label for provider in providers.values() for each in provider.recordings if each.status == 200})
    if label not in known:
        raise UsageError(f"example {label!r}: expected one of {', '.join(known)}")
    return {name: _defaulting(provider, label) for name, provider in providers.items()}


def _defaulting(provider: Provider, label: str) -> Provider:
    having = {each.operation for each in provider.recordings if (each.status, each.label) == (200, label)}
    recordings = (
        replace(each, default=each.label == label) if each.status == 200 and each.operation in having else each
        for each in provider.recordings
    )
    return replace(provider, recordings=tuple(recordings))


def _check_statuses(chaos: Mapping[int, float], providers: Iterable[Provider]) -> None:
    """Chaos has to be answerable everywhere, in each provider's own shape."""
    common = [
        {each.status for each in provider.recordings if each.operation == operation}
        for provider in providers
        for operation in provider.operations
    ]
    known = sorted(status for status in set.intersection(*common) if status >= 400) if common else []
    for status in chaos:
        if status not in known:
            valid = ", ".join(map(str, known))
            raise UsageError(f"chaos {status}: expected a status that every operation has a recording of, one of {valid}")
