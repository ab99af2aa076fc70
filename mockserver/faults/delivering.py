"""The one place that performs a `Delivery`, on the ASGI messages and on the connection."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import Receive, Scope, Send

from mockserver.faults.connection import STATE, Connection
from mockserver.faults.delivery import Body, Delivery, End, Head, Wait, Write, whole
from mockserver.problem import problem

Sleep = Callable[[float], Awaitable[None]]
NO_CONNECTION = "This fault acts on the connection itself, which is at hand only when `python -m mockserver` serves."


async def perform(delivery: Delivery, scope: Scope, receive: Receive, send: Send, sleep: Sleep) -> None:
    """Performs *delivery*, in full or until the client goes; *sleep* waits for so many seconds.

    Where the server does not hand out the connection that it needs, the client gets 501 with the reason.
    """
    connection: Connection | None = scope.get("state", {}).get(STATE)
    if delivery.needs_connection and connection is None:
        delivery = whole(problem(501, NO_CONNECTION))
    gone = asyncio.ensure_future(_gone(receive))
    if connection is not None:
        connection.busy = True
    try:
        await _Performance(scope["method"] == "HEAD", connection, send, sleep, gone).play(delivery)
    finally:
        if connection is not None:
            connection.busy = False
        gone.cancel()


async def _gone(receive: Receive) -> None:
    """Ends when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


class _Performance:
    """One delivery being performed; *headless* answers, those to HEAD, have no content."""

    def __init__(
        self, without_content: bool, connection: Connection | None, send: Send, sleep: Sleep, gone: asyncio.Future[None]
    ) -> None:
        self._without_content = without_content
        self._connection = connection
        self._send = send
        self._sleep = sleep
        self._gone = gone

    async def play(self, delivery: Delivery) -> None:
        for step in delivery.steps:
            if self._gone.done():
                return
            match step:
                case Wait():
                    await self._wait(step.seconds)
                case Head():
                    await self._send({"type": "http.response.start", "status": step.status, "headers": list(step.fields)})
                case Body():
                    await self._body(step)
                case _ if self._connection is not None:
                    await self._past_the_server(step, self._connection)

    async def _body(self, body: Body) -> None:
        content = b"" if self._without_content else body.content
        at = 0
        more = True
        while more:
            await self._wait(body.pause_s)
            if self._gone.done():
                return
            part, at = content[at : at + body.size], at + body.size
            more = at < len(content)
            await self._send({"type": "http.response.body", "body": part, "more_body": more})

    async def _past_the_server(self, step: Write | End, connection: Connection) -> None:
        match step:
            case Write():
                if not (step.content and self._without_content):
                    connection.write(step.octets)
                return
            case End.CLOSE:
                connection.close()
            case End.RESET:
                connection.reset()
            case End.CLIENT:
                pass
        await self._gone  # an app that returned before would be taken for one that forgot to answer

    async def _wait(self, seconds: float) -> None:
        """Waits so long, or until the client is gone."""
        if seconds <= 0:
            return
        pause = asyncio.ensure_future(self._sleep(seconds))
        try:
            await asyncio.wait({pause, self._gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pause.cancel()
