"""The expectation: how many entries of a journal are to fit a pattern, as plain data that says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from mockserver.journal.pattern import DocumentError, Pattern, pattern, refused

MAX_EXPECTATIONS = 50
MAX_COUNT = 10**9
_VALID = ("expectations", "order")
_MEMBERS = ("match", "count")
_BOUNDS = ("at_least", "at_most")


@dataclass(frozen=True)
class Expectation:
    """At least *at_least* and at most *at_most* entries match; None is without an upper bound."""

    match: Pattern
    at_least: int = 1
    at_most: int | None = None

    def allows(self, count: int) -> bool:
        """Whether *count* entries are as many as expected."""
        return self.at_least <= count and not self.exceeded_by(count)

    def exceeded_by(self, count: int) -> bool:
        """Whether *count* entries are more than expected."""
        return self.at_most is not None and count > self.at_most

    def expected(self) -> dict[str, Any]:
        """The bounds as their users see them."""
        return {"at_least": self.at_least, "at_most": self.at_most}


def expectations(document: object) -> tuple[tuple[Expectation, ...], bool]:
    """The expectations that *document* says, and whether their order matters.

    It is an object of *expectations*, each with *match* (a `pattern`; by default any entry) and *count* (a number, or an
    object of *at_least* and *at_most*; by default at least 1), and of *order* (by default false).

    Raises DocumentError for anything else.
    """
    members = _object("document", document, _VALID)
    listed = members.get("expectations")
    if not isinstance(listed, list) or not 0 < len(listed) <= MAX_EXPECTATIONS:
        raise refused("member expectations", listed, f"a list of 1 to {MAX_EXPECTATIONS} objects with {' and '.join(_MEMBERS)}")
    order = members.get("order", False)
    if not isinstance(order, bool):
        raise refused("member order", order, "true or false")
    return tuple(_expectation(each) for each in listed), order


def _expectation(document: object) -> Expectation:
    members = _object("expectation", document, _MEMBERS)
    match = members.get("match", {})
    if not isinstance(match, Mapping):
        raise refused("match", match, "an object")
    at_least, at_most = _count(members.get("count", {"at_least": 1}))
    return Expectation(pattern(match, limited=False), at_least, at_most)


def _count(document: object) -> tuple[int, int | None]:
    if _is_count(document):
        return document, document
    if not isinstance(document, Mapping) or not document:
        raise refused("count", document, "a whole number from 0, or an object with at_least, at_most or both", _BOUNDS)
    bounds = _object("count", document, _BOUNDS)
    for name, bound in bounds.items():
        if not _is_count(bound):
            raise refused(name, bound, "a whole number from 0")
    at_least, at_most = bounds.get("at_least", 0), bounds.get("at_most")
    if at_most is not None and at_least > at_most:
        raise DocumentError(f"The at_least {at_least} is more than the at_most {at_most}; no count could be both.")
    return at_least, at_most


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COUNT


def _object(name: str, document: object, valid: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(document, Mapping):
        raise refused(name, document, f"an object with {' and '.join(valid)}", valid)
    for member in document:
        if member not in valid:
            raise refused(f"member of the {name}", member, f"one of {', '.join(valid)}", valid)
    return document
