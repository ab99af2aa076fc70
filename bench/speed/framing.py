"""Where an answer ends: learnt from a server's first one, so that those after it are only looked at, not parsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

_HEAD_END = b"\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"


@dataclass(frozen=True)
class Framing:
    """Answers with *status* (three octets) whose body has *length* octets, or is in chunks where that is None."""

    status: bytes
    length: int | None

    @classmethod
    def of(cls, answer: bytes) -> Self | None:
        """That of an *answer*, as far as its head has come; None before. Raises ValueError where it is no HTTP/1.1."""
        head, end, _ = answer.partition(_HEAD_END)
        if not end:
            return None
        line, *fields = head.split(b"\r\n")
        if not line.startswith(b"HTTP/1.1 "):
            raise ValueError(f"expected HTTP/1.1, found {line[:20]!r}")
        status = line[9:12]
        for name, _, value in (field.partition(b":") for field in fields):
            if name.lower() == b"content-length":
                return cls(status, int(value))
            if name.lower() == b"transfer-encoding":
                return cls(status, None)
        if status == b"304":
            return cls(status, 0)
        raise ValueError("the answer has no length")

    def left(self, start: bytes, count: int) -> int | None:
        """How many octets are still to come of an answer of which *count* came, *start* first; None where its end tells.

        Raises ValueError where it has another status, or a head that is not within *start*.
        """
        if start[9:12] != self.status:
            raise ValueError(f"expected {self.status.decode()}, found {start[9:12]!r}")
        head = start.find(_HEAD_END)
        if head < 0:
            raise ValueError(f"the head of an answer is not within its first {len(start)} octets")
        return None if self.length is None else head + len(_HEAD_END) + self.length - count


def is_last(end: bytes) -> bool:
    """Whether an answer in chunks whose latest octets are *end* is whole."""
    return end.endswith(LAST_CHUNK)
