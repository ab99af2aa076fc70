"""The entry: one request and its answer, as the journal keeps them. Without keys, and bounded in every part."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple, Self

from mockserver.answer import ENCODING, RawFields
from mockserver.chaos import Draw
from mockserver.journal.redaction import Exchange, redacted
from mockserver.journal.secret import Secrets, without

MAX_METHOD = 32  # characters
MAX_TEXT = 2048  # characters of a path or a query
MAX_FIELDS = 32  # of a request or an answer
MAX_NAME = 64  # characters of a field's name
MAX_VALUE = 256  # characters of a field's value
MAX_BODY = 1024  # octets of content
MARGIN = 2048  # octets behind those that are looked at: no key, each character written with seven, is cut into an unknown piece
MAX_REMEMBERED = 8192  # characters of a request that is remembered
STATUSES = range(100, 600)  # counted each by itself; others together
OTHER = "other"
DIGITS = 12  # of a key's fingerprint
OBJECT = 400  # octets of an entry's JSON beside its longer texts, about
FIELD = 8  # likewise, of a field beside its name and value


class Cause(enum.Enum):
    """Why a request was answered as it was: the stage that decided."""

    RECORDING = "recording"  # what the gateway documents, be it 200, 400 or 404
    CONDITIONAL = "conditional"  # 304, as the client has the answer already
    PREFERENCE = "preference"  # asked for by Prefer or by a reserved parameter
    REFUSED_PREFERENCE = "refused-preference"  # asked for, but there is no such thing
    MAGIC_KEY = "magic-key"
    SEQUENCE = "sequence"
    CHAOS = "chaos"
    AUTHENTICATION = "authentication"  # no key, or a wrong one
    STANDING = "standing"  # a good key that may not do this: expired, banned, out of quota, without the right
    RATE_LIMIT = "rate-limit"
    METHOD = "method"  # the path has no such method; OPTIONS too
    UNMATCHED = "unmatched"  # no such path


class Step(NamedTuple):
    """Which step of which sequence an answer was; both count from 0."""

    sequence: int
    step: int

    def json(self) -> dict[str, Any]:
        """This step as its users see it."""
        return {"sequence": self.sequence, "step": self.step}


class Entry(NamedTuple):
    """One request and its answer.

    *number* is the order of arrival within the session, from 1; *at* is in seconds since 1970 on the session's clock.
    *path* is raw, below the provider. Of several fields with one name the values are joined by commas. *key* is the
    `fingerprint` of the bearer token. *status*, *response_headers*, *size* (in octets) and *body* (cut) are those of the
    answer before a fault of the wire spoiled it. *hint* is its field X-Mock-Hint. *weight* is the octets that the entry
    takes as JSON, about; in memory it takes some twice as many, or less, as entries of equal requests share their texts.
    *labels* are what it counts for, one for each status, cause and fault; there are only so many.
    """

    number: int
    at: float
    session: str
    provider: str
    operation: str | None
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    key: str | None
    status: int
    cause: Cause
    fault: str | None
    draw: Draw | None
    step: Step | None
    hint: str | None
    response_headers: Mapping[str, str]
    size: int
    body: str
    weight: int
    labels: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        """This entry as its users see it, and as it can be `read` again."""
        return {
            "number": self.number,
            "at": self.at,
            "session": self.session,
            "provider": self.provider,
            "operation": self.operation,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": dict(self.headers),
            "key": self.key,
            "status": self.status,
            "cause": self.cause.value,
            "fault": self.fault,
            "draw": self.draw.json() if self.draw else None,
            "step": self.step.json() if self.step else None,
            "hint": self.hint,
            "response_headers": dict(self.response_headers),
            "size": self.size,
            "body": self.body,
        }

    def again(self, number: int, at: float) -> Entry:
        """The entry of an equal request with an equal answer, of this *number* and *at* this time."""
        return self if (number, at) == (self.number, self.at) else self._replace(number=number, at=at)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """The entry whose `json` *document* is."""
        draw, step = document["draw"], document["step"]
        return cls(
            **{
                **document,
                "weight": _weight(document["path"], document["query"], document["headers"], document["response_headers"])
                + len(document["body"]),
                "labels": _labels(document["status"], Cause(document["cause"]), document["fault"]),
                "cause": Cause(document["cause"]),
                "draw": Draw(**draw) if draw else None,
                "step": Step(**step) if step else None,
            }
        )


def entry_of(
    *,
    number: int,
    at: float,
    session: str,
    provider: str,
    operation: str | None,
    method: str,
    path: str,
    query: str | bytes,
    headers: Mapping[str, str],
    token: str | None,
    status: int,
    fields: RawFields,
    content: bytes,
    cause: Cause,
    fault: str | None = None,
    draw: Draw | None = None,
    step: Step | None = None,
) -> Entry:
    """The entry of a request (*method* to *headers*, these by lower-case name, with its bearer *token*) and its answer.

    *content* is what GET gets; nothing of it is kept of an answer to HEAD. Keys are left out of everything, and all is cut
    to its bounds.
    """
    if isinstance(query, bytes):
        query = query.decode("utf-8", "replace") if query else ""
    if method == "HEAD":
        content = b""
    make = _told if len(path) + len(query) + sum(map(len, headers.values())) <= MAX_REMEMBERED else _told.__wrapped__
    told = make((method, path, query), tuple(headers.items()), fields, token)
    window = content[: MAX_BODY + MARGIN]
    body = _body(window, len(content) > len(window), told.secrets)
    return Entry(
        number=number,
        at=at,
        session=session,
        provider=provider,
        operation=operation,
        method=told.method,
        path=told.path,
        query=told.query,
        headers=told.headers,
        key=told.key,
        status=status,
        cause=cause,
        fault=fault,
        draw=draw,
        step=step,
        hint=told.hint,
        response_headers=told.response_headers,
        size=len(content),
        body=body,
        weight=told.weight + len(body),
        labels=_labels(status, cause, fault),
    )


@lru_cache(1024)
def _labels(status: int, cause: Cause, fault: str | None) -> tuple[str, ...]:
    found = (f"status:{status if status in STATUSES else OTHER}", f"cause:{cause.value}")
    return found if fault is None else (*found, f"fault:{fault}")


class _Told(NamedTuple):
    """What an entry has of the texts of a request and its answer: without *secrets*, and cut to its bounds."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    response_headers: Mapping[str, str]
    key: str | None
    hint: str | None
    weight: int
    secrets: Secrets


