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

    *given* is what the caller gets, the ids of a list or one id, or what stands there when it is no model; or *raised* is
    the name of the exception, *told* what it repeats of the gateway's words and *code* its code. *requests* counts what
    was sent, *waits* are the seconds between, or `BACKOFF`.
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
        return ", ".join(each for each in (sent, pause, self._outcome) if each)

    @property
    def _outcome(self) -> str:
        if self.raised:
            says = f"says `{self.told}`" if self.told else "says nothing of the gateway's"
            return f"`{self.raised}`" + (f", {says}" if self.raised == "AuthenticationError" and self.requests == 1 else "")
        if isinstance(self.given, list):
            return f"models {', '.join(_name(each) for each in self.given)}" if self.given else "no models, no error"
        return f"a model with the id {_name(self.given)}"


def _name(value: Any) -> str:
    return "none" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`"


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
