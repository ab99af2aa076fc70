"""`create_app`: the one place where the pieces are put together."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from secrets import token_urlsafe
from types import MappingProxyType

from starlette.types import ASGIApp

from mockserver.cors import cors as sharing
from mockserver.dispatch import NO_SUCH_SESSION, UNAVAILABLE, Dispatcher, Gateways
from mockserver.errors import UsageError
from mockserver.faults.delivering import Sleep
from mockserver.faults.injecting import Injecting, Replying, wishes
from mockserver.gateway import Gateway
from mockserver.journal.entry import Cause
from mockserver.keys import KeyTable
from mockserver.late import Late
from mockserver.lines import Lines, into
from mockserver.logs import Form, Logged, lost
from mockserver.metrics import Metrics
from mockserver.reading import Reader
from mockserver.rewrite import Rewriting
from mockserver.routes import Routes
from mockserver.state.opening import MEMORY, open_store
from mockserver.state.session import Session
from mockserver.state.settings import Settings
from mockserver.watching import watching
from specs import Provider, load_all, with_recordings
from specs.mutant import Mutant
from specs.mutation import mutate

LOGGER = logging.getLogger("mockserver")
STDERR = 2
NO_RATES: Mapping[str, float] = MappingProxyType({})


def unguessable() -> str:
    """128 bits of chance, as they may stand in a URL."""
    return token_urlsafe(16)


def create_app(
    providers: Mapping[str, Provider] | None = None,
    *,
    provider: str | None = None,
    example: str | None = None,
    mutant: str | None = None,
    rate_limit: bool = True,
    chaos: Mapping[str, float] = NO_RATES,
    seed: int = 0,
    fault: str | None = None,
    keys: KeyTable | None = None,
    recordings: Path | None = None,
    state: str = MEMORY,
    counts: Path | None = None,
    say: Callable[[str], None] = LOGGER.warning,
    host: str = "127.0.0.1",
    admin_token: str | None = None,
    cors: Sequence[str] = (),
    log: Form | None = None,
    now: Callable[[], float] = time.time,
    elapsed: Callable[[], float] = time.perf_counter,
    sleep: Sleep = asyncio.sleep,
    tokens: Callable[[], str] = unguessable,
) -> ASGIApp:
    """The mock as an ASGI app, serving *providers* (by default all that this project has).

    *provider* is served at the root as well. *example* makes the 200 recordings with this label the default
    ones, wherever an operation has one. *mutant* is the id of a mutant, whose provider is served broken.
    *rate_limit* off lifts the documented limits. *chaos* maps statuses and faults to probabilities, drawn from *seed*.
    *fault* is done to every answer that it applies to, such as ``TRUNCATE`` or ``HUGE, size=5000``. *keys* says which
    keys are good. *recordings* is a folder whose recordings are laid over the others, again after each change; what is
    wrong in it then, a sentence to *say*, changes nothing. *state* is the URL of what is shared between requests, *counts*
    the folder of the metrics of several workers. The admin API is open to this machine where *host* is a
    loopback address, and to who has the *admin_token*. *cors* are the origins whose pages may call the gateways. *log*
    is the form of a line on stderr for each request. *now* gives seconds since 1970, *elapsed* seconds from any
    origin; *sleep* waits for so many seconds; *tokens* makes what nobody can guess, for the ids of sessions and requests.

    Raises UsageError for an option that names nothing, and SpecError for data that cannot be served.
    """
    shipped = load_all() if providers is None else providers
    if provider is not None and provider not in shipped:
        raise UsageError(f"provider {provider!r}: expected one of {', '.join(shipped) or 'no provider at all'}")
    lots = random.Random(seed)  # noqa: S311 - lots that can be repeated, no secrets

    def load() -> Mapping[str, Provider]:
        served = shipped if recordings is None else with_recordings(shipped, recordings)
        return served if example is None else _with_example(served, example)

    def reload() -> None:
        served = load()
        # Both are made before either is taken, so that what cannot be served changes nothing.
        gateways = _gateways(served, provider, mutant, lots)
        settings.providers, dispatcher.gateways = served, gateways

    settings = Settings(load())
    default = Session(
        fault=MappingProxyType({}) if fault is None else wishes(fault),
        chaos=settings.chaos(chaos, seed),
        documented_limits=rate_limit,
        keys=keys,
    )
    store = open_store(state, default, settings, now)
    operations = {each.id: tuple(each.operations) for each in shipped.values()}
    metrics = Metrics(operations, (*(each.value for each in Cause), NO_SUCH_SESSION, UNAVAILABLE), counts)

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        await store.start()
        try:
            async with watching(recordings, reload, say) if recordings is not None else nullcontext():
                yield
        finally:
            await store.stop()

    def pages() -> ASGIApp:
        from mockserver.admin.app import admin_app  # noqa: PLC0415 - see late.py
        from mockserver.guard import Guard  # noqa: PLC0415 - likewise

        admin = admin_app(
            lambda: tuple(settings.providers.values()),
            provider,
            keys=keys,
            store=store,
            settings=settings,
            metrics=metrics,
            tokens=tokens,
            now=now,
        )
        return Guard(admin, host, admin_token)

    gateways = _gateways(settings.providers, provider, mutant, lots)
    dispatcher = Dispatcher(gateways, Late(pages, running), store, metrics, sleep, now, elapsed)
    app = sharing(dispatcher, cors)
    if log is None:
        return app
    return Logged(app, Lines(into(STDERR), lost(log, now)), log, now, elapsed, tokens)


def _gateways(providers: Mapping[str, Provider], at_root: str | None, mutant: str | None, lots: random.Random) -> Gateways:
    broken = _mutants(providers, mutant) if mutant is not None else {}
    by_id = {}
    for provider in providers.values():
        mine = broken.get(provider.id)
        by_id[provider.id] = _gateway(mutate(provider, mine) if mine else provider, mine, lots)
    hosts = {host: by_id[each.id] for each in reversed(list(providers.values())) for host in each.hosts}
    return Gateways(by_id, hosts, by_id[at_root] if at_root is not None else None)


def _gateway(provider: Provider, mutant: Mutant | None, lots: random.Random) -> Replying:
    """*provider* as it is served, with the rewrites of *mutant* if there is one."""
    routes = Routes(provider.operations.values())
    gateway = Gateway(provider, routes)
    answering = Rewriting(gateway, mutant) if mutant is not None and mutant.rewrites else gateway
    return Injecting(Reader(provider, routes), answering, provider, lots)


def _mutants(providers: Mapping[str, Provider], id: str) -> dict[str, Mutant]:
    """The mutant *id* of each provider that has one: those that break clients all have."""
    found = {provider.id: mutant for provider in providers.values() for mutant in provider.mutants if mutant.id == id}
    if found:
        return found
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