@lru_cache(256)
def _told(line: tuple[str, str, str], headers: tuple[tuple[str, str], ...], fields: RawFields, token: str | None) -> _Told:
    """What is kept of these, *line* being method, path and query; remembered, as most clients send a request many times.

    So the keys of the latest requests stay in this process, and nowhere else, as they do in what `without` remembers.
    """
    clean, secrets = redacted(Exchange(*line, dict(headers), _decoded(fields)), token)
    response_headers = _bounded(clean.response_headers)
    headers_kept, path, query = _bounded(clean.headers), clean.path[:MAX_TEXT], clean.query[:MAX_TEXT]
    return _Told(
        method=clean.method[:MAX_METHOD],
        path=path,
        query=query,
        headers=headers_kept,
        response_headers=response_headers,
        key=fingerprint(token),
        hint=response_headers.get("x-mock-hint"),
        weight=_weight(path, query, headers_kept, response_headers),
        secrets=secrets,
    )


def _weight(path: str, query: str, *fields: Mapping[str, str]) -> int:
    """The octets that an entry with these takes but for its body, about."""
    texts = sum(sum(map(len, each)) + sum(map(len, each.values())) + FIELD * len(each) for each in fields)
    return OBJECT + texts + len(path) + len(query)


def fingerprint(token: str | None) -> str | None:
    """The first digits of the SHA-256 of *token*, in hexadecimal: enough to tell keys apart, and no way back."""
    return None if token is None else hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


@lru_cache(256)
def _decoded(fields: RawFields) -> Mapping[str, str]:
    """*fields* as text, those with one name joined. Remembered, as one answer is given to many requests."""
    decoded = {str(name, ENCODING): str(value, ENCODING) for name, value in fields}
    if len(decoded) == len(fields):
        return decoded
    joined: dict[str, str] = {}
    for raw_name, raw_value in fields:
        name, value = str(raw_name, ENCODING), str(raw_value, ENCODING)
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _bounded(fields: Mapping[str, str]) -> Mapping[str, str]:
    if not fields:
        return fields
    if len(fields) <= MAX_FIELDS and max(map(len, fields)) <= MAX_NAME and max(map(len, fields.values())) <= MAX_VALUE:
        return fields
    return {name[:MAX_NAME]: fields[name][:MAX_VALUE] for name in islice(fields, MAX_FIELDS)}


@lru_cache(256)
def _body(window: bytes, longer: bool, secrets: Secrets) -> str:
    """The beginning of the content that *window* shows, which is *longer* than that or not.

    Remembered, too, so that entries share it.
    """
    octets = without(window.decode("utf-8", "replace"), secrets).encode()
    kept = len(octets) - MARGIN if longer else len(octets)  # redacting may have drawn the end of the window near
    return octets[: min(MAX_BODY, max(0, kept))].decode("utf-8", "ignore")
