"""Values that a request takes from an earlier answer: ids, parts of ids, entity tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from conformance.case import NotApplicable, ids
from conformance.message import Exchange
from specs.contract import Items

LONGEST = 1000
"""Characters of a value that is asked for: a target does not choose how much is sent to it."""

SENDABLE = re.compile(r"[\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?")
"""What the value of a field may be (RFC 9110 section 5.5)."""

Picker = Callable[[Exchange, Items | None], str]


def _ids(exchange: Exchange, items: Items | None) -> list[str]:
    if items is None:
        raise NotApplicable("the contract does not say where the list has its items")
    named = ids(exchange, items)
    found = [each for each in named if _is_askable(each)]
    if not found:
        raise NotApplicable("the list has no id that a URL can hold" if named else "the list is empty")
    return found


def _is_askable(name: str) -> bool:
    """Whether a URL can hold *name*: half of a surrogate pair has no UTF-8, and dots as a segment mean another path."""
    return name not in ("", ".", "..") and len(name) <= LONGEST and not any("\ud800" <= each <= "\udfff" for each in name)


def _first(exchange: Exchange, items: Items | None) -> str:
    return _ids(exchange, items)[0]


def _last(exchange: Exchange, items: Items | None) -> str:
    return _ids(exchange, items)[-1]


def _reserved(exchange: Exchange, items: Items | None) -> str:
    for each in _ids(exchange, items):
        if set(each) & set("/:@+% "):
            return each
    raise NotApplicable("no id has a character that needs encoding")


def _part(exchange: Exchange, items: Items | None) -> str:
    last = _last(exchange, items)
    return last[len(last) // 3 :]


def _tag(exchange: Exchange, _items: Items | None) -> str:
    tag = exchange.response.header("ETag")
    if tag is None:
        raise NotApplicable("the answer has no ETag")
    if len(tag) > LONGEST or not SENDABLE.fullmatch(tag):
        raise NotApplicable("the answer has an ETag that no field can hold, or one that is too long to be sent back")
    return tag


def _weak_tag(exchange: Exchange, items: Items | None) -> str:
    return f"W/{_tag(exchange, items).removeprefix('W/')}"


def _tag_among_others(exchange: Exchange, items: Items | None) -> str:
    return f'"another", {_tag(exchange, items)}, W/"a-third"'


PICKS: Mapping[str, Picker] = {
    "the first id": _first,
    "the last id": _last,
    "an id with a reserved character": _reserved,
    "part of the last id": _part,
    "its ETag": _tag,
    "its ETag as a weak one": _weak_tag,
    "its ETag among others": _tag_among_others,
}
