"""A gateway that behaves wrongly on purpose: an ASGI app around an honest one, which changes requests and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self
from urllib.parse import parse_qsl, quote, unquote, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.conditional import entity_tag
from specs.provider import Provider
from specs.recording import encode

ENCODING = "latin-1"
WITHOUT_CONTENT = frozenset({204, 304})


@dataclass(frozen=True)
class Asked:
    """A request as it arrives. *path* is encoded; *operation* and *model*, its path parameter, are None where it is no one's.

    The names of *headers* are in lower case.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    operation: str | None
    model: str | None

    @cached_property
    def named(self) -> dict[str, str]:
        """The query by name."""
        return dict(self.query)

    def without(self, *names: str) -> Asked:
        """This request without the query parameters *names*."""
        return replace(self, query=tuple(pair for pair in self.query if pair[0] not in names))

    def with_field(self, name: str, value: str | None) -> Asked:
        """This request with the field *name* (in lower case), or without it."""
        fields = {each: held for each, held in self.headers.items() if each != name}
        return replace(self, headers=fields if value is None else {**fields, name: value})


@dataclass(frozen=True)
class Answered:
    """An answer before it leaves; the names of *fields* are in lower case."""

    status: int
    fields: tuple[tuple[str, str], ...]
    content: bytes

    def field(self, name: str) -> str | None:
        """The first field *name*."""
        return next((value for each, value in self.fields if each == name), None)

    @cached_property
    def body(self) -> Any:
        """The content as a new JSON value, None where it is no JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None

    def but(self, status: int | None = None, content: bytes | None = None) -> Self:
        """This answer with another status or content; None leaves what there is."""
        return replace(
            self, status=self.status if status is None else status, content=self.content if content is None else content
        )

    def having(self, **fields: str | None) -> Self:
        """This answer with *fields* set, or removed where None; ``_`` in a name stands for ``-``."""
        changed = {name.replace("_", "-"): value for name, value in fields.items()}
        kept = tuple(pair for pair in self.fields if pair[0] not in changed)
        return replace(self, fields=kept + tuple((name, value) for name, value in changed.items() if value is not None))

    def holding(self, body: Any) -> Self:
        """This answer with *body* instead, and the entity tag of it where there was one."""
        content = encode(body)
        held = self.but(content=content)
        return held if self.field("etag") is None else held.having(etag=entity_tag(content))


def _as_is(asked: Asked) -> Asked:
    return asked


def _unchanged(_asked: Asked, answered: Answered) -> Answered:
    return answered


@dataclass(frozen=True)
class Behaviour:
    """What a gateway does to a request before it acts on it, and to its answer before that leaves."""

    asks: Callable[[Asked], Asked] = _as_is
    answers: Callable[[Asked, Answered], Answered] = _unchanged


class Misbehaving:
    """*app*, which serves *provider* at its root, with *behaviour*, whose `answers` is given the request as it came."""

    def __init__(self, app: ASGIApp, provider: Provider, behaviour: Behaviour) -> None:
        self._app = app
        self._behaviour = behaviour
        self._paths = [
            (re.compile(re.sub(r"\\\{.*?\\\}", "(.+)", re.escape(operation.path))), operation.id)
            for operation in provider.operations.values()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request and its answer (ASGI 3.0); what is not HTTP is handed on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = self._read(scope)
        status, fields, content = 0, list[tuple[str, str]](), bytearray()

        async def keep(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                fields.extend((name.decode(ENCODING).lower(), value.decode(ENCODING)) for name, value in message["headers"])
            else:
                content.extend(message.get("body", b""))

        await self._app(_written(scope, self._behaviour.asks(asked)), receive, keep)
        answer = self._behaviour.answers(asked, Answered(status, tuple(fields), bytes(content)))
        if answer.status not in WITHOUT_CONTENT and asked.method != "HEAD":
            answer = answer.having(content_length=str(len(answer.content)))
        headers = [(name.encode(ENCODING), value.encode(ENCODING)) for name, value in answer.fields]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if answer.status in WITHOUT_CONTENT else answer.content})

    def _read(self, scope: Scope) -> Asked:
        path = scope["raw_path"].decode("ascii")
        found = ((operation, each.fullmatch(path)) for each, operation in self._paths)
        operation, match = next(((name, match) for name, match in found if match), (None, None))
        return Asked(
            method=scope["method"],
            path=path,
            query=tuple(parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True)),
            headers={name.decode(ENCODING).lower(): value.decode(ENCODING) for name, value in scope["headers"]},
            operation=operation,
            model=unquote(match[1]) if match and match.groups() else None,
        )


def _written(scope: Scope, asked: Asked) -> Scope:
    return {
        **scope,
        "method": asked.method,
        "path": unquote(asked.path),
        "raw_path": asked.path.encode("ascii"),
        "query_string": urlencode(asked.query, quote_via=quote).encode("ascii"),
        "headers": [(name.encode(ENCODING), value.encode(ENCODING)) for name, value in asked.headers.items()],
    }
