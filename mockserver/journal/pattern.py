"""The pattern: which entries of a journal are meant, as plain data that says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from mockserver import faults
from mockserver.journal.entry import DIGITS, Cause, Entry
from mockserver.journal.redaction import is_sensitive

MAX_LENGTH = 512  # characters of a value
MAX_HEADERS = 16
MAX_NUMBER = 10**15
NONE = "none"  # what stands for null where there are only texts
_STATUS = re.compile("[1-5](?:[0-9][0-9]|xx)")
_KEY = re.compile(f"[0-9a-f]{{{DIGITS}}}")
_WHOLE = re.compile("[0-9]{1,15}")
_SECRETLESS = re.compile(r"(?:[A-Za-z]{1,20} )?[*?]+")  # at most a scheme, and anything behind


class DocumentError(ValueError):
    """What is asked of a journal cannot be read: a sentence that says why, and the valid members or values."""

    def __init__(self, detail: str, valid: Iterable[str] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.valid = tuple(valid)


@dataclass(frozen=True)
class Difference:
    """A *member* of a pattern that an entry does not have as *expected*."""

    member: str
    expected: Any
    actual: Any

    def json(self) -> dict[str, Any]:
        """This difference as its users see it."""
        return {"member": self.member, "expected": self.expected, "actual": self.actual}


@dataclass(frozen=True)
class Pattern:
    """The entries that fit all of *members*, have a higher number than *since*, and of those the *limit* newest."""

    members: Mapping[str, Any]
    since: int = 0
    limit: int | None = None

    def matches(self, entry: Entry) -> bool:
        """Whether *entry* is meant, but for the limit."""
        return entry.number > self.since and all(_MEMBERS[name].fits(asked, entry) for name, asked in self.members.items())

    def differences(self, entry: Entry) -> tuple[Difference, ...]:
        """What *entry* lacks of the members."""
        return tuple(
            Difference(name, asked, _MEMBERS[name].actual(asked, entry))
            for name, asked in self.members.items()
            if not _MEMBERS[name].fits(asked, entry)
        )

    def select(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Those of *entries* that are meant, in their order."""
        found = [each for each in entries if self.matches(each)]
        return tuple(found if self.limit is None else found[max(0, len(found) - self.limit) :])

    def json(self) -> dict[str, Any]:
        """This pattern as its users see it: read again, it is the same."""
        numbers = {"since": self.since or None, "limit": self.limit}
        return {**self.members, **{name: number for name, number in numbers.items() if number is not None}}


def pattern(document: Mapping[str, Any], *, limited: bool = True) -> Pattern:
    """The pattern that *document* says, be it JSON or the parameters of a query, where ``none`` stands for null.

    Members: *provider*, *operation* (or null), *method*, *path* and *query* (exact, or with ``*``, ``?`` and ``[]``; a path
    may be written decoded), *status* (404 or ``4xx``), *cause*, *fault* (or null), *key* (a fingerprint, or null), *header* (an
    object of patterns by name, or ``name`` or ``name:pattern``), *since* (a number), and if it may be *limited*, *limit*.

    Raises DocumentError for anything else.
    """
    valid = (*_MEMBERS, "since", *(["limit"] if limited else []))
    for name in document:
        if name not in valid:
            raise DocumentError(f"The member {str(name)[:40]!r} is not one of {', '.join(valid)}.", valid)
    return Pattern(
        MappingProxyType({name: _MEMBERS[name].read(name, asked) for name, asked in document.items() if name in _MEMBERS}),
        _whole("since", document.get("since", 0)),
        _whole("limit", document["limit"]) if "limit" in document else None,
    )


def refused(name: str, found: object, expected: str, valid: Iterable[str] = ()) -> DocumentError:
    """The error that *name* was *found* to be something else than *expected*."""
    shown = repr(found)
    return DocumentError(f"The {name} {shown if len(shown) <= 80 else f'{shown[:79]}…'} is not {expected}.", valid)


def _whole(name: str, asked: object) -> int:
    if isinstance(asked, str) and _WHOLE.fullmatch(asked):
        return int(asked)
    if isinstance(asked, int) and not isinstance(asked, bool) and 0 <= asked < MAX_NUMBER:
        return asked
    raise refused(name, asked, "a whole number from 0")


def _text(name: str, asked: object) -> str:
    if isinstance(asked, str) and 0 < len(asked) <= MAX_LENGTH:
        return asked
    raise refused(name, asked, f"a text of 1 to {MAX_LENGTH} characters")


