"""Calls and answers as twins see them: values, without a socket, so that a way to answer is a plain function."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import httpx2
from starlette.types import ASGIApp

from proof.in_process import InProcess

BODILESS = frozenset({204, 304})
"""Statuses whose answers never have a body (RFC 9110 section 6.4.1)."""

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Call:
    """A request: *target* is its path and query as they are on the wire, *fields* are its header in order."""

    method: str
    target: str
    fields: Fields

    @property
    def path(self) -> str:
        """The path, percent-encoded as it came."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query, decoded."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    def field(self, name: str) -> str | None:
        """The first field *name*, in any case."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    def but(self, *, method: str | None = None, without: str = "") -> Call:
        """This call with another *method*, and *without* a field."""
        fields = tuple(pair for pair in self.fields if pair[0].lower() != without.lower())
        return Call(method or self.method, self.target, fields)


@dataclass(frozen=True)
class Answer:
    """An answer: *fields* are its header in order, *body* is whole and without framing."""

    status: int
    fields: Fields
    body: bytes = b""

    def field(self, name: str) -> str | None:
        """The first field *name*, in any case."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    def having(self, name: str, *values: str) -> Answer:
        """This answer with a line *name* for each of *values*, instead of the lines that it has."""
        return dataclasses.replace(self, fields=(*self.without(name).fields, *((name, value) for value in values)))

    def without(self, name: str) -> Answer:
        """This answer without any field *name*."""
        return dataclasses.replace(self, fields=tuple(pair for pair in self.fields if pair[0].lower() != name.lower()))

    def saying(self, body: bytes) -> Answer:
        """This answer with another *body*."""
        return dataclasses.replace(self, body=body)

    @property
    def is_json(self) -> bool:
        """Whether it has a JSON body."""
        return bool(self.body) and (self.field("Content-Type") or "").startswith("application/json")

    def json(self) -> Any:
        """The body's JSON value."""
        return json.loads(self.body)


Answering = Callable[[Call], Answer]


class Mocked:
    """The mock's answers to calls."""

    def __init__(self, app: ASGIApp) -> None:
        self._mock = InProcess(app)

    def __call__(self, call: Call) -> Answer:
        """The mock's answer to *call*."""
        answer = self._mock.handle_request(httpx2.Request(call.method, f"http://127.0.0.1{call.target}", headers=call.fields))
        return Answer(answer.status_code, _text(answer.headers.raw), answer.read())

    def close(self) -> None:
        """Ends the mock."""
        self._mock.close()


class Direct(httpx2.BaseTransport):
    """The other end of an HTTP client, answered by a function and without a socket."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer to *request*."""
        call = Call(request.method, request.url.raw_path.decode("ascii"), _text(request.headers.raw))
        answer = self._answering(call)
        body = b"" if call.method == "HEAD" or answer.status in BODILESS else answer.body
        return httpx2.Response(answer.status, headers=octets(answer.fields), stream=httpx2.ByteStream(body))


def octets(fields: Fields) -> list[tuple[bytes, bytes]]:
    """*fields* as they are on the wire."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]


def _text(raw: Iterable[tuple[bytes, bytes]]) -> Fields:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
