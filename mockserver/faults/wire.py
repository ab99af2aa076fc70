"""Faults of the connection and of the framing. WireMock's and Toxiproxy's names, where they have one."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus

from mockserver.answer import Answer
from mockserver.faults.delivery import Body, Delivery, End, Head, Wait, Write, in_parts
from mockserver.faults.fault import Fault, InapplicableError, Kind, Number, Occasion, Word

RANDOM_OCTETS = 256
MISSING_OCTETS = 10  # what CONTENT_LENGTH_MISMATCH leaves out of its length; any less than all breaks the JSON
PHRASES: Mapping[int, str] = {status.value: status.phrase for status in HTTPStatus}
PARTS_PER_SECOND = 10
GARBAGE = b"this is not the size of a chunk\r\n"

SECONDS = Number("seconds", "how long it takes", 5, 0, 600)


def _head(occasion: Occasion, answer: Answer, closing: bool = True) -> Write:
    """The status line and the fields of *answer*, as a server writes them (RFC 9112 sections 4 and 5)."""
    phrase = PHRASES.get(answer.status, "")
    date = formatdate(occasion.now, usegmt=True)
    fields = [(b"date", date.encode()), *answer.fields, *([(b"connection", b"close")] if closing else [])]
    lines = [f"HTTP/1.1 {answer.status} {phrase}".encode(), *(name + b": " + value for name, value in fields)]
    return Write(b"\r\n".join([*lines, b"", b""]))


def _reset(_occasion: Occasion) -> Delivery:
    return Delivery((End.RESET,))


def _empty(_occasion: Occasion) -> Delivery:
    return Delivery((End.CLOSE,))


def _timeout(_occasion: Occasion) -> Delivery:
    return Delivery((End.CLIENT,))


def _random_data(occasion: Occasion) -> Delivery:
    return Delivery((Write(occasion.random.randbytes(RANDOM_OCTETS)), End.CLOSE))


def _malformed_chunk(occasion: Occasion) -> Delivery:
    answer = occasion.answer
    content = _content(occasion)
    half = content[: (len(content) + 1) // 2]
    fields = tuple(each for each in answer.fields if each[0] != b"content-length")
    head = _head(occasion, Answer(answer.status, (*fields, (b"transfer-encoding", b"chunked")), b""))
    return Delivery((head, Write(b"%x\r\n%s\r\n%s" % (len(half), half, GARBAGE), content=True), End.CLOSE))


def _slow_close(occasion: Occasion) -> Delivery:
    sent = Write(occasion.answer.content, content=True)
    return Delivery((_head(occasion, occasion.answer), sent, Wait(occasion.numbers["seconds"]), End.CLOSE))


def _truncate(occasion: Occasion) -> Delivery:
    content = _content(occasion)
    half = Write(content[: len(content) // 2], content=True)
    return Delivery((_head(occasion, occasion.answer, closing=False), half, End.CLOSE))


def _content_length_mismatch(occasion: Occasion) -> Delivery:
    content = _content(occasion)
    said = max(1, len(content) - MISSING_OCTETS)
    answer = Answer.of(occasion.answer.status, occasion.answer.fields, content[:said])
    return Delivery((_head(occasion, answer, closing=False), Write(content, content=True), End.CLOSE))


def _dribble(occasion: Occasion) -> Delivery:
    answer = occasion.answer
    fields = tuple(each for each in answer.fields if each[0] != b"content-length")  # so the server sends it chunked
    chunked = Answer(answer.status, fields, _content(occasion))
    return in_parts(chunked, int(occasion.numbers["chunks"]), occasion.numbers["seconds"])


def _bandwidth(occasion: Occasion) -> Delivery:
    answer, rate = occasion.answer, occasion.numbers["rate"]
    size = max(1, int(rate / PARTS_PER_SECOND))
    return Delivery((Head(answer.status, answer.fields), Body(_content(occasion), size, size / rate)))


def _bad_gzip(occasion: Occasion) -> Answer:
    content = _content(occasion)
    if occasion.words["form"] == "cut":
        packed = gzip.compress(content, mtime=0)
        content = packed[: len(packed) // 2]
    spoiled = Answer.of(occasion.answer.status, occasion.answer.fields, content)
    return spoiled.replacing({"Content-Encoding": "gzip", "ETag": None})


def _content(occasion: Occasion) -> bytes:
    if len(occasion.answer.content) < 2:
        raise InapplicableError("the answer has no content to spoil")
    return occasion.answer.content


WIRE_FAULTS = (
    Fault("CONNECTION_RESET_BY_PEER", Kind.WIRE, "The connection is reset (RST) without a byte.", _reset),
    Fault("EMPTY_RESPONSE", Kind.WIRE, "The connection is closed without a byte.", _empty),
    Fault("MALFORMED_RESPONSE_CHUNK", Kind.WIRE, "A chunk, then garbage where the next one begins.", _malformed_chunk),
    Fault("RANDOM_DATA_THEN_CLOSE", Kind.WIRE, "Random octets, which are no HTTP, then the end.", _random_data),
    Fault("TIMEOUT", Kind.WIRE, "Nothing, until the client goes.", _timeout),
    Fault(
        "SLOW_CLOSE",
        Kind.WIRE,
        "The whole answer, but the connection stays open for a while, in spite of Connection: close.",
        _slow_close,
        parameters=(SECONDS,),
    ),
    Fault("TRUNCATE", Kind.WIRE, "The length of the whole content, half of it, then the end.", _truncate),
    Fault(
        "CONTENT_LENGTH_MISMATCH",
        Kind.WIRE,
        f"More content than Content-Length says: {MISSING_OCTETS} octets too many, so that the JSON is cut.",
        _content_length_mismatch,
    ),
    Fault(
        "DRIBBLE",
        Kind.WIRE,
        "The content in chunks, spread over a time.",
        _dribble,
        parameters=(Number("chunks", "how many", 5, 1, 1000, whole=True), SECONDS),
    ),
    Fault(
        "BANDWIDTH",
        Kind.WIRE,
        "The content at so many octets a second.",
        _bandwidth,
        parameters=(Number("rate", "octets a second", 1000, 1, 1e9, whole=True),),
    ),
    Fault(
        "BAD_GZIP",
        Kind.WIRE,
        "Content-Encoding says gzip; the content is none, or breaks off in the middle.",
        _bad_gzip,
        parameters=(Word("form", "plain: not gzip at all; cut: the first half of it", "plain", ("plain", "cut")),),
    ),
)
