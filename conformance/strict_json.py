"""JSON as RFC 8259 has it, and a list of what a lenient reader would not notice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

BOM = b"\xef\xbb\xbf"

MAX_DEPTH = 256
"""Levels of nesting at most: no list of models has more than ten, and whatever walks a value may recurse."""

MAX_DIGITS = 308
"""Digits of an integer at most: what is longer does not fit into the numbers that JSON is used with (RFC 8259 section 6)."""


class Unreadable(Exception):
    """The body is not JSON at all; ``str()`` says why."""


@dataclass(frozen=True)
class Decoded:
    """A JSON value, and the *faults* of the text it came from: (kind, sentence) pairs."""

    value: Any
    faults: tuple[tuple[str, str], ...]


def decode(content: bytes) -> Decoded:
    """The value in *content*. Faults that a reader can get over are listed, others raise `Unreadable`."""
    faults: list[tuple[str, str]] = []
    if content.startswith(BOM):
        faults.append(("byte-order-mark", "a byte order mark before the JSON text (RFC 8259 section 8.1)"))
        content = content[len(BOM) :]
    if not content.strip():
        raise Unreadable("the body is empty")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"the body is not UTF-8: {error.reason} at byte {error.start}") from None

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        faults.extend(_twice(pairs))
        return dict(pairs)

    def constant(name: str) -> float:
        faults.append(("not-a-number", f"the number {name}, which JSON does not have"))
        return float(name.replace("Infinity", "inf"))

    try:
        value = json.loads(text, object_pairs_hook=members, parse_int=_integer, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise Unreadable(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise Unreadable("the body is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"the body holds a number that is too long: {error}") from None
    if _is_deep(value):
        raise Unreadable("the body is nested too deeply")
    return Decoded(value, tuple(faults))


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"{len(text)} digits")
    return int(text)


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        inside = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list))
        level = [each for members in inside for each in members if isinstance(each, dict | list)]
        if not level:
            return False
    return True


def _twice(pairs: list[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    if len({name for name, _ in pairs}) == len(pairs):
        return
    for name, count in Counter(name for name, _ in pairs).items():
        if count > 1:
            yield "duplicate-member", f"the member {name!r} {count} times in one object"
