"""An ASGI function that looks a path up, compares a key, and answers."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from bench.speed.apps.bodies import BODIES, KEY

_START = {
    path: {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode("ascii"))],
    }
    for path, body in BODIES.items()
}
_BODY = {path: {"type": "http.response.body", "body": body} for path, body in BODIES.items()}
_EXPECTED = b"Bearer " + KEY


async def app(scope: Scope, _receive: Receive, send: Send) -> None:
    """200 for a known path with the key, else 404 or 401."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            if value == _EXPECTED:
                break
            return await _refuse(send, 401)
    else:
        return await _refuse(send, 401)
    path = scope["path"]
    if path not in _START:
        return await _refuse(send, 404)
    await send(_START[path])
    await send(_BODY[path])
    return None


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
