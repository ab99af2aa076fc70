"""Operators on what a gateway holds: each documented member dropped, renamed, emptied, of another type or out of bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proof.generated import Generated
from proof.operators.document import Document, Patch, Spot, items_of, served
from proof.readings import is_number
from specs.pointer import escape, split
from specs.provider import Provider

NAME = "payload"
OPTIONAL = "the member is optional"
ALLOWED = {
    "null": "null is allowed there",
    "retype": "that type is allowed there",
    "empty": "nothing asks for more than an empty value",
    "boundary": "no documented bound, value or form excludes it",
    "duplicate": "nothing forbids one value twice there",
    "reorder": "no order is promised there",
}
HUGE = 10**15
LONG = "long " * 2000

Change = tuple[str, str, Patch, str]
"""What is done, in a word and in a sentence's end; the patch; and the reason for which it may be allowed."""


def payload(provider: Provider) -> Iterator[Generated]:
    """Mutants of everything that *provider* answers 200 with."""
    for document in served(provider):
        yield from of_document(document, NAME)


def of_document(document: Document, operator: str) -> Iterator[Generated]:
    """The mutants of one *document*, at the first, a middle and the last place of each documented field."""
    for spot in document.spots:
        named = _named(spot)
        for what, says, patch, allowed in _changes(document, spot):
            sentence = f"{spot.at} ({spot.where}) {says}."
            yield document.mutant(operator, f"{named}:{what}@{spot.where}", sentence, patch, allowed, spot=spot)


def _named(spot: Spot) -> str:
    return spot.field.removeprefix("/components/schemas/").replace("/properties/", ".").replace("/items", "[]")


def _changes(document: Document, spot: Spot) -> Iterator[Change]:
    at, value = spot.at, spot.value
    if not spot.name.isdecimal():
        yield "drop", "is absent", [{"op": "remove", "path": at}], OPTIONAL
        for what, name in (("rename", _camel(spot.name)), ("prefix", f"x_{spot.name}")):
            patch: Patch = [{"op": "move", "from": at, "path": f"{spot.parent}/{escape(name)}"}]
            yield what, f"is called {name!r}", patch, OPTIONAL
    for what, says, new in _values(value):
        if new != value or type(new) is not type(value):
            yield what, says, [{"op": "replace", "path": at, "value": new}], ALLOWED[what.partition("-")[0]]
    yield from _repetitions(document, spot)


def _values(value: Any) -> Iterator[tuple[str, str, Any]]:
    yield "null", "is null", None
    other: Any = {"0": value} if isinstance(value, list) else [value]
    yield "retype-array", "is an array of it, or an object", other
    scalar: Any = "seven" if is_number(value) else 7
    yield "retype-scalar", f"is {scalar!r}", scalar
    if isinstance(value, str | list | dict):
        yield "empty", "is empty", type(value)()
    if is_number(value):
        for what, number in (("least", 0), ("below", -1), ("huge", HUGE)):
            yield f"boundary-{what}", f"is {number}", number
    if isinstance(value, str):
        yield "boundary-unknown", "is a word that no page knows", "no-such-value"
        yield "boundary-case", "is in capitals", value.upper()
        yield "boundary-long", "is 10 000 characters long", LONG


def _repetitions(document: Document, spot: Spot) -> Iterator[Change]:
    if isinstance(spot.value, list) and spot.value:
        for what, index in (("first", 0), ("last", len(spot.value) - 1)):
            patch: Patch = [{"op": "copy", "from": f"{spot.at}/{index}", "path": f"{spot.at}/-"}]
            yield f"duplicate-{what}", f"has its {what} value twice", patch, ALLOWED["duplicate"]
    if isinstance(spot.value, list) and len(spot.value) > 1:
        patch = [{"op": "replace", "path": spot.at, "value": spot.value[::-1]}]
        yield "reorder", "is turned round", patch, ALLOWED["reorder"]
    if isinstance(spot.value, dict) and len(spot.value) > 1:
        patch = [{"op": "replace", "path": spot.at, "value": dict(reversed(spot.value.items()))}]
        yield "reorder", "has its members turned round", patch, ALLOWED["reorder"]
    if document.operation.items and spot.where in ("middle", "last"):
        items = items_of(document.provider, document.operation)
        if split(spot.at)[-1] == items.id and spot.everywhere[0].count("/") == items.at.count("/") + 2:
            patch = [{"op": "copy", "from": spot.everywhere[0], "path": spot.at}]
            yield "duplicate-id", "is that of the first item", patch, ALLOWED["duplicate"]


def _camel(name: str) -> str:
    """*name* in camel case, or in snake case where that changes nothing: what a change of a serializer does."""
    head, *rest = name.split("_")
    return head + "".join(each.capitalize() for each in rest) if rest else name.capitalize()
