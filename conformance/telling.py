"""Values for all filters of a list at once that tell most: leave one filter out, and the answer would differ."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.case import NotApplicable, listed
from conformance.fit import fitting
from conformance.message import Exchange
from specs.contract import Filter, Operation, Parameter

MOST_ITEMS = 200
MOST_CHOICES = 20_000
MOST_WORDS = 50
"""Items that are looked at, and combinations of values that are compared: a list of a million tells no more."""


def telling(exchange: Exchange, operation: Operation) -> Mapping[str, str]:
    """A value for each filter of *operation*, by the name of the parameter, which fit at least one item of the list together.

    Of all combinations, the one with which most filters matter: an item fits the others and not that one.
    Raises `NotApplicable` when the list has no item that a value of each filter fits.
    """
    if operation.items is None:
        raise NotApplicable("the contract does not say where the list has its items")
    items = listed(exchange, operation.items)[:MOST_ITEMS]
    known = [(each, each.filter) for each in operation.query_parameters if each.filter]
    marks: list[dict[str, int]] = [
        {value: _marked(items, filter_, value) for value in _values(parameter, filter_, items)} for parameter, filter_ in known
    ]
    best: tuple[tuple[int, int], tuple[str, ...]] | None = None
    for chosen in itertools.islice(_together(marks, len(items)), MOST_CHOICES):
        found = [marked[value] for marked, value in zip(marks, chosen, strict=True)]
        worth = (_told(found), _all(found).bit_count())
        if best is None or worth > best[0]:
            best = (worth, chosen)
    if best is None:
        raise NotApplicable("no item of the list fits a value of each filter")
    return {parameter.name: value for (parameter, _), value in zip(known, best[1], strict=True)}


def _values(parameter: Parameter, filter_: Filter, items: Sequence[Any]) -> Iterator[str]:
    """The documented values of *parameter*; for a search, words of the texts that it searches."""
    if parameter.values:
        yield from parameter.values
        return
    texts = (item.get(filter_.field) for item in items if isinstance(item, dict))
    words = (word for text in texts if isinstance(text, str) for word in re.findall(r"[A-Za-z0-9]{3,12}", text))
    yield from itertools.islice(dict.fromkeys(words), MOST_WORDS)


def _marked(items: Sequence[Any], filter_: Filter, value: str) -> int:
    """Which of *items* fit, a bit for each."""
    fits = fitting(filter_, value)
    return sum(1 << index for index, item in enumerate(items) if fits(item))


def _together(marks: Sequence[Mapping[str, int]], count: int) -> Iterator[tuple[str, ...]]:
    """The combinations of values that at least one of *count* items fits."""
    partial: list[tuple[tuple[str, ...], int]] = [((), (1 << count) - 1)]
    for marked in marks:
        longer = (((*names, value), left & bits) for names, left in partial for value, bits in marked.items() if left & bits)
        partial = list(itertools.islice(longer, MOST_CHOICES))
    yield from (names for names, _ in partial)


def _all(found: Sequence[int]) -> int:
    joined = found[0]
    for bits in found[1:]:
        joined &= bits
    return joined


def _told(found: Sequence[int]) -> int:
    """How many filters matter: an item fits all others, and not this one."""
    return sum(bool(_all([*found[:index], *found[index + 1 :]]) & ~bits) for index, bits in enumerate(found) if len(found) > 1)
