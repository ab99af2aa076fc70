"""Reads bodies, and keeps what it read last, within bounds."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict

from conformance.listed import Cut, Items, cut
from conformance.strict_json import MAX_VALUES, Decoded, Unreadable, decode, values

MOST_FAULTLESS = 10_000
"""Bodies without a fault that are remembered as such, in sixteen bytes each."""


class Reader:
    """Reads bodies, and keeps what it read last: each body once, and all of them within *room* values.

    Thirty-two bytes count as a value, so that long texts have their price too. The items that lists may share have as much
    room again, and in each list an item counts as one value. A body that had to make room is read again when it is asked
    for, in half the time where it was without a fault, as nothing has to be looked for any more. Several threads may read,
    one at a time.
    """

    def __init__(self, room: int = MAX_VALUES) -> None:
        self._room = room
        self._kept: OrderedDict[bytes, tuple[Decoded | str, int]] = OrderedDict()
        self._items = Items()
        self._held = self._shared = 0
        self._faultless: set[bytes] = set()
        self._reading = threading.Lock()

    def decode(self, content: bytes) -> Decoded:
        """The value in *content*, as `strict_json.decode` has it. Raises `Unreadable`."""
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
        parts = cut(content)
        if parts is None or not self._keep_list(content, parts):
            weight = _weight(content)
            self._make_room(weight)
            self._add(content, self._read(content), weight)

    def _keep_list(self, content: bytes, parts: Cut) -> bool:
        """Keeps the list *content*, and says whether it is one that can be read in *parts*."""
        new = self._items.new(parts)
        weight = sum(map(_weight, new))
        if new and self._shared + weight > self._room:
            if weight < self._shared / 2:
                return False  # what is little beside what is there does not push it out
            self._forget_items()
            new = self._items.new(parts)
            weight = sum(map(_weight, new))
        self._make_room(len(parts.inside))
        try:
            value = self._items.read(parts, new)
        except (ValueError, RecursionError):
            return False
        self._shared += weight
        self._add(content, Decoded(value, ()), len(parts.inside))
        return True

    def _add(self, content: bytes, found: Decoded | str, weight: int) -> None:
        self._kept[content] = (found, weight)
        self._held += weight

    # Room is made first, so that what goes and what comes are never there together.

    def _make_room(self, weight: int) -> None:
        while self._kept and self._held + weight > self._room:
            _, (_, lighter) = self._kept.popitem(last=False)
            self._held -= lighter

    def _forget_items(self) -> None:
        """Lets go of all items, and of the lists that hold them."""
        self._items.forget()
        self._kept.clear()
        self._held = self._shared = 0

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


def _weight(content: bytes) -> int:
    return values(content) + len(content) // 32
