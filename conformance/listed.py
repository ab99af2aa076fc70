"""Lists of objects, read item by item: the models of one list come again in others, and what was read is not read again.

The text of a list is cut wherever an object may end and another one begin. That is no reading yet: such a place may be
inside a string, or deeper down. But where each part is a JSON object by itself, and what stands around them is an object
with one array, RFC 8259 leaves no other way to read the whole. Where any of that is not so, or anything is unusual, such as
a member that is there twice or NaN, nothing is read here, and `conformance.strict_json` reads the whole by itself.

Items with equal texts are one value, however many lists they are in: it takes its memory once, and nobody changes it.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.strict_json import integer, is_deep
from specs.evident import Numbered

NUMBERS = itertools.count()
BLANK = b" \t\r\n"
OPENS = re.compile(rb"\[[ \t\r\n]*\{")
BETWEEN = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*\{")


@dataclass(frozen=True)
class Cut:
    """A text that may be a list: what stands *around* its items, with an empty array for them, and the inside of each."""

    around: bytes
    inside: Sequence[bytes]


def cut(content: bytes) -> Cut | None:
    """*content* in parts, if it may be a list of objects with no other array around it; None where it is not."""
    opens, end = OPENS.search(content), content.rfind(b"]")
    last = content.rfind(b"}", 0, end)
    if opens is None or end < 0 or last < opens.end() or content[last + 1 : end].strip(BLANK):
        return None
    # One bracket at all: if that is an array, and no part of a string, it is the one that the items belong into.
    around = content[: opens.start() + 1] + content[end:]
    inside = BETWEEN.split(content[opens.end() : last])
    return Cut(around, inside) if around.count(b"[") == 1 and _is_object(inside[0]) else None


class Items:
    """The objects that were read, by the text inside their braces, each with a number that no other ever has."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[int, Any]] = {}

    def new(self, parts: Cut) -> list[bytes]:
        """What of *parts* was not read yet, each once."""
        return [inside for inside in dict.fromkeys(parts.inside) if inside not in self._known]

    def read(self, parts: Cut, new: Iterable[bytes]) -> Any:
        """The value of the list in *parts*, of which *new* is. Raises ValueError where it is not to be read so."""
        around = _object(parts.around)
        (name,) = [name for name, held in around.items() if held == []]  # a ValueError too, where it is deeper inside
        read = {inside: _object(b"{%b}" % inside) for inside in new}
        if is_deep({name: list(read.values())}):
            raise ValueError("nested too deeply")
        self._known |= zip(read, zip(NUMBERS, read.values(), strict=False), strict=True)
        return around | {name: Numbered(map(self._known.__getitem__, parts.inside))}

    def forget(self) -> None:
        """Lets go of all."""
        self._known.clear()


def _is_object(inside: bytes) -> bool:
    """Whether a part is one: where there are objects inside of items, the first part mostly tells."""
    try:
        _object(b"{%b}" % inside)
    except (ValueError, RecursionError):
        return False
    return True


def _object(text: bytes) -> dict[str, Any]:
    """The object that *text* is and nothing else. Raises ValueError where it is none, or anything about it is unusual."""
    value, end = DECODER.raw_decode(written := text.rstrip(BLANK).decode())
    if end < len(written) or not isinstance(value, dict):
        raise ValueError("not one object")
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member is there twice")
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_int=integer, parse_constant=_constant)
