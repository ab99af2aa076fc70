"""Operators on HTTP: status, media type and text of answers, and what odd requests do."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator

from proof.generated import Generated
from proof.misbehaving import Asked
from proof.operators.making import Change, Making, fields_of, makings, status_of
from specs.provider import Provider

NAME = "http"
HTML = b"<!doctype html><html><head><title>Please wait</title></head><body></body></html>"


def http(provider: Provider) -> Iterator[Generated]:
    """Mutants of how each operation of *provider* speaks HTTP."""
    for making in makings(provider, NAME):
        yield from _statuses(making)
        yield from _media_types(making)
        yield from _texts(making)
        yield from _codings(making)
        yield from _variations(making)


def _statuses(making: Making) -> Iterator[Generated]:
    owner = making.owner("answers", "retrieve")
    for status in (201, 202, 203, 206, 404, 418):
        yield making.answering(f"status-{status}", f"It is answered {status}.", owner, status_of(status))
    yield making.answering("status-204", "It is answered 204 without content.", owner, status_of(204, b""))
    for status in (301, 302, 307, 308):
        yield making.answering(
            f"redirect-{status}",
            f"It is redirected by {status}.",
            owner,
            _moved(status, f"{making.operation.path}/"),
        )


def _moved(status: int, location: str) -> Change:
    return lambda answered: answered.but(status, b"").having(location=location)


def _text(change: Callable[[bytes], bytes]) -> Change:
    return lambda answered: answered.but(content=change(answered.content))


def _compressed(text: bytes) -> bytes:
    return gzip.compress(text, mtime=0)


def _media_types(making: Making) -> Iterator[Generated]:
    owner = making.owner("media-type")
    wrong = {
        "html": "text/html; charset=utf-8",
        "plain": "text/plain; charset=utf-8",
        "text-json": "text/json",
        "octets": "application/octet-stream",
        "lines": "application/x-ndjson",
        "gbk": "application/json; charset=gbk",
        "latin": "application/json; charset=iso-8859-1",
        "utf-16": 'application/json; charset="utf-16"',
        "absent": None,
    }
    for name, value in wrong.items():
        yield making.answering(
            f"type-{name}",
            f"Its Content-Type is {value or 'absent'}.",
            owner,
            fields_of(content_type=value),
        )
    for name, value in {
        "bare": "application/json",
        "upper": "Application/JSON;charset=UTF-8",
        "quoted": 'application/json; charset="utf-8"',
    }.items():
        yield making.answering(
            f"type-{name}",
            f"Its Content-Type is {value}.",
            None,
            fields_of(content_type=value),
            "it names the same type in another way (RFC 9110 section 8.3.1)",
        )


def _texts(making: Making) -> Iterator[Generated]:
    owner = making.invariant("strict-json")
    changes: dict[str, Callable[[bytes], bytes]] = {
        "truncated": lambda text: text[: len(text) // 2],
        "last-byte": lambda text: text[:-1],
        "empty": lambda _: b"",
        "byte-order-mark": lambda text: b"\xef\xbb\xbf" + text,
        "nan": lambda text: text[:-1] + b',"load":NaN}',
        "infinity": lambda text: text[:-1] + b',"load":-Infinity}',
        "duplicate-member": lambda text: text[:-1] + b"," + text[1:],
        "trailing-comma": lambda text: text[:-1] + b",}",
        "trailing-text": lambda text: text + b"\nDone.",
        "twice": lambda text: text + text,
        "comment": lambda text: b"/* models */" + text,
        "utf-16": lambda text: text.decode().encode("utf-16-le"),
        "invalid-utf-8": lambda text: text[:-1] + b',"note":"\xff\xfe"}',
        "single-quotes": lambda text: text.replace(b'"', b"'"),
        "jsonp": lambda text: b"callback(" + text + b")",
        "events": lambda text: b"data: " + text + b"\n\ndata: [DONE]\n\n",
        "control-character": lambda text: text[:-1] + b',"note":"a\tb"}',
    }
    for name, change in changes.items():
        yield making.answering(
            f"text-{name}",
            f"The text of the body: {name}.",
            owner,
            _text(change),
        )
    yield making.answering(
        "text-spaced",
        "The text has blanks around it.",
        None,
        _text(lambda text: b"\n " + text + b"\n"),
        "JSON may have blanks around it (RFC 8259 section 2)",
    )


def _codings(making: Making) -> Iterator[Generated]:
    owner = making.invariant("strict-json")
    yield making.answering(
        "gzip-unnamed",
        "The body is compressed, and no field says so.",
        owner,
        _text(_compressed),
    )
    yield making.answering(
        "gzip-named",
        "The body is compressed, as Content-Encoding says.",
        None,
        lambda each: each.but(content=_compressed(each.content)).having(content_encoding="gzip"),
        "the suite accepts gzip, and any client may (RFC 9110 section 8.4)",
    )


def _variations(making: Making) -> Iterator[Generated]:
    def wants_page(asked: Asked) -> bool:
        return making.asks(asked) and asked.headers.get("accept", "").startswith("text/html")

    def has_unknown(asked: Asked) -> bool:
        return making.asks(asked) and "unknown" in asked.named

    harmless, unknown = making.owner("harmless"), making.owner("unknown-parameter")
    for status in (500, 503):
        says = f"A request for a page is answered {status}."
        yield making.answering(f"page-{status}", says, harmless, status_of(status), when=wants_page)
    for status in (400, 422, 500):
        says = f"A parameter that no page knows is answered {status}."
        yield making.answering(f"unknown-parameter-{status}", says, unknown, status_of(status), when=has_unknown)
