"""JSON as RFC 8259 has it, and a list of what a lenient reader would not notice."""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
from collections import Counter, OrderedDict
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

MOST_FAULTLESS = 10_000
"""Bodies without a fault that are remembered as such, in sixteen bytes each."""


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


class Reader:
    """Reads bodies, and keeps what it read last: each body once, and all of them within *room* values.

    Thirty-two bytes count as a value, so that long texts have their price too. A body that had to make room is read again
    when it is asked for, in half the time where it was without a fault, as nothing has to be looked for any more.
    Several threads may read, one at a time.
    """

    def __init__(self, room: int = MAX_VALUES) -> None:
        self._room = room
        self._kept: OrderedDict[bytes, tuple[Decoded | str, int]] = OrderedDict()
        self._held = 0
        self._faultless: set[bytes] = set()
        self._reading = threading.Lock()

    def decode(self, content: bytes) -> Decoded:
        """The value in *content*, as `decode` has it. Raises `Unreadable`."""
        with self._reading:
            if content in self._kept:
                self._kept.move_to_end(content)
            else:
                self._keep(content)
            found, _ = self._kept[content]
        if isinstance(found, str):
            raise Unreadable(found)
        return found

    def _keep(self, content: bytes) -> None:
        weight = values(content) + len(content) // 32
        # Room is made first, so that what goes and what comes are never there together.
        while self._kept and self._held + weight > self._room:
            _, (_, lighter) = self._kept.popitem(last=False)
            self._held -= lighter
        self._kept[content] = (self._read(content), weight)
        self._held += weight

    def _read(self, content: bytes) -> Decoded | str:
        digest = hashlib.blake2b(content, digest_size=16).digest()
        if digest in self._faultless:
            return Decoded(json.loads(content), ())
        try:
            found = decode(content)
        except Unreadable as error:
            return str(error)
        if not found.faults:
            if len(self._faultless) >= MOST_FAULTLESS:
                self._faultless.clear()
            self._faultless.add(digest)
        return found


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
        value = json.loads(text, object_pairs_hook=members, parse_float=real, parse_int=_integer, parse_constant=constant)
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
