"""Whether items fit a filter: the suite's own reading of ``x-filter``, from what the plain list shows of each item."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from specs.contract import Filter


def fitting(filter_: Filter, value: str) -> Callable[[Any], bool]:
    """Says of an item whether it has *value*, or a text with it, in the field of *filter_*.

    Each different text is looked at once, as thousands of models have the same few.
    """
    has = _part(value) if filter_.match == "contains" else _member(filter_, value)
    said: dict[str, bool] = {}

    def fits(item: Any) -> bool:
        held = item.get(filter_.field) if isinstance(item, dict) else None
        if not isinstance(held, str):
            return has(held)
        if held not in said:
            said[held] = has(held)
        return said[held]

    return fits


def _part(value: str) -> Callable[[Any], bool]:
    return lambda held: isinstance(held, str) and value.lower() in held.lower()


def _member(filter_: Filter, value: str) -> Callable[[Any], bool]:
    wanted = filter_.aliases.get(value, value)

    def has(held: Any) -> bool:
        members: Iterable[Any] = held.replace("，", ",").split(",") if isinstance(held, str) else held
        written = {str(each).strip() for each in members} if isinstance(held, str | list) else set()
        return wanted in {filter_.aliases.get(each, each) for each in written}

    return has
