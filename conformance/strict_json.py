"""JSON as RFC 8259 has it, and a list of what a lenient reader would not notice."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

BOM = b"\xef\xbb\xbf"

MAX_DEPTH = 256
"""Levels of nesting at most: no list of models has more than ten, and whatever walks a value may recurse."""

MAX_DIGITS = 308
"""Digits of an integer at most: what is longer does not fit into the numbers that JSON is used with (RFC 8259 section 6)."""

MAX_VALUES = 600_000
"""Values of one body at most, and of all bodies together that are kept read: ten thousand models have some 500 000."""

MAX_FAULTS = 1_000
"""Faults of one body that are listed."""


class Unreadable(Exception):
    """The body is not JSON at all; ``str()`` says why."""


@dataclass(frozen=True)
class Decoded:
    """A JSON value, and the *faults* of the text it came from: (kind, sentence) pairs."""

    value: Any
    faults: tuple[tuple[str, str], ...]


def values(content: bytes | bytearray) -> int:
    """At least as many as *content* holds JSON values, without reading it: each follows a comma or an opening bracket."""
    return 1 + content.count(b",") + content.count(b"[") + content.count(b"{")


def decode(content: bytes, real: Callable[[str], Any] = float) -> Decoded:
    """The value in *content*. Faults that a reader can get over are listed, others raise `Unreadable`.

    *real* makes a value of a number with a fraction or an exponent.
    """
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
        found = dict(pairs)
        if len(found) < len(pairs) and len(faults) < MAX_FAULTS:
            faults.extend(itertools.islice(_twice(pairs), MAX_FAULTS))
        return found

    def constant(name: str) -> float:
        if len(faults) < MAX_FAULTS:
            faults.append(("not-a-number", f"the number {name}, which JSON does not have"))
        return float(name.replace("Infinity", "inf"))

    try:
        value = json.loads(text, object_pairs_hook=members, parse_float=real, parse_int=integer, parse_constant=constant)
    except json.JSONDecodeError as error:
        message = error.msg.removesuffix(" at")  # as that of some ends
        raise Unreadable(f"the body is not JSON: {message} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise Unreadable("the body is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"the body holds a number that is too long: {error}") from None
    if is_deep(value):
        raise Unreadable("the body is nested too deeply")
    return Decoded(value, tuple(faults))


def integer(text: str) -> int:
    """The integer that is written as *text*. Raises ValueError for one that is too long."""
    if len(text) > MAX_DIGITS:
        raise ValueError(f"{len(text)} digits")
    return int(text)


def is_deep(value: Any) -> bool:
    """Whether *value* is nested deeper than `MAX_DEPTH`."""
    level: list[Any] = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for each in level:
            for inside in each.values() if type(each) is dict else each:
                kind = type(inside)  # what is read has no subclasses, and this is half of the time
                if kind is dict or kind is list:
                    below.append(inside)
        if not below:
            return False
        level = below
    return True


def _twice(pairs: list[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    for name, count in Counter(name for name, _ in pairs).items():
        if count > 1:
            yield "duplicate-member", f"the member {name!r} {count} times in one object"
