"""The outermost layer, and the only one that speaks ASGI: which gateway a request is for, and the sending of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.answer import Answer
from mockserver.faults.delivering import Sleep, perform
from mockserver.faults.delivery import Delivery
from mockserver.faults.injecting import Replying
from mockserver.hints import near, with_hint
from mockserver.problem import problem
from mockserver.request import Request

ADMIN = "/__mock"
NO_QUERY: Mapping[str, str] = {}
_ENCODED = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")


@dataclass(frozen=True)
class Served:
    """The gateways: by their ids, by their *hosts*, and the one at the *root*, if there is one."""

    gateways: Mapping[str, Replying]
    hosts: Mapping[str, Replying]
    root: Replying | None


@dataclass
class Dispatcher:
    """Finds the gateway: by its host in Host, by its id as the first segment of the path, else the one at the root.

    What is *served* may be replaced at any time; each request is for the one set or for the other. *pages* answers for
    the mock itself: the start page, what is under ``/__mock/``, and the lifespan. *sleep* waits for so many seconds,
    where an answer is to take its time.
    """

    served: Served
    pages: ASGIApp
    sleep: Sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request (ASGI 3.0)."""
        if scope["type"] != "http":
            await self.pages(scope, receive, send)
            return
        path = _path(scope)
        headers = _headers(scope["headers"])
        served = self.served
        gateway = served.hosts.get(_hostname(headers.get("host", "")))
        if path == ADMIN or path.startswith(f"{ADMIN}/") or (path == "/" and gateway is None):
            await self.pages(scope, receive, send)
            return
        if gateway is None:
            first, slash, rest = path[1:].partition("/")
            gateway = served.gateways.get(first)
            if gateway is None:
                gateway = served.root
            else:
                path = slash + rest
        if gateway is None:
            answer = _nowhere(path, served.gateways)
        else:
            reply = gateway.reply(Request(scope["method"], path, _query(scope["query_string"]), headers))
            if isinstance(reply, Delivery):
                await perform(reply, scope, receive, send, self.sleep)
                return
            answer = reply
        await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.fields)})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.content})


def _nowhere(path: str, gateways: Mapping[str, Replying]) -> Answer:
    valid = tuple(f"/{provider}" for provider in gateways)
    answer = problem(404, f"Nothing is at {path!r}; the providers are at {', '.join(valid)}.", valid)
    found = near(path[1:].partition("/")[0], gateways)
    return with_hint(answer, f"/{found}" if found else None)


def _path(scope: Scope) -> str:
    """The raw path below the place where the app is mounted; ASGI servers may leave ``raw_path`` out."""
    raw: bytes | None = scope.get("raw_path")
    path = quote(scope["path"]) if raw is None else _normal(raw.decode("latin-1"))
    mounted = quote(scope.get("root_path", ""))
    return path.removeprefix(mounted) if mounted else path


def _normal(path: str) -> str:
    """*path* with encoded unreserved characters decoded: the same path by RFC 3986 section 6.2.2.2."""
    return _ENCODED.sub(_decode_unreserved, path) if "%" in path else path


def _decode_unreserved(encoded: re.Match[str]) -> str:
    character = chr(int(encoded[1], 16))
    return character if _UNRESERVED.fullmatch(character) else encoded[0]


def _headers(fields: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in fields:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1").strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _hostname(host: str) -> str:
    """The host that *host* names, in lower case, without the DNS root's dot; the port may be empty (RFC 3986 section 3.2.3)."""
    name, colon, port = host.rpartition(":")
    return (name if colon and (port.isdecimal() or not port) else host).removesuffix(".").lower()


def _query(query: bytes) -> Mapping[str, str]:
    """The first value of each parameter; octets that are not UTF-8 become replacement characters."""
    if not query:
        return NO_QUERY
    pairs = parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True)
    return dict(reversed(pairs))
