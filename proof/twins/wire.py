"""How an answer leaves over a socket (RFC 9112): framings, each a function from an answer to what is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from proof.twins.message import BODILESS, Answer, Call


@dataclass(frozen=True)
class Sent:
    """What is sent, each of *pieces* by itself, and whether the connection is closed afterwards."""

    pieces: tuple[bytes, ...]
    close: bool = False


Framing = Callable[[Call, Answer, Random], Sent]

REASONS = {
    200: "OK",
    304: "Not Modified",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
}


def plain(call: Call, answer: Answer, _chance: Random) -> Sent:
    """As most servers send it: one head with Content-Length, one body."""
    body = _body(call, answer)
    return Sent((head(_measured(call, answer)), body))


def chunked(call: Call, answer: Answer, chance: Random) -> Sent:
    """In chunks of any size, with extensions, leading zeros and a trailer (RFC 9112 section 7.1)."""
    body = _body(call, answer)
    if not body:
        return plain(call, answer, chance)
    begin = head(answer.without("Content-Length").having("Transfer-Encoding", chance.choice(["chunked", "Chunked"])))
    pieces = [begin]
    for piece in _cut(body, chance, chance.choice([16, 300, 8192])):
        size = chance.choice([f"{len(piece):x}", f"{len(piece):X}", f"000{len(piece):x}", f'{len(piece):x};a=1;b="x y"'])
        pieces.append(f"{size}\r\n".encode() + piece + b"\r\n")
    trailer = chance.choice([b"", b"X-Checksum: 1a2b\r\nServer-Timing: total;dur=5\r\n"])
    return Sent((*pieces, b"0\r\n" + trailer + b"\r\n"))


def until_close(call: Call, answer: Answer, _chance: Random) -> Sent:
    """Without Content-Length; the end of the connection ends the body (RFC 9112 section 6.3)."""
    return Sent((head(answer.without("Content-Length").having("Connection", "close")), _body(call, answer)), close=True)


def version_1_0(call: Call, answer: Answer, _chance: Random) -> Sent:
    """As HTTP/1.0 has it (RFC 1945 section 7.2.2)."""
    return Sent((head(answer.without("Content-Length"), version="HTTP/1.0"), _body(call, answer)), close=True)


def closing(call: Call, answer: Answer, _chance: Random) -> Sent:
    """A connection for each answer, which says so (RFC 9112 section 9.6)."""
    body = _body(call, answer)
    return Sent((head(_measured(call, answer).having("Connection", "close")), body), close=True)


def leaving(call: Call, answer: Answer, chance: Random) -> Sent:
    """Now and then a connection that is closed after an answer without a word (RFC 9112 section 9.5)."""
    body = _body(call, answer)
    kept = _measured(call, answer).having("Connection", "keep-alive").having("Keep-Alive", "timeout=5, max=100")
    return Sent((head(kept), body), close=chance.random() < 0.2)


def dripping(call: Call, answer: Answer, chance: Random) -> Sent:
    """The head byte by byte, the body in small pieces: TCP has no messages (RFC 9293 section 3.8)."""
    body = _body(call, answer)
    begin = head(_measured(call, answer))
    return Sent((*(begin[place : place + 1] for place in range(len(begin))), *_cut(body, chance, 2000)))


def after_interim(call: Call, answer: Answer, chance: Random) -> Sent:
    """After interim answers, which a client may ignore (RFC 9110 section 15.2)."""
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </docs>; rel=preload\r\n\r\n"
    others = [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 102 Processing\r\n\r\n", b""]
    return Sent((hints, chance.choice(others), *plain(call, answer, chance).pieces))


def speechless(call: Call, answer: Answer, chance: Random) -> Sent:
    """With an empty reason phrase, or one in Chinese (RFC 9112 section 4)."""
    body = _body(call, answer)
    return Sent((head(_measured(call, answer), reason=chance.choice(["", "好的"])), body))


def spaced(call: Call, answer: Answer, chance: Random) -> Sent:
    """With any white space, or none, around the values of fields (RFC 9112 section 5)."""
    body = _body(call, answer)
    colon = chance.choice([":", ":\t ", ":    "])
    return Sent((head(_measured(call, answer), colon=colon, end=chance.choice(["", " ", " \t"])), body))


def crowded(call: Call, answer: Answer, chance: Random) -> Sent:
    """With ninety fields that mean nothing here, some of them empty."""
    more = tuple((f"X-Trace-{number}", "" if number % 9 == 0 else f"{chance.getrandbits(400):x}") for number in range(90))
    return plain(call, Answer(answer.status, (*more, *answer.fields), answer.body), chance)


def head(answer: Answer, *, version: str = "HTTP/1.1", reason: str | None = None, colon: str = ": ", end: str = "") -> bytes:
    """The status line and the fields of *answer*, with the empty line that ends them."""
    phrase = REASONS.get(answer.status, "Other") if reason is None else reason
    lines = [f"{version} {answer.status} ".encode() + phrase.encode()]
    lines += [f"{name}{colon}{value}{end}".encode("latin-1") for name, value in answer.fields]
    return b"\r\n".join((*lines, b"", b""))


def _body(call: Call, answer: Answer) -> bytes:
    return b"" if call.method == "HEAD" or answer.status in BODILESS else answer.body


def _measured(call: Call, answer: Answer) -> Answer:
    """*answer* with its Content-Length, but for one that never has a body: what it says stands (RFC 9110 section 8.6)."""
    if call.method == "HEAD" or answer.status in BODILESS:
        return answer
    return answer.having("Content-Length", str(len(answer.body)))


def _cut(body: bytes, chance: Random, most: int) -> Iterable[bytes]:
    place = 0
    while place < len(body):
        size = chance.randint(1, most)
        yield body[place : place + size]
        place += size
