"""A list of models in an answer, to be put back changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from specs.contract import Items
from specs.pointer import resolve, split
from specs.recording import encode

STEP = 100  # models that are encoded at once: a few milliseconds


@dataclass(frozen=True)
class ModelList:
    """*items* in the JSON *body*, at the reference tokens *at* (RFC 6901)."""

    body: Any
    at: tuple[str, ...]
    items: list[Any]

    @classmethod
    def of(cls, content: bytes, items: Items | None) -> ModelList | None:
        """The list that *content* holds where *items* says, or None where there is none."""
        try:
            return cls.within(json.loads(content), items)
        except ValueError:
            return None

    @classmethod
    def within(cls, body: Any, items: Items | None) -> ModelList | None:
        """The list that *body* holds where *items* says, or None where there is none."""
        if items is None:
            return None
        try:
            found = resolve(body, items.at)
        except LookupError:
            return None
        return cls(body, tuple(split(items.at)), found) if isinstance(found, list) else None

    @property
    def member(self) -> str:
        """The name of the member that is the list; empty where the whole body is."""
        return self.at[-1] if self.at else ""

    def replaced(self, items: list[Any] | None) -> Any:
        """The body with other *items*, or null, in their place."""
        return _put(self.body, self.at, items, self.member)

    def encoded(self, items: list[Any]) -> bytes:
        """The body with other *items* as JSON, as `encode` makes it; in steps, between which other threads have their turn."""
        return _encoded(self.body, self.at, items)

    def renamed(self, name: str) -> Any:
        """The body with the list in the member *name*."""
        return _put(self.body, self.at, self.items, name)


def _encoded(body: Any, at: tuple[str, ...], items: list[Any]) -> bytes:
    if not at:
        parts = (encode(items[start : start + STEP])[1:-1] for start in range(0, len(items), STEP))
        return b"[%b]" % b",".join(parts)
    first, rest = at[0], at[1:]

    def part(name: str, value: Any) -> bytes:
        return _encoded(value, rest, items) if name == first else encode(value)

    if isinstance(body, list):
        return b"[%b]" % b",".join(part(str(index), each) for index, each in enumerate(body))
    return b"{%b}" % b",".join(b"%b:%b" % (encode(member), part(member, each)) for member, each in body.items())


def _put(body: Any, at: tuple[str, ...], value: Any, name: str) -> Any:
    """A copy of *body* with *value* at *at*, whose last member is called *name* from now on."""
    if not at:
        return {name: value} if name else value
    first, rest = at[0], at[1:]
    if isinstance(body, list):
        return [_put(each, rest, value, name) if str(index) == first else each for index, each in enumerate(body)]
    changed = _put(body[first], rest, value, name) if rest else value
    return {
        (name if member == first and not rest else member): changed if member == first else each
        for member, each in body.items()
    }
