"""Requests, responses and exchanges, as values. Knows nothing of sockets."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

from conformance import strict_json
from conformance.reader import Reader
from specs.contract import Operation

KEY = "{key}"
BEARER = f"Bearer {KEY}"
PARAMETER = re.compile(r""";[ \t]*([^\s=;"]+)=("(?:[^"\\]|\\.)*"|[^;]*)""")
"""RFC 9110 section 5.6.6; between quotes a semicolon ends nothing."""

READER = Reader()
"""Equal bodies are one value, whoever asks; many of them read at the same time would not fit into memory."""

TELLING = "a telling value"


@dataclass(frozen=True)
class Pick:
    """A value that an earlier answer decides, such as an id of the list: *what* of the answer to *source*.

    *what* is a name in `conformance.picks.PICKS`, or `TELLING` for the value of the filter *parameter* that
    `conformance.telling` chooses. Until that answer is known the value is written ``{what}``.
    """

    source: Request
    what: str
    parameter: str = ""

    def __str__(self) -> str:
        return f"{{{self.what}}}"


@dataclass(frozen=True)
class Request:
    """One request to an operation; equal requests are sent once.

    *authorization* is the whole field, with ``{key}`` where the key belongs, or None for no such field.
    *path* gives the values of path parameters. *repetition* tells requests apart that are meant to be sent again.
    """

    operation: str
    method: str = "GET"
    path: tuple[tuple[str, str | Pick], ...] = ()
    query: tuple[tuple[str, str | Pick], ...] = ()
    headers: tuple[tuple[str, str | Pick], ...] = ()
    authorization: str | None = BEARER
    repetition: int = 0

    def but(self, **changes: Any) -> Request:
        """This request with *changes* to its members."""
        return dataclasses.replace(self, **changes)

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The values in it that earlier answers decide."""
        values = (value for pairs in (self.path, self.query, self.headers) for _, value in pairs)
        return tuple(value for value in values if isinstance(value, Pick))

    @property
    def sources(self) -> tuple[Request, ...]:
        """The requests whose answers it takes values from."""
        return tuple(pick.source for pick in self.picks)

    def resolved(self, values: Mapping[Pick, str]) -> Request:
        """This request with every `Pick` replaced by its value in *values*."""

        def fixed(pairs: tuple[tuple[str, str | Pick], ...]) -> tuple[tuple[str, str | Pick], ...]:
            return tuple((name, values[value] if isinstance(value, Pick) else value) for name, value in pairs)

        return self.but(path=fixed(self.path), query=fixed(self.query), headers=fixed(self.headers))

    def moved(self, before: Request, after: Request) -> Request:
        """This request, made from *after* where it was *before*, or took values from the answer to that."""
        if self == before:
            return after

        def fixed(pairs: tuple[tuple[str, str | Pick], ...]) -> tuple[tuple[str, str | Pick], ...]:
            return tuple(
                (
                    name,
                    dataclasses.replace(value, source=after) if isinstance(value, Pick) and value.source == before else value,
                )
                for name, value in pairs
            )

        return self.but(path=fixed(self.path), query=fixed(self.query), headers=fixed(self.headers))

    @property
    def varied(self) -> str:
        """In words what is not plain about it beside path and query, in brackets; empty where all is."""
        words = [f"{name}: {value}" for name, value in self.headers]
        if self.authorization is None:
            words.append("no Authorization")
        elif self.authorization != BEARER:
            words.append(f"Authorization: {self.authorization}")
        if self.repetition:
            words.append("once more")
        return f"  [{'; '.join(words)}]" if words else ""

    def reference(self, operation: Operation) -> str:
        """The path and query of this request, path parameters encoded as one segment each (RFC 3986 section 3.3)."""
        path = operation.path
        for name, value in self.path:
            text = str(value) if isinstance(value, Pick) else quote(value, safe="")
            path = path.replace(f"{{{name}}}", text)
        if not self.query:
            return path
        return f"{path}?{'&'.join(f'{quote_plus(name)}={_written(value)}' for name, value in self.query)}"


def _written(value: str | Pick) -> str:
    return str(value) if isinstance(value, Pick) else quote_plus(value, safe=",")


@dataclass(frozen=True)
class Response:
    """An answer: *headers* in the order received, *content* decoded from its Content-Encoding.

    *version* is that of HTTP and *phrase* the reason phrase, as they came (RFC 9112 section 4).
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes
    version: str = "HTTP/1.1"
    phrase: str = ""

    @property
    def line(self) -> str:
        """The status line."""
        return f"{self.version} {self.status} {self.phrase}".rstrip()

    def header(self, name: str) -> str | None:
        """The field *name*; several lines of it are joined with commas (RFC 9110 section 5.3)."""
        values = [value for field, value in self.headers if field.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def media_type(self) -> str:
        """The media type in lower case, without parameters; empty when there is no Content-Type."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()

    @property
    def charsets(self) -> tuple[str, ...]:
        """What the media type's parameters called charset say, in lower case; none when it has no such parameter."""
        parameters = PARAMETER.findall(self.header("Content-Type") or "")
        named = (value for name, value in parameters if name.lower() == "charset")
        return tuple(re.sub(r"\\(.)", r"\1", value.strip(' \t"')).lower() for value in named)

    @property
    def decoded(self) -> strict_json.Decoded:
        """The body as JSON, with what is wrong about its text. Raises `strict_json.Unreadable` when it is none."""
        return READER.decode(self.content)


@dataclass(frozen=True)
class Exchange:
    """A request with its answer. *request* is as planned, *sent* as it was on the wire, without its key."""

    request: Request
    sent: Request
    url: str
    response: Response

    @property
    def json(self) -> Any:
        """The body as a JSON value. Raises `strict_json.Unreadable` when it is none."""
        return self.response.decoded.value
