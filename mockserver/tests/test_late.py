from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import pytest

from mockserver.late import Late, Running

STARTUP, SHUTDOWN = {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}


def lived(running: Running) -> list[Any]:
    """What a server is told by an app with *running* from its start to its end; also what the app ended by."""
    told: list[Any] = []
    coming = iter([STARTUP, SHUTDOWN])

    async def receive() -> Any:
        return next(coming)

    async def send(message: Any) -> None:
        told.append(message)

    def make() -> Any:
        raise AssertionError("nothing was asked")

    try:
        asyncio.run(Late(make, running)({"type": "lifespan"}, receive, send))
    except OSError as error:
        told.append(error)
    return told


def test_what_has_to_run_runs_from_the_start_of_the_server_to_its_end() -> None:
    told: list[str] = []

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        told.append("started")
        yield
        told.append("stopped")

    assert lived(running) == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]
    assert told == ["started", "stopped"]


@pytest.mark.parametrize("phase", ["startup", "shutdown"])
def test_a_failure_is_told_to_the_server_and_not_kept_from_it(phase: str) -> None:
    error = OSError("no state")

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        if phase == "startup":
            raise error
        yield
        raise error

    assert lived(running)[-2:] == [{"type": f"lifespan.{phase}.failed", "message": "no state"}, error]


def test_the_app_is_made_by_the_first_request_and_answers_all() -> None:
    made: list[Any] = []

    async def nothing() -> Any: ...
    async def send(_message: Any) -> None: ...

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        made.append(scope["path"])

    def make() -> Any:
        made.append("made")
        return app

    late = Late(make, nullcontext)

    async def ask() -> None:
        for path in ("/a", "/b"):
            await late({"type": "http", "path": path}, nothing, send)

    asyncio.run(ask())
    assert made == ["made", "/a", "/b"]
