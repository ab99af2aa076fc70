"""A list of models in an answer, to be put back changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from specs.contract import Items
from specs.pointer import resolve, split


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

    def renamed(self, name: str) -> Any:
        """The body with the list in the member *name*."""
        return _put(self.body, self.at, self.items, name)


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
