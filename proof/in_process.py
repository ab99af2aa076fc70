"""An ASGI app as the other end of an HTTP client, without a socket."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
from starlette.types import ASGIApp, Message


class InProcess(httpx2.BaseTransport):
    """Answers each request by one call of *app*, on a loop of its own that lives as long as the transport."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer of the app (ASGI 3.0) to *request*."""
        status = 0
        headers: list[tuple[bytes, bytes]] = []
        content = bytearray()

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers.extend(message["headers"])
            else:
                content.extend(message.get("body", b""))

        self._loop.run_until_complete(self._app(_scope(request), receive, send))
        bodiless = request.method == "HEAD" or status in (204, 304)
        body = httpx2.ByteStream(b"" if bodiless else bytes(content))
        return httpx2.Response(status, headers=headers, stream=body)

    def close(self) -> None:
        """Ends the loop."""
        self._loop.close()


def _scope(request: httpx2.Request) -> dict[str, Any]:
    target = request.url.raw_path
    path, _, query = target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
