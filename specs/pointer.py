"""JSON Pointer (RFC 6901): the addresses used in messages, in requirements and in `$ref`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

_INDEX = re.compile("0|[1-9][0-9]*")  # RFC 6901 section 4: no leading zeros


def escape(token: str | int) -> str:
    """One reference token as it stands in a pointer (RFC 6901 section 3)."""
    return str(token).replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """The reverse of `escape` (RFC 6901 section 4)."""
    return token.replace("~1", "/").replace("~0", "~")


def join(tokens: Iterable[str | int]) -> str:
    """The pointer made of *tokens*; no tokens give the empty pointer, which is the whole document."""
    return "".join(f"/{escape(token)}" for token in tokens)


def split(pointer: str) -> list[str]:
    """The reference tokens of *pointer*.

    Raises ValueError for a pointer that is neither empty nor starts with a slash.
    """
    if not pointer:
        return []
    if not pointer.startswith("/"):
        raise ValueError(f"the JSON Pointer {pointer!r} does not start with '/'")
    return [unescape(token) for token in pointer[1:].split("/")]


def resolve(document: Any, pointer: str) -> Any:
    """What *pointer* addresses in *document*; raises LookupError when nothing is there."""
    value = document
    for token in split(pointer):
        if isinstance(value, list):
            if not _INDEX.fullmatch(token):
                raise LookupError(f"{token!r} is not an index of the array in {pointer!r}")
            value = value[int(token)]
        elif isinstance(value, dict):
            value = value[token]
        else:
            raise LookupError(f"{pointer!r} goes through a value without members")  # noqa: TRY004  # nothing is there
    return value


def matches(document: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Every (pointer, value) of *document* that *pattern* addresses.

    A pattern is a pointer in which the token ``*`` stands for every index or every member name:
    ``/data/*/id``. Places that are absent, or of another shape, are passed over.
    """
    found: Iterator[tuple[str, Any]] = iter([("", document)])
    for step in split(pattern):
        found = _inside(found, step)
    return found


def _inside(found: Iterator[tuple[str, Any]], step: str) -> Iterator[tuple[str, Any]]:
    """What *step*, one reference token or ``*``, addresses in each of the values that were *found*."""
    name, index = escape(step), int(step) if _INDEX.fullmatch(step) else None
    for at, value in found:
        if isinstance(value, dict):
            if step == "*":
                for each, held in value.items():
                    yield f"{at}/{escape(each)}", held
            elif step in value:
                yield f"{at}/{name}", value[step]
        elif isinstance(value, list):
            if step == "*":
                for number, item in enumerate(value):
                    yield f"{at}/{number}", item
            elif index is not None and index < len(value):
                yield f"{at}/{name}", value[index]
