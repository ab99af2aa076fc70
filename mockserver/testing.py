"""The mock inside a test: on a free port of this machine, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import uvicorn
from anyio.abc import TaskStatus
from anyio.from_thread import start_blocking_portal
from starlette.types import ASGIApp

from mockserver import serving
from mockserver.app import create_app
from mockserver.index import entries
from mockserver.mock_session import MockSession, create
from specs import Provider, load_all

__all__ = ["Mock", "MockSession", "running"]


@dataclass(frozen=True)
class Mock:
    """A mock that answers at *url*, without a slash at its end, serving *providers*."""

    url: str
    providers: Mapping[str, Provider]
    _admin: httpx2.Client = field(repr=False, compare=False)

    def base_url(self, provider: str) -> str:
        """What an OpenAI SDK takes as ``base_url`` for *provider*; raises LookupError where there is none."""
        return base_url(self.url, self.providers, provider)

    @contextlib.contextmanager
    def session(self, **settings: Any) -> Iterator[MockSession]:
        """A session with *settings*, those of ``POST /__mock/sessions``, that ends with the block.

        Raises UsageError, with the mock's sentence, for settings that cannot be used.
        """
        session = create(self._admin, settings)
        try:
            yield session
        finally:
            session.end()


def base_url(url: str, providers: Mapping[str, Provider], provider: str) -> str:
    """The first base URL for an OpenAI SDK of *provider* in a mock at *url*; raises LookupError where there is none."""
    if provider not in providers:
        raise LookupError(f"provider {provider!r}: expected one of {', '.join(providers)}")
    (entry,) = entries([providers[provider]], url, None)
    if not entry.bases:
        raise LookupError(f"provider {provider!r} has no list that an OpenAI SDK reads; its lists are {', '.join(entry.lists)}")
    return entry.bases[0]


@contextlib.contextmanager
def running(providers: Mapping[str, Provider] | None = None, **options: Any) -> Iterator[Mock]:
    """A mock that listens when the block begins and is gone when it ends, with whatever is connected to it.

    It takes what `create_app` takes, and raises what that raises. It has a thread and a loop of its own, so it can be used
    from tests and from coroutines alike. Raises RuntimeError when the mock cannot start.
    """
    served = load_all() if providers is None else providers
    with (
        listening(create_app(served, **options)) as url,
        # Nothing on the way to this machine is encrypted, nor goes through a proxy.
        httpx2.Client(base_url=url, trust_env=False, verify=False) as admin,
    ):
        yield Mock(url, served, admin)


@contextlib.contextmanager
def listening(app: ASGIApp) -> Iterator[str]:
    """The URL at which *app* is served meanwhile; raises RuntimeError when its lifespan does not begin."""
    config = serving.config(app)
    server = _Server(config)
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        start_blocking_portal(backend_options={"loop_factory": config.get_loop_factory()}, name="mockserver") as portal,
    ):
        served, _ = portal.start_task(server.serve_here, listener)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            portal.call(server.over.set)
            served.result()


class _Server(uvicorn.Server):
    """Ends at once: a test that is over waits for no answer. Uvicorn's own end takes 0.1 to 0.3 s for each of its steps."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.over = asyncio.Event()

    async def serve_here(self, listener: socket.socket, *, task_status: TaskStatus[None]) -> None:
        """Serves on *listener* until it is `over`; tells *task_status* when it has begun."""
        self._task_status = task_status
        try:
            await self.serve([listener])
        except SystemExit:  # uvicorn's way to say that the lifespan failed
            raise RuntimeError("The mock did not start; the log of uvicorn.error says why.") from None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._task_status.started()

    async def main_loop(self) -> None:
        await self.over.wait()  # nothing is due meanwhile, as the field Date is not uvicorn's

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listening in self.servers:
            listening.close()
        for listener in sockets or ():
            listener.close()
        for _ in range(2):  # so much later a connection that was just accepted is known
            await asyncio.sleep(0)
        for connection in tuple(self.server_state.connections):
            connection.transport.abort()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=serving.STOPPING_S)
        for listening in self.servers:
            await listening.wait_closed()
        await self.lifespan.shutdown()
