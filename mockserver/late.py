"""An app that is made when it is asked first.

The app that answers for the mock itself, with Starlette, is a third of what a mock would import to start, and many a mock
is never asked for it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send

Running = Callable[[], AbstractAsyncContextManager[None]]


@dataclass
class Late:
    """Passes requests on to the app that *make* gives; *running* is what has to run while the server does."""

    make: Callable[[], ASGIApp]
    running: Running
    _made: ASGIApp | None = field(default=None, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or lives as long as the server (ASGI 3.0)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if self._made is None:
            self._made = self.make()
        await self._made(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """The lifespan protocol of ASGI, version 2.0: what fails is told to the server, which then ends."""
        phase = "startup"
        try:
            await receive()
            async with self.running():
                await send({"type": "lifespan.startup.complete"})
                phase = "shutdown"
                await receive()
        except BaseException as error:
            await send({"type": f"lifespan.{phase}.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.shutdown.complete"})
