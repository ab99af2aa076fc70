"""The log: one line for each request, when asked for; without keys, fields and queries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.answer import ENCODING
from mockserver.credentials import bearer_token
from mockserver.journal.entry import MAX_METHOD, MAX_TEXT, fingerprint
from mockserver.journal.redaction import Exchange, redacted
from mockserver.journal.secret import without
from mockserver.lines import Lines

Form = Literal["json", "text"]
FORMS: tuple[Form, ...] = ("json", "text")
OUTCOME = "mockserver.logs.outcome"  # where a request's scope has its Outcome, once it is known
REQUEST_ID = "x-request-id"
_ENCODER = json.JSONEncoder(separators=(",", ":"))  # in ASCII, so that nothing in it ends the line or moves a cursor
_SANE = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}")  # a token (RFC 9110 section 5.6.2)
# The id of a session is as good as a key, and stands in paths.
_SESSION = re.compile(r"(?<=^/s/)[^/]+|(?<=^/__mock/sessions/)[^/]+")


class Outcome(NamedTuple):
    """What the mock made of a request: *cause* is why it answered as it did, *fault* what it spoiled the answer by."""

    provider: str | None
    cause: str
    fault: str | None = None
    session: str | None = None  # its id; None for the default traffic


UNKNOWN = Outcome(None, "mock")  # of what no gateway answers: the start page, the admin API, a refusal


@dataclass(frozen=True)
class Logged:
    """*app* with a line in *lines* for each request, and X-Request-Id in each answer.

    The id is the client's, if that sent a token (RFC 9110 section 5.6.2) of at most 128 characters that holds no
    key; else *new_id* makes one. *now* gives seconds since 1970, *elapsed* seconds from any origin.
    """

    app: ASGIApp
    lines: Lines
    form: Form
    now: Callable[[], float]
    elapsed: Callable[[], float]
    new_id: Callable[[], str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request (ASGI 3.0)."""
        if scope["type"] != "http":
            try:
                await self.app(scope, receive, send)
            finally:
                self.lines.close()
            return
        at, begun = self.now(), self.elapsed()
        asked = _asked(scope)
        sending = _Sending(send, asked.id or self.new_id())
        try:
            await self.app(scope, receive, sending)
        finally:
            outcome: Outcome = scope.get(OUTCOME, UNKNOWN)
            line = {
                "time": moment(at),
                "id": sending.id,
                "method": asked.method,
                "path": asked.path,
                "provider": outcome.provider,
                "status": sending.status,
                "cause": outcome.cause,
                "fault": outcome.fault,
                "bytes": sending.octets,
                "ms": round((self.elapsed() - begun) * 1000, 3),
                "session": fingerprint(outcome.session),
            }
            self.lines.put(_json(line) if self.form == "json" else _text(line))


@dataclass(frozen=True)
class _Asked:
    """What a request says of itself, without keys; *id* is None where it sent none that will do."""

    id: str | None
    method: str
    path: str


def _asked(scope: Scope) -> _Asked:
    """The request in *scope*; its path is decoded, and the one below the place where the app is mounted."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    path = _SESSION.sub(lambda found: fingerprint(found[0]) or "", path)
    query = scope["query_string"].decode("utf-8", "replace")
    headers: dict[str, str] = {}
    for name, value in ((name.decode(ENCODING), value.decode(ENCODING)) for name, value in scope["headers"]):
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    told = Exchange(scope["method"], path, query, headers, {})
    clean, secrets = redacted(told, bearer_token(headers.get("authorization")))
    given = headers.get(REQUEST_ID, "")
    is_sane = _SANE.fullmatch(given) and without(given, secrets) == given
    return _Asked(given if is_sane else None, clean.method[:MAX_METHOD], clean.path[:MAX_TEXT])


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
        self.octets += len(message.get("body", b""))
        await self._send(message)


def lost(form: Form, now: Callable[[], float]) -> Callable[[int], str]:
    """What makes the line that stands for so many that were lost."""
    render = _json if form == "json" else _told
    return lambda number: render({"time": moment(now()), "lost": number})


def moment(now: float) -> str:
    """*now*, in seconds since 1970, as a date of RFC 3339."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(line: Mapping[str, Any]) -> str:
    return _ENCODER.encode(line)


def _text(line: Mapping[str, Any]) -> str:
    status = "-" if line["status"] is None else line["status"]
    path = "".join(each if "!" <= each <= "~" else f"\\u{ord(each):04x}" for each in line["path"])
    named = " ".join(f"{name}={line[name]}" for name in ("provider", "cause", "fault", "session", "id") if line[name])
    return f"{line['time']} {status} {line['method']} {path} {line['bytes']}B {line['ms']:.3f}ms {named}"


def _told(line: Mapping[str, Any]) -> str:
    return f"{line['time']} {line['lost']} lines were lost, as nobody read them"
