"""CORS: web pages of other origins may call the gateways, when asked for; never the admin API."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.errors import UsageError

ADMIN = "/__mock"
ANY = "*"
# As browsers write it (RFC 6454 section 6.2, the URL standard): in lower case, without the scheme's own port or a path.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?!0)[0-9]{1,5})?")
_USUAL_PORT = re.compile(r"http://.*:80|https://.*:443")


@dataclass(frozen=True)
class Cors:
    """Puts *shared*, which adds the fields of CORS, in front of *app* for all paths but those of the admin API."""

    app: ASGIApp
    shared: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request (ASGI 3.0)."""
        await (self.app if scope["type"] != "http" or _is_admin(scope) else self.shared)(scope, receive, send)


def cors(app: ASGIApp, origins: Iterable[str]) -> ASGIApp:
    """*app* for pages of *origins*, such as ``http://localhost:3000``, or ``*`` for all; *app* itself where there are none.

    Every field may be sent, as SDKs send many of their own: those asked for are named one by one, since a ``*`` would
    leave Authorization out (the Fetch standard, "CORS-preflight fetch"). Every field may be read. Credentials that
    browsers add by themselves, such as cookies, are not allowed: no gateway reads any. Pages of public networks may
    reach a mock in a private one. Raises UsageError for what is no origin.
    """
    allowed = tuple(map(origin, origins))
    if not allowed:
        return app
    from starlette.middleware.cors import CORSMiddleware  # noqa: PLC0415 - few mocks are for web pages

    shared = CORSMiddleware(
        app,
        allow_origins=allowed,
        allow_methods=("*",),  # also those that are answered with 405
        allow_headers=("*",),
        allow_private_network=True,
        expose_headers=("*",),
    )
    return Cors(app, shared)


def origin(text: str) -> str:
    """*text* if it is ``*``, ``null`` or an origin as browsers send it; else raises UsageError."""
    if text in (ANY, "null") or (_ORIGIN.fullmatch(text) and not _USUAL_PORT.fullmatch(text)):
        return text
    raise UsageError(
        f"cors {text!r}: expected * or an origin as browsers send it, such as http://localhost:3000: scheme and host in"
        " lower case, the port unless it is the usual one, nothing behind"
    )


def _is_admin(scope: Scope) -> bool:
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path == ADMIN or path.startswith(f"{ADMIN}/")
