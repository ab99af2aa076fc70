"""Twins by how the body is coded on its way (RFC 9110 section 8.4)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from random import Random

from proof.twins.message import Answer, Call
from proof.twins.twin import Behaviour, Stage, each

Coder = Callable[[bytes, Random], bytes]


def coded(name: str, coder: Coder) -> Behaviour:
    """The behaviour of sending bodies by *coder*, and saying *name*, to clients that accept it.

    A strong tag becomes a weak one, as the coded bytes are others (RFC 9110 section 8.8.3.3).
    """

    def change(call: Call, answer: Answer, stage: Stage) -> Answer:
        answer = answer.having("Vary", "Accept-Encoding")
        accepted = {each.partition(";")[0].strip().lower() for each in (call.field("Accept-Encoding") or "").split(",")}
        if name.lower().removeprefix("x-") not in accepted:
            return answer
        tag = answer.field("ETag")
        if tag and not tag.startswith("W/"):
            answer = answer.having("ETag", f"W/{tag}")
        if not answer.body:
            return answer
        return answer.having("Content-Encoding", name).saying(coder(answer.body, stage.chance))

    return each(change)


def whole(body: bytes, chance: Random) -> bytes:
    """As one member of any compression."""
    return gzip.compress(body, compresslevel=chance.randint(0, 9))


def members(body: bytes, chance: Random) -> bytes:
    """As several members, one of them empty (RFC 1952 section 2.2)."""
    middle = chance.randint(0, len(body))
    return gzip.compress(body[:middle]) + gzip.compress(b"") + gzip.compress(body[middle:])


def described(body: bytes, _chance: Random) -> bytes:
    """With a file's name, a comment, an extra field and a checksum of the header (RFC 1952 section 2.3.1)."""
    flags, extra = 0b11110, b"AB\x02\x00xy"
    begin = b"\x1f\x8b\x08" + bytes([flags]) + b"\x00\x00\x00\x00\x00\x03"
    begin += len(extra).to_bytes(2, "little") + extra + b"models.json\x00" + b"a comment\x00"
    begin += (zlib.crc32(begin) & 0xFFFF).to_bytes(2, "little")
    deflated = zlib.compressobj(wbits=-15)
    end = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
    return begin + deflated.compress(body) + deflated.flush() + end


def brotli(body: bytes, _chance: Random) -> bytes:
    """As a brotli stream of parts that are not compressed (RFC 7932 section 9.2)."""
    parts = [body[place : place + 65536] for place in range(0, len(body), 65536)]
    stream = b""
    for number, part in enumerate(parts):
        # ISLAST 0, MNIBBLES 0 (four), MLEN - 1 in 16 bits, ISUNCOMPRESSED 1; before the first one WBITS 0 (a window of 64 KiB).
        bits = ((len(part) - 1) << 3 | 1 << 19) << (number == 0)
        stream += bits.to_bytes(3, "little") + part
    return stream + (b"\x03" if parts else b"\x06")


def deflate(body: bytes, _chance: Random) -> bytes:
    """As zlib has it (RFC 9110 section 8.4.1.2)."""
    return zlib.compress(body)
