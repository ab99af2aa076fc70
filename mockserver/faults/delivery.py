"""How an answer reaches the client, where it does so in an unusual way: a small script, as a value."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from mockserver.answer import Answer, RawFields


@dataclass(frozen=True)
class Wait:
    """Nothing for that many *seconds*."""

    seconds: float


@dataclass(frozen=True)
class Head:
    """The status line and the fields, framed by the server."""

    status: int
    fields: RawFields


@dataclass(frozen=True)
class Body:
    """The rest of the message behind its `Head`: *content* in parts of *size* octets, *pause_s* seconds before each."""

    content: bytes
    size: int
    pause_s: float


@dataclass(frozen=True)
class Write:
    """Octets on the connection, past the server and its framing; left out of an answer to HEAD if they are *content*."""

    octets: bytes
    content: bool = False


class End(enum.Enum):
    """How the connection ends."""

    CLOSE = "closed in good order, when everything is sent"
    RESET = "reset, so that the client gets RST (RFC 9293 section 3.5.2)"
    CLIENT = "left open until the client closes it"


Step = Wait | Head | Body | Write | End


@dataclass(frozen=True)
class Delivery:
    """*steps* in their order; either `Head` and `Body`, or `Write` and an `End`, with any `Wait` between."""

    steps: tuple[Step, ...]

    @property
    def needs_connection(self) -> bool:
        """Whether it can be performed only where the server hands out the connection itself."""
        return any(isinstance(step, Write | End) for step in self.steps)

    def delayed(self, seconds: float) -> Delivery:
        """This delivery with *seconds* of nothing in front."""
        return Delivery((Wait(seconds), *self.steps))


def whole(answer: Answer) -> Delivery:
    """*answer* at once."""
    return in_parts(answer, 1, 0)


def in_parts(answer: Answer, parts: int, seconds: float) -> Delivery:
    """*answer* with its content in at most so many *parts* of one size, spread evenly over *seconds*."""
    size = max(1, -(-len(answer.content) // parts))
    count = max(1, -(-len(answer.content) // size))
    return Delivery((Head(answer.status, answer.fields), Body(answer.content, size, seconds / count)))
