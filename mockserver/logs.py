"""The log: one line for each request, when asked for; without keys, fields and queries."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.lines import Lines

Form = Literal["json", "text"]
FORMS: tuple[Form, ...] = ("json", "text")
OUTCOME = "mockserver.logs.outcome"  # where a request's scope has its Outcome, once it is known
REQUEST_ID = "x-request-id"
MAX_METHOD = 32  # characters
MAX_PATH = 2048  # likewise
DIGITS = 12  # of a session's fingerprint
_SANE = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}")  # a token (RFC 9110 section 5.6.2)
# The id of a session is as good as a key, and stands in paths.
_SESSION = re.compile(r"(?<=^/s/)[^/]+|(?<=^/__mock/sessions/)[^/]+")


@dataclass(frozen=True)
class Outcome:
    """What the mock made of a request: *cause* is why it answered as it did, *fault* what it spoiled the answer by."""

    provider: str | None
    cause: str
    fault: str | None = None
    session: str | None = None


UNKNOWN = Outcome(None, "mock")  # of what no gateway answers: the start page, the admin API, a refusal


@dataclass(frozen=True)
class Logged:
    """*app* with a line in *lines* for each request, and X-Request-Id in each answer.

    The id is the client's, if that sent a token (RFC 9110 section 5.6.2) of at most 128 characters that holds no
    key; else *new_id* makes one. *now* gives seconds since 1970, *clock* seconds from any origin. *redact* takes keys
    out of a text, given the fields of its request by lower-case name.
    """

    app: ASGIApp
    lines: Lines
    form: Form
    now: Callable[[], float]
    clock: Callable[[], float]
    redact: Callable[[str, Mapping[str, str]], str]
    new_id: Callable[[], str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request (ASGI 3.0)."""
        if scope["type"] != "http":
            try:
                await self.app(scope, receive, send)
            finally:
                self.lines.close()
            return
        at, begun = self.now(), self.clock()
        headers = Headers(scope=scope)
        sending = _Sending(send, self._id(headers))
        try:
            await self.app(scope, receive, sending)
        finally:
            outcome: Outcome = scope.get(OUTCOME, UNKNOWN)
            line = {
                "time": moment(at),
                "id": sending.id,
                "method": self.redact(scope["method"], headers)[:MAX_METHOD],
                "path": self._path(scope, headers),
                "provider": outcome.provider,
                "status": sending.status,
                "cause": outcome.cause,
                "fault": outcome.fault,
                "bytes": sending.octets,
                "ms": round((self.clock() - begun) * 1000, 3),
                "session": fingerprint(outcome.session) if outcome.session else None,
            }
            self.lines.put(_json(line) if self.form == "json" else _text(line))

    def _id(self, headers: Headers) -> str:
        given = headers.get(REQUEST_ID, "")
        return given if _SANE.fullmatch(given) and self.redact(given, headers) == given else self.new_id()

    def _path(self, scope: Scope, headers: Headers) -> str:
        """The decoded path below the place where the app is mounted."""
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return self.redact(_SESSION.sub(lambda found: fingerprint(found[0]), path), headers)[:MAX_PATH]


class _Sending:
    """Passes messages on to *send*, with the *id* in the first one; knows what was sent as the app meant it."""

    def __init__(self, send: Send, id: str) -> None:
        self._send = send
        self.id = id
        self.status: int | None = None  # None where a fault writes past the server, or the app failed
        self.octets = 0  # of content

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            others = [field for field in message.get("headers", ()) if field[0].lower() != REQUEST_ID.encode()]
            message = {**message, "headers": [*others, (REQUEST_ID.encode(), self.id.encode())]}
        elif message["type"] == "http.response.body":
            self.octets += len(message.get("body", b""))
        await self._send(message)


def lost(form: Form, now: Callable[[], float]) -> Callable[[int], str]:
    """What makes the line that stands for so many that were lost."""
    render = _json if form == "json" else _told
    return lambda number: render({"time": moment(now()), "lost": number})


def fingerprint(secret: str) -> str:
    """The first digits of the SHA-256 of *secret*, in hexadecimal: enough to tell sessions apart, and no way back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def moment(now: float) -> str:
    """*now*, in seconds since 1970, as a date of RFC 3339."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(line: Mapping[str, Any]) -> str:
    return json.dumps(line, separators=(",", ":"))  # in ASCII, so that nothing in it ends the line or moves a cursor


def _text(line: Mapping[str, Any]) -> str:
    status = "-" if line["status"] is None else line["status"]
    path = "".join(each if "!" <= each <= "~" else f"\\u{ord(each):04x}" for each in line["path"])
    named = " ".join(f"{name}={line[name]}" for name in ("provider", "cause", "fault", "session", "id") if line[name])
    return f"{line['time']} {status} {line['method']} {path} {line['bytes']}B {line['ms']:.3f}ms {named}"


def _told(line: Mapping[str, Any]) -> str:
    return f"{line['time']} {line['lost']} lines were lost, as nobody read them"
