"""What is put before the SDKs and the suite alike, and what the SDKs made of it, as values."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

BACKOFF = "its own backoff"


@dataclass(frozen=True)
class Served:
    """An answer. *fields* has no Content-Length, which is always right; in a Location ``{self}`` is the request's own path."""

    content: bytes
    status: int = 200
    fields: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)


def served(body: Any, status: int = 200, *, type: str | None = "application/json", **fields: str) -> Served:
    """An answer with *body*: bytes and text as they are, any other value as JSON; ``_`` in a field's name stands for ``-``."""
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    given = tuple((name.replace("_", "-"), value) for name, value in fields.items())
    return Served(content, status, given + ((("Content-Type", type),) if type is not None else ()))


@dataclass(frozen=True)
class Made:
    """What an SDK made of an answer.

    *given* is what the caller gets, the ids of a list or one id, or `NO_MODEL`; or *raised* is the name of the exception,
    *told* what it repeats of the gateway's words and *code* its code. *requests* counts what was sent, *waits* are the
    seconds between, or `BACKOFF`.
    """

    given: Any = None
    raised: str = ""
    told: str = ""
    code: Any = None
    requests: int = 1
    waits: tuple[float, ...] | str = ()

    @property
    def words(self) -> str:
        """In words, for a table."""
        sent = "nothing is sent" if self.requests == 0 else f"{self.requests} requests" if self.requests > 1 else ""
        pause = f"{self.waits[0]:g} s between" if isinstance(self.waits, tuple) and self.waits else ""
        pause = "its own pauses between" if self.waits == BACKOFF and self.requests == 3 else pause
        return ", ".join(each for each in (sent, pause, self._outcome) if each)

    @property
    def _outcome(self) -> str:
        if self.raised == "AuthenticationError" and self.requests == 1:
            says = f"`{self.told}`" if self.told else "nothing of what the gateway says"
            return f"`{self.raised}` with {says}"
        if self.raised:
            return f"`{self.raised}`"
        if isinstance(self.given, list):
            return f"models: {', '.join(map(_name, self.given))}" if self.given else "no models, no error"
        return f"a model: {_name(self.given)}"


NO_MODEL = "no model"
"""Where an SDK gives something else for a model, it is the value of this member."""


def _name(value: Any) -> str:
    if isinstance(value, dict):
        return f"no model but {json.dumps(value[NO_MODEL])}"
    return "without an id" if value is None else f"id {json.dumps(value, ensure_ascii=False)}"


@dataclass(frozen=True)
class Case:
    """One answer that breaks *rule*, *broken*, and answers that do not, *sound*, each with what the SDKs make of them.

    *at* is where the gateway gives it: to the ``list``, to ``retrieve``, or to a ``bad-key``; anything else it answers
    well. *asks* is the id that is retrieved, *asks_else* that of the sound answers.
    """

    rule: str
    says: str
    at: str
    broken: Served
    python: Made
    node: Made
    sound: tuple[tuple[Served, Made], ...] = field(default=())
    asks: str = "a"
    asks_else: str = "a"

    @property
    def call(self) -> str:
        """What of the SDK is called: ``list`` or ``retrieve``."""
        return "list" if self.at == "bad-key" else "retrieve" if self.asks != "a" else self.at

    @property
    def key(self) -> str:
        """The key that is presented."""
        return "sk-bad" if self.at == "bad-key" else "sk-good"
