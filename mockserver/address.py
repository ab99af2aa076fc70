"""Where a request goes, read from its ASGI scope: path, host, query, and the session that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

from starlette.types import Scope

from mockserver.credentials import SESSION
from mockserver.request import Request
from mockserver.state.session import DEFAULT

SESSIONS = "/s/"  # what the path of a session begins with, before its id
SESSION_FIELD = "x-mock-session"
NO_QUERY: Mapping[str, str] = {}
_ENCODED = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")
_KEY = re.compile(rf"bearer +{SESSION}([A-Za-z0-9_-]+) *", re.IGNORECASE)


class Address(NamedTuple):
    """Where a request goes: its *path* here, the *host* that it names, its *session*, and what that is asked.

    *first* is the first segment of the path within the session, and *below* the request as it is below that.
    """

    path: str
    host: str
    session: str
    request: Request
    first: str
    below: Request


def address_of(scope: Scope) -> Address:
    """Where the request in *scope* goes."""
    path, query, headers = path_of(scope), scope["query_string"], headers_of(scope["headers"])
    session, rest = session_of(path, headers)
    request = Request(scope["method"], rest, query_of(query), headers, query)
    first, slash, below = rest[1:].partition("/")
    return Address(path, hostname(headers.get("host", "")), session, request, first, request._replace(path=slash + below))


def path_of(scope: Scope) -> str:
    """The raw path below the place where the app is mounted; ASGI servers may leave ``raw_path`` out."""
    raw: bytes | None = scope.get("raw_path")
    path = quote(scope["path"]) if raw is None else _normal(raw.decode("latin-1"))
    mounted = quote(scope.get("root_path", ""))
    return path.removeprefix(mounted) if mounted else path


def headers_of(fields: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """The fields by name, several of one name joined by commas (RFC 9110 section 5.3)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in fields:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1").strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def hostname(host: str) -> str:
    """The host that *host* names, in lower case, without the DNS root's dot; the port may be empty (RFC 3986 section 3.2.3)."""
    name, colon, port = host.rpartition(":")
    return (name if colon and (port.isdecimal() or not port) else host).removesuffix(".").lower()


def query_of(query: bytes) -> Mapping[str, str]:
    """The first value of each parameter; octets that are not UTF-8 become replacement characters."""
    if not query:
        return NO_QUERY
    pairs = parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True)
    return dict(reversed(pairs))


def session_of(path: str, headers: Mapping[str, str]) -> tuple[str, str]:
    """The id of the session that a request names, and its path without that: by the path, else a field, else its key."""
    if path.startswith(SESSIONS):
        session, slash, rest = path.removeprefix(SESSIONS).partition("/")
        return session, slash + rest
    named = headers.get(SESSION_FIELD)
    if named is not None:
        return named, path
    authorization = headers.get("authorization")
    if authorization is not None and SESSION in authorization:
        matched = _KEY.fullmatch(authorization)
        return (matched[1] if matched else DEFAULT), path
    return DEFAULT, path


def _normal(path: str) -> str:
    """*path* with encoded unreserved characters decoded: the same path by RFC 3986 section 6.2.2.2."""
    return _ENCODED.sub(_decode_unreserved, path) if "%" in path else path


def _decode_unreserved(encoded: re.Match[str]) -> str:
    character = chr(int(encoded[1], 16))
    return character if _UNRESERVED.fullmatch(character) else encoded[0]
