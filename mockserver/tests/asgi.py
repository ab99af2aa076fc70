"""An app called as a server calls it: one request, what was sent for it, and the fields by name."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True)
class Sent:
    """What an app sent for one request."""

    status: int
    raw_fields: tuple[tuple[bytes, bytes], ...]
    content: bytes

    @property
    def fields(self) -> dict[str, str]:
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in self.raw_fields}

    def json(self) -> Any:
        return json.loads(self.content)


def ask(
    app: ASGIApp,
    path: str = "/",
    fields: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    client: str | None = "127.0.0.1",
    **more: Any,
) -> Sent:
    """What *app* sends to a request from the address *client*; a body is never asked for."""
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("nothing is to be read from this client")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in (fields or {}).items()],
        "client": None if client is None else (client, 50000),
        "server": ("127.0.0.1", 8080),
        **more,
    }
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]  # an ASGI app is a coroutine function
    start, *bodies = sent
    return Sent(start["status"], tuple(start["headers"]), b"".join(each.get("body", b"") for each in bodies))


async def plain(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers everything with 200 and the path."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"1"')]})
    await send({"type": "http.response.body", "body": scope.get("path", "").encode()})
