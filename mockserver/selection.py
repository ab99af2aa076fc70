"""Filters and sorts: what the query parameters of a list do to its items."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from specs.contract import Filter, Operation, Order, Parameter, Sort
from specs.pointer import resolve

DIRECTIONS = ("asc", "desc")
_SEPARATOR = re.compile("[,，]")  # pages in Chinese separate by the full-width comma too
_DIGITS = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")

# The parameters that change something, by name, with their values: small, and usable as a key of a cache.
Picks = tuple[tuple[str, str], ...]


class UnknownValueError(Exception):
    """A parameter with a closed list of values has a value that is not in it."""


@dataclass(frozen=True)
class Selection:
    """What the query parameters of *operation* do; with *refuses*, a value outside a closed list is an error.

    Parameters that neither filter nor sort, nor turn a sort round, are ignored, their values too.
    """

    operation: Operation
    refuses: bool

    def picks(self, query: Mapping[str, str]) -> Picks:
        """What of *query* is ours, empty values left out; raises UnknownValueError for a value that is refused."""
        picks = []
        for parameter in self.operation.query_parameters:
            value = query.get(parameter.name)
            if not value or not (parameter.filter or parameter.sort or self._directs(parameter)):
                continue
            known = self._known(parameter)
            if self.refuses and known and not all(each in known for each in _values(parameter, value)):
                raise UnknownValueError(parameter.name)
            picks.append((parameter.name, value))
        return tuple(picks)

    def items(self, picks: Picks, items: Sequence[Any]) -> list[Any]:
        """Of *items* those that fit every filter of *picks*, in the order that its sort asks for."""
        picked = dict(picks)
        kept = list(items)
        for name, value in picks:
            parameter = self.operation.parameter(name)
            if parameter.filter:
                kept = [item for item in kept if _fits(item, parameter.filter, _values(parameter, value))]
            if parameter.sort and value in parameter.sort.orders:
                kept = _sorted(kept, parameter.sort.orders[value], _descending(parameter.sort, picked))
        return kept

    def _directs(self, parameter: Parameter) -> bool:
        return any(each.sort and each.sort.direction == parameter.name for each in self.operation.query_parameters)

    def _known(self, parameter: Parameter) -> Collection[str]:
        """The values that *parameter* may have; none at all where any will do."""
        if parameter.values:
            return {*parameter.values, *(parameter.filter.aliases if parameter.filter else ())}
        if parameter.sort:
            return parameter.sort.orders
        return () if parameter.filter else DIRECTIONS


def _values(parameter: Parameter, value: str) -> list[str]:
    """The values in *value*: several where the parameter takes a list, blanks around them and empty ones left out."""
    if parameter.filter is None or parameter.filter.list is None:
        return [value]
    return [each.strip() for each in value.split(",") if each.strip()]


def _fits(item: Any, wanted: Filter, values: list[str]) -> bool:
    field = _field(item, wanted.field)
    if wanted.match == "contains":
        found = [_contains(field, value) for value in values]
    else:
        members = {wanted.aliases.get(member, member) for member in _members(field)}
        found = [wanted.aliases.get(value, value) in members for value in values]
    if wanted.list == "any":
        return any(found) or not found  # no value at all asks for nothing
    return all(found)


def _field(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, dict) else None


def _contains(field: Any, text: str) -> bool:
    return field is not None and text.casefold() in str(field).casefold()


def _members(field: Any) -> list[str]:
    if isinstance(field, list):
        return [str(member) for member in field]
    return [] if field is None else [member.strip() for member in _SEPARATOR.split(str(field))]


def _descending(sort: Sort, picked: Mapping[str, str]) -> bool:
    direction = picked.get(sort.direction) if sort.direction else None
    return direction == "desc" if direction in DIRECTIONS else sort.descending


def _sorted(items: list[Any], order: Order, descending: bool) -> list[Any]:
    """*items* in *order*, equal ones as they were; only an order by a number has a direction, and who lacks it comes last."""
    if order.first is not None:
        field, text = order.first
        return sorted(items, key=lambda item: not _contains(_field(item, field), text))
    if order.number is None:
        return items
    present: list[tuple[int | float, Any]] = []
    missing = []
    for item in items:
        number = _number(item, order.number)
        if number is None:
            missing.append(item)
        else:
            present.append((number, item))
    present.sort(key=lambda pair: pair[0], reverse=descending)
    return [item for _, item in present] + missing


def _number(item: Any, pointer: str) -> int | float | None:
    """The number at *pointer* of *item*, also where it is a string of digits."""
    try:
        value = resolve(item, pointer)
    except LookupError:
        return None
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return float(value) if "." in value else int(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
