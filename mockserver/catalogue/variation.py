"""Variations of a model: another one as plausible, made from a recorded one by what the contract says of its members."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.catalogue.constraint import EARLIEST, constraints, is_number
from mockserver.catalogue.naming import Name, Naming
from mockserver.model_list import ModelList
from specs import Provider
from specs.contract import Operation
from specs.pointer import escape, join, matches

YEAR_S = 365 * 86_400
_DIGITS = re.compile("[0-9]{1,15}")
# Other prices and lengths are so many times those of the template: near enough to be plausible, and by steps that people take.
PRICE_FACTORS = (0.4, 0.5, 0.6, 0.75, 0.8, 0.9, 1, 1.1, 1.2, 1.25, 1.5, 1.8, 2, 2.5)
LENGTH_FACTORS = (0.25, 0.5, 1, 1, 1, 2, 4)

Path = tuple[str | int, ...]
Change = Callable[[Any], Any]
Changes = dict[str | int, "Changes | str"]  # by member or index: what changes below it, or which Change it gets itself


@dataclass(frozen=True)
class Template:
    """A recorded *model* of this *name*, and which of its members differ from model to model.

    The *changes* are ``price`` where the schema has a non-negative real number, ``length`` where it has a whole one
    or a string of digits, ``time`` where there are seconds since 1970, and ``text`` where the model's name stands.
    """

    model: Any
    name: Name
    changes: Changes

    def varied(self, naming: Naming, lots: random.Random) -> Any:
        """Another model, whose name nothing else has; what is the same in both they share, so it is not to be changed."""
        renaming = naming.renaming(self.name)
        price, length, earlier_s = lots.choice(PRICE_FACTORS), lots.choice(LENGTH_FACTORS), lots.randrange(YEAR_S)
        how: Mapping[str, Change] = {
            "text": renaming.apply,
            "price": lambda value: _price(value * price),
            "length": lambda value: _length(value, length),
            "time": lambda value: value - earlier_s if value - earlier_s >= EARLIEST else value,
        }
        return _changed(self.model, self.changes, how)


def _changed(value: Any, changes: Changes, how: Mapping[str, Change]) -> Any:
    """A copy of *value* with *changes*; what has none is not copied."""
    copy = value.copy()
    for token, below in changes.items():
        copy[token] = how[below](copy[token]) if isinstance(below, str) else _changed(copy[token], below, how)
    return copy


def templates(provider: Provider, operation: Operation, models: ModelList) -> tuple[Template, ...]:
    """The items of *models*, a recorded list of *operation*, as templates; those without an id are none."""
    if operation.items is None:
        return ()
    said = _said(provider, operation, models)
    times = _times(provider, operation, models)
    chosen = {each.filter.field for each in operation.query_parameters if each.filter and each.filter.match == "member"}
    seen: set[str] = set()
    found = []
    for index, item in enumerate(models.items):
        named = item.get(operation.items.id) if isinstance(item, dict) else None
        if not isinstance(named, str) or not named or named in seen:
            continue
        seen.add(named)
        name = Name.of(named)
        changes: Changes = {}
        for path, value in _leaves(item):
            at = f"{operation.items.at}/{index}{join(path)}"
            schemas = said.get(at, ())
            if at in times:
                _set(changes, path, "time")
            elif _is_price(value, schemas):
                _set(changes, path, "price")
            elif _is_length(value, schemas):
                _set(changes, path, "length")
            elif isinstance(value, str) and name.is_in(value) and _may_be_renamed(path, schemas, operation.items.id, chosen):
                _set(changes, path, "text")
        found.append(Template(item, name, changes))
    return tuple(found)


def fits(provider: Provider, operation: Operation, models: ModelList) -> Callable[[str], bool]:
    """Whether the contract allows an id of *models*, by its schema."""
    said = _said(provider, operation, models)
    name = operation.items.id if operation.items else ""
    at = operation.items.at if operation.items else ""
    schemas = [each for index in range(len(models.items)) for each in said.get(f"{at}/{index}/{escape(name)}", ())]
    patterns = {re.compile(each["pattern"]) for each in schemas if "pattern" in each}
    longest = min((each["maxLength"] for each in schemas if "maxLength" in each), default=None)
    closed = any("enum" in each or "const" in each for each in schemas)

    def fit(id: str) -> bool:
        return not closed and (longest is None or len(id) <= longest) and all(each.search(id) for each in patterns)

    return fit


def _set(changes: Changes, path: Path, change: str) -> None:
    for token in path[:-1]:
        below = changes.setdefault(token, {})
        if isinstance(below, dict):
            changes = below
    changes[path[-1]] = change


def _said(provider: Provider, operation: Operation, models: ModelList) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """What the schemas say of each place of the body."""
    response = operation.responses.get(200)
    said: dict[str, list[Mapping[str, Any]]] = {}
    if response is not None and response.schema is not None:
        for place, at, _ in provider.schemas.visits(response.schema, models.body):
            schema = provider.schemas.schema(place)
            if isinstance(schema, dict):
                said.setdefault(at, []).append(schema)
    return said


def _times(provider: Provider, operation: Operation, models: ModelList) -> frozenset[str]:
    """Where times stand that differ from model to model; one that several have is the gateway's constant."""
    found: dict[str, Any] = {}
    for check in constraints(provider, operation):
        if check.name == "epoch-seconds":
            found |= {at: value for at, value in matches(models.body, check.parameters["at"]) if is_number(value)}
    shared = Counter(found.values())
    return frozenset(at for at, value in found.items() if shared[value] == 1)


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value below *value* that is neither an object nor an array."""
    members: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if members is None:
        yield path, value
        return
    for token, member in members:
        yield from _leaves(member, (*path, token))


def _may_be_renamed(path: Path, schemas: Sequence[Mapping[str, Any]], id: str, chosen: Collection[str]) -> bool:
    """Whether a text may become another: the id may; not what filters choose by, nor what *schemas* bound."""
    bounds = ("const", "enum", "pattern", "maxLength")
    return path == (id,) or not (path[0] in chosen or any(name in each for each in schemas for name in bounds))


def _is_price(value: Any, schemas: Sequence[Mapping[str, Any]]) -> bool:
    return is_number(value) and _types(schemas) == {"number"} and _is_not_negative(schemas)


def _is_length(value: Any, schemas: Sequence[Mapping[str, Any]]) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole and not (isinstance(value, str) and _DIGITS.fullmatch(value)):
        return False
    return "integer" in _types(schemas) and _is_not_negative(schemas)


def _is_not_negative(schemas: Sequence[Mapping[str, Any]]) -> bool:
    """Whether *schemas* allow any number from 0 on."""
    bounds = ("const", "enum", "maximum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf")
    return any(each.get("minimum") == 0 for each in schemas) and not any(name in each for each in schemas for name in bounds)


def _types(schemas: Sequence[Mapping[str, Any]]) -> set[str]:
    types: set[str] = set()
    for each in schemas:
        named = each.get("type", ())
        types |= {named} if isinstance(named, str) else set(named)
    return types


def _price(value: float) -> int | float:
    """*value* with three digits that count, and no fraction that is zero."""
    rounded = float(f"{value:.3g}")
    return int(rounded) if rounded.is_integer() else rounded


def _length(value: int | str, factor: float) -> int | str:
    """*value* times *factor*: none stays none, and something stays something."""
    number = int(value)
    changed = max(1, int(number * factor)) if number else 0
    return str(changed) if isinstance(value, str) else changed