def _text_or_none(name: str, asked: object) -> str | None:
    return None if asked is None or asked == NONE else _text(name, asked)


def _method(name: str, asked: object) -> str:
    return _text(name, asked).upper()


def _status(name: str, asked: object) -> int | str:
    text = str(asked).lower()
    if isinstance(asked, bool) or not _STATUS.fullmatch(text):
        raise refused(name, asked, "a status such as 404, or a class of them such as 4xx")
    return int(text) if text.isdecimal() else text


def _cause(name: str, asked: object) -> str:
    valid = [each.value for each in Cause]
    if asked not in valid:
        raise refused(name, asked, f"one of {', '.join(valid)}", valid)
    return str(asked)


def _fault(name: str, asked: object) -> str | None:
    if asked is None or asked == NONE:
        return None
    found = faults.find(asked) if isinstance(asked, str) else None
    if found is None:
        valid = (*faults.FAULTS, NONE)
        raise refused(name, asked, f"one of {', '.join(valid)}", valid)
    return found.name


def _key(name: str, asked: object) -> str | None:
    if asked is None or asked == NONE:
        return None
    if not isinstance(asked, str) or not _KEY.fullmatch(asked):
        # What was found is not repeated, as it may be a key.
        raise DocumentError(
            f"The {name} is not the first {DIGITS} hexadecimal digits of a key's SHA-256, as entries have, or none."
        )
    return asked


def _header(name: str, asked: object) -> Mapping[str, str]:
    if isinstance(asked, str) and asked:
        header, _, wanted = asked.partition(":")
        asked = {header: wanted.strip() or "*"}
    if not isinstance(asked, Mapping) or not 0 < len(asked) <= MAX_HEADERS:
        raise refused(name, asked, f"name, name:pattern, or an object of 1 to {MAX_HEADERS} patterns by name")
    found = {_text(name, header).strip().lower(): _text(name, wanted) for header, wanted in asked.items()}
    for header, wanted in found.items():
        if is_sensitive(header) and _SECRETLESS.fullmatch(wanted) is None:  # which the answer would repeat
            raise DocumentError(
                f"The value of the header {header[:40]!r} is not in the journal; ask for a key by its fingerprint, or for *."
            )
    return found


def _has_path(asked: str, entry: Entry) -> bool:
    return _like(entry.path, asked) or _like(unquote(entry.path), asked)


def _has_status(asked: int | str, entry: Entry) -> bool:
    return entry.status == asked if isinstance(asked, int) else asked == f"{entry.status // 100}xx"


def _has_headers(asked: Mapping[str, str], entry: Entry) -> bool:
    return all(name in entry.headers and _like(entry.headers[name], wanted) for name, wanted in asked.items())


def _headers(asked: Mapping[str, str], entry: Entry) -> dict[str, str | None]:
    return {name: entry.headers.get(name) for name in asked}


def _like(text: str, wanted: str) -> bool:
    return text == wanted or fnmatchcase(text, wanted)


@dataclass(frozen=True)
class _Member:
    """A member of a pattern: how its value is read, whether an entry fits it, and what the entry has instead."""

    read: Callable[[str, object], Any]
    fits: Callable[[Any, Entry], bool]
    actual: Callable[[Any, Entry], Any]


_MEMBERS: Mapping[str, _Member] = MappingProxyType(
    {
        "provider": _Member(_text, lambda asked, entry: entry.provider == asked, lambda _, entry: entry.provider),
        "operation": _Member(_text_or_none, lambda asked, entry: entry.operation == asked, lambda _, entry: entry.operation),
        "method": _Member(_method, lambda asked, entry: entry.method == asked, lambda _, entry: entry.method),
        "path": _Member(_text, _has_path, lambda _, entry: entry.path),
        "query": _Member(_text, lambda asked, entry: _like(entry.query, asked), lambda _, entry: entry.query),
        "status": _Member(_status, _has_status, lambda _, entry: entry.status),
        "cause": _Member(_cause, lambda asked, entry: entry.cause.value == asked, lambda _, entry: entry.cause.value),
        "fault": _Member(_fault, lambda asked, entry: entry.fault == asked, lambda _, entry: entry.fault),
        "key": _Member(_key, lambda asked, entry: entry.key == asked, lambda _, entry: entry.key),
        "header": _Member(_header, _has_headers, _headers),
    }
)
MEMBERS = (*_MEMBERS, "since", "limit")
