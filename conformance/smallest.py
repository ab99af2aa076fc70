"""The smallest part of a JSON body that still breaks a rule: whatever can go without the rule being kept goes.

Only members and items are left out, so what stays is a part of the answer, as it was written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from conformance import strict_json
from specs import pointer

MOST_STEPS = 400
"""How often one body is judged anew."""

MOST_BYTES = 2 * 1024 * 1024
"""Octets that are judged anew for one body, all steps together: a long list is judged once or twice as a whole."""

MOST_NAMED = 8
MOST_LOOKED_AT = 10_000
"""Places and items that a violation may name beside its own, and items among which they are looked for."""

POINTER = re.compile(r"/[^\s,;'\"\[\]{}()]+")

QUOTED = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
"""A string as JSON has it (RFC 8259 section 7)."""

Breaks = Callable[[bytes], bool]


class _Members(list[tuple[str, Any]]):
    """The members of an object in their order, those that are there twice too."""


class _Number(str):
    """A number as it was written, or NaN."""

    __slots__ = ()


def smallest(content: bytes, at: str, named: Iterable[str], breaks: Breaks) -> str:
    """The smallest part of *content*, as JSON text, that *breaks* the rule; empty when there is none.

    *at* is the pointer of the violation, *named* what it says: places and values that matter beside *at*.
    """
    bom = content[: len(strict_json.BOM)] if content.startswith(strict_json.BOM) else b""
    try:
        strict_json.decode(content)
        body = _read(content[len(bom) :].decode())
    except (strict_json.Unreadable, UnicodeDecodeError):
        return ""
    shrinking = _Shrinking(breaks, bom)
    for places in _places(body, at, list(named)):
        part = _only(body, [pointer.split(each) for each in places])
        if shrinking.still(part):
            break
    else:
        part = body
        if not shrinking.still(part):
            return ""
    root = [part]
    shrinking.shrink(root)
    return bom.decode() + "".join(_written(root[0], ascii_only=False))


class _Shrinking:
    """Leaves out what it can, within bounds."""

    def __init__(self, breaks: Breaks, bom: bytes) -> None:
        self._breaks = breaks
        self._bom = bom
        self._steps = 0
        self._bytes = 0
        self._over = False

    def still(self, part: Any) -> bool:
        """Whether *part* breaks the rule; from the bounds on nothing is said to."""
        if self._over:
            return False
        octets = self._bom + "".join(_written(part, ascii_only=True)).encode()
        self._over = self._steps >= MOST_STEPS or self._bytes + len(octets) > MOST_BYTES
        if self._over:
            return False
        self._steps += 1
        self._bytes += len(octets)
        return self._breaks(octets)

    def shrink(self, root: list[Any]) -> None:
        """Shrinks what *root* holds, from the outside inwards."""
        inside = [root[0]]
        while inside and not self._over:
            container = inside.pop(0)
            if isinstance(container, list):
                self._leave_out(root, container)
                inside += (each[1] if isinstance(container, _Members) else each for each in container)

    def _leave_out(self, root: list[Any], container: list[Any]) -> None:
        """Leaves parts of *container* out: halves of it first, single ones at last (delta debugging)."""
        size = len(container)
        while size and not self._over:
            start = 0
            while start < len(container) and not self._over:
                whole = container[:]
                del container[start : start + size]
                if not self.still(root[0]):
                    container[:] = whole
                    start += size
            size = min(size // 2, len(container))


def _places(body: Any, at: str, named: Sequence[str]) -> Iterator[list[str]]:
    """Sets of places that may be enough, the smallest first."""
    if items := list(_items_named(body, at, named)):
        yield items
    yield [at]
    other = [each for text in named for each in POINTER.findall(text)][:MOST_NAMED]
    if other:
        yield [at, *other]


def _items_named(body: Any, at: str, named: Sequence[str]) -> Iterator[str]:
    """The items of the list at *at* that have a text which is *named* in quotes."""
    held = _at(body, pointer.split(at))
    if not isinstance(held, list) or isinstance(held, _Members):
        return
    quoted = {json.loads(each) for text in named for each in QUOTED.findall(text)}
    found = 0
    for index, item in enumerate(held[:MOST_LOOKED_AT]):
        if isinstance(item, _Members) and any(type(value) is str and value in quoted for _, value in item):
            yield f"{at}/{index}"
            found += 1
            if found == MOST_NAMED:
                return


def _only(value: Any, places: Sequence[Sequence[str]]) -> Any:
    """A copy of *value* with nothing in it but *places*, and what they stand in."""
    if not isinstance(value, list) or any(not place for place in places):
        return _copy(value)
    wanted: dict[str, list[Sequence[str]]] = {}
    for first, *rest in places:
        wanted.setdefault(first, []).append(rest)
    if isinstance(value, _Members):
        return _Members((name, _only(held, wanted[name])) for name, held in value if name in wanted)
    return [_only(value[index], wanted[str(index)]) for index in sorted(map(_index, wanted)) if 0 <= index < len(value)]


def _at(value: Any, tokens: Sequence[str]) -> Any:
    for token in tokens:
        if isinstance(value, _Members):
            value = next((held for name, held in value if name == token), None)
        elif isinstance(value, list) and 0 <= _index(token) < len(value):
            value = value[_index(token)]
        else:
            return None
    return value


def _index(token: str) -> int:
    return int(token) if token.isascii() and token.isdecimal() and len(token) < 10 else -1


def _copy(value: Any) -> Any:
    if isinstance(value, _Members):
        return _Members((name, _copy(held)) for name, held in value)
    return [_copy(each) for each in value] if isinstance(value, list) else value


def _read(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_Members, parse_int=_Number, parse_float=_Number, parse_constant=_Number)


def _written(value: Any, *, ascii_only: bool) -> Iterator[str]:
    if isinstance(value, _Number):
        yield str(value)
    elif isinstance(value, list):
        pairs = isinstance(value, _Members)
        yield "{" if pairs else "["
        for number, each in enumerate(value):
            yield "," if number else ""
            if pairs:
                yield f"{json.dumps(each[0], ensure_ascii=ascii_only)}:"
            yield from _written(each[1] if pairs else each, ascii_only=ascii_only)
        yield "}" if pairs else "]"
    else:
        yield json.dumps(value, ensure_ascii=ascii_only)
