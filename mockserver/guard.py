"""Who may use the admin API: programs on this machine while the mock listens to nobody else, and who has the token."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.answer import Answer
from mockserver.credentials import bearer_token
from mockserver.problem import problem
from mockserver.same_origin import cross_origin, foreign_host, is_loopback

ADMIN = "/__mock"
HEALTH = f"{ADMIN}/health"  # open to everybody, as what watches over containers knows no token
CHALLENGE = 'Bearer realm="mock admin"'
# What proxies add; a request that came through one says nothing of where its client is.
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")

WANTED = (
    "The admin API is open to this machine alone, while the mock listens on a loopback address and no proxy stands between;"
    " else send its token, which the mock printed when it started or was given then, as in Authorization: Bearer <token>."
)
MISTAKEN = "This is not the token of the admin API, which the mock printed when it started or was given then."


@dataclass(frozen=True)
class Guard:
    """Lets a request for the admin API pass to *app* if it may, and any other; else answers 401 or 403 (RFC 9457).

    Who has the *token* may do everything; None stands for no token, so that nobody else gets in. Without it, a
    request may pass if *host*, which the mock listens on, and the client's address are loopback ones, no proxy
    stands between, and Host names this machine. What a web page of another origin sends is refused in any case.
    """

    app: ASGIApp
    host: str
    token: str | None = field(default=None, repr=False)  # it is to reach no log, by no traceback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request (ASGI 3.0)."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": refusal.status, "headers": list(refusal.fields)})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else refusal.content})

    def _refusal(self, scope: Scope) -> Answer | None:
        path = _path(scope)
        if path == HEALTH or not (path == ADMIN or path.startswith(f"{ADMIN}/")):
            return None
        headers = Headers(scope=scope)
        foreign = cross_origin(headers)
        if foreign is not None:
            return problem(403, f"The admin API serves no pages of other origins; found {foreign[:200]!r}.")
        authorization = headers.get("authorization")
        if self._is_token(bearer_token(authorization)):
            return None
        if not self._is_local(scope, headers):
            presented = authorization is not None
            error = {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"' if presented else CHALLENGE}
            return problem(401, MISTAKEN if presented else WANTED).replacing(error)
        host = foreign_host(headers)
        if host is not None:
            return problem(403, f"The field Host is {host[:200]!r}, expected localhost, a loopback address or else the token.")
        return None

    def _is_token(self, presented: str | None) -> bool:
        """In constant time: how long it takes says nothing of the token but its length."""
        return self.token is not None and presented is not None and hmac.compare_digest(presented.encode(), self.token.encode())

    def _is_local(self, scope: Scope, headers: Headers) -> bool:
        client: tuple[str, int] | None = scope.get("client")
        if client is None or not is_loopback(client[0]) or not is_loopback(self.host):
            return False
        return not any(name in headers for name in FORWARDED)


def _path(scope: Scope) -> str:
    """The decoded path below the place where the app is mounted, as Starlette routes by it."""
    path: str = scope["path"]
    below = path.removeprefix(scope.get("root_path", ""))
    return below if below.startswith("/") else path
