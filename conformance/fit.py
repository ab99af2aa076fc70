"""Whether an item fits a filter: the suite's own reading of ``x-filter``, from what the plain list shows of the item."""

from __future__ import annotations

from typing import Any

from specs.contract import Filter


def fits(item: Any, filter_: Filter, value: str) -> bool:
    """Whether *item* has *value*, or a text with it, in the field of *filter_*."""
    held = item.get(filter_.field) if isinstance(item, dict) else None
    if filter_.match == "contains":
        return isinstance(held, str) and value.lower() in held.lower()
    members = held.replace("，", ",").split(",") if isinstance(held, str) else held if isinstance(held, list) else []
    present = {filter_.aliases.get(str(each).strip(), str(each).strip()) for each in members}
    return filter_.aliases.get(value, value) in present
