"""What one answer lists, in a form that can be kept and compared: its models with their facts, and its fields.

As JSON it is a member of the report (``specs/formats/report.schema.json``).
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any

from conformance import strict_json
from conformance.facts import Model, Price, cut, exact, model, number
from specs import pointer
from specs.contract import Operation, Unit

MOST_MODELS = 2_000
"""Models of one list that are kept in a file; two and a half times as many as the longest known list has."""

MOST_FIELDS = 2_000
"""Fields of one answer that are told apart: one that makes up its names is as open with so many as with a million."""

DEEPEST = 12
"""Levels of a body whose fields are told apart."""


TYPES = {bool: "boolean", dict: "object", list: "array", str: "string", type(None): "null"}


class NoList(Exception):
    """The answer holds no list of models; ``str()`` says what it holds instead, in a few words."""


@dataclass(frozen=True)
class Snapshot:
    """What the answer to the list *operation* holds, whatever the order of its models and members.

    *models* are by id, and of *total* in all; those that come after the last one are *left_out*. *nameless* items have
    no id that is a string. *fields* counts, by pointer with ``*`` for every index, how often each JSON type stands
    there; the first ones in order of `MOST_FIELDS` and no others.
    """

    operation: str
    models: tuple[Model, ...]
    nameless: int
    fields: Mapping[str, Mapping[str, int]]
    left_out: int = 0

    @property
    def total(self) -> int:
        """The models in all."""
        return len(self.models) + self.left_out

    def first(self, most: int = MOST_MODELS) -> Snapshot:
        """This snapshot with at most so many models, the first ones by id."""
        left_out = self.left_out + max(0, len(self.models) - most)
        return Snapshot(self.operation, self.models[:most], self.nameless, self.fields, left_out)

    def is_known(self, id: str) -> bool:
        """Whether it can be told if the model *id* was there: one behind the last one kept may have been left out."""
        return not self.left_out or (bool(self.models) and id <= self.models[-1].id)


def read(content: bytes, operation: Operation, most: int | None = None) -> Snapshot:
    """The snapshot of the body *content* of a 200 answer to *operation*, of *most* models as `Snapshot.first` has it.

    Raises `NoList`.
    """
    try:
        return snapshot(strict_json.decode(content, exact).value, operation, most)
    except strict_json.Unreadable as error:
        raise NoList(str(error)) from None


def snapshot(body: Any, operation: Operation, most: int | None = None) -> Snapshot:
    """The snapshot of the value *body*, whose numbers are exact where they are decimals, of *most* models. Raises `NoList`."""
    items = operation.items
    if items is None:
        raise NoList(f"{operation.id} lists nothing")
    try:
        listed = pointer.resolve(body, items.at)
    except LookupError:
        listed = None
    if not isinstance(listed, list):
        found = "nothing" if listed is None else f"JSON's {type_of(listed)}"
        raise NoList(f"{found} stands at {items.at}, where the list of models should be")
    named = [(cut(item[items.id]), item) for item in listed if isinstance(item, dict) and isinstance(item.get(items.id), str)]
    first = named if most is None else _first(named, most)
    models = tuple(_ordered(model(item, name, operation.facts) for name, item in first))[:most]
    # Cut by their order, which is no matter of the answer's.
    kept = dict(sorted(_fields("", [body]))[:MOST_FIELDS])
    return Snapshot(operation.id, models, len(listed) - len(named), kept, len(named) - len(models))


def to_json(held: Snapshot) -> dict[str, Any]:
    """*held* as a JSON value, with at most `MOST_MODELS` models; numbers are texts, so that they stay exact."""
    held = held.first()
    return {
        "operation": held.operation,
        "models": [_model_json(each) for each in held.models],
        "left_out": held.left_out,
        "nameless": held.nameless,
        "fields": {at: dict(types) for at, types in held.fields.items()},
    }


def from_json(value: Mapping[str, Any]) -> Snapshot:
    """The snapshot that `to_json` made *value* of."""
    models = tuple(_ordered(map(_model, value["models"])))
    return Snapshot(value["operation"], models, value["nameless"], value["fields"], value["left_out"])


def _first(named: Sequence[tuple[str, Any]], most: int) -> list[tuple[str, Any]]:
    """What of *named* may be among the first *most* by name: those, and others that are called as the last one of them."""
    names = frozenset(heapq.nsmallest(most, (name for name, _ in named)))
    return [(name, item) for name, item in named if name in names]


def _ordered(models: Iterable[Model]) -> Iterator[Model]:
    """*models* by their ids, and those with one id by what is known of them."""
    for _, alike in itertools.groupby(sorted(models, key=attrgetter("id")), attrgetter("id")):
        several = list(alike)
        yield from sorted(several, key=lambda each: repr(_model_json(each))) if len(several) > 1 else several


def type_of(value: Any) -> str:
    """The JSON type of *value*; all numbers are of one (RFC 8259 section 3)."""
    return TYPES.get(type(value), "number")


def _fields(at: str, values: Sequence[Any], depth: int = 0) -> Iterator[tuple[str, dict[str, int]]]:
    """How often each type stands at *at*, where all of *values* do, and at the places inside."""
    types: Counter[str] = Counter()
    for kind, count in Counter(map(type, values)).items():
        types[TYPES.get(kind, "number")] += count
    yield at, dict(sorted(types.items()))
    if depth == DEEPEST:
        return
    inside: dict[str, list[Any]] = {}
    for value in values:
        if isinstance(value, dict):
            for name, held in value.items():
                inside.setdefault(name, []).append(held)
        elif isinstance(value, list) and value:
            inside.setdefault("*", []).extend(value)
    for name, held in inside.items():
        yield from _fields(f"{at}/{pointer.escape(cut(name))}", held, depth + 1)


def _model_json(held: Model) -> dict[str, Any]:
    value: dict[str, Any] = {"id": held.id}
    value |= {name: held.texts[name] for name in sorted(held.texts)}
    for name, facts in (
        ("limits", {name: _written(each) for name, each in held.limits.items()}),
        ("lists", {name: sorted(each) for name, each in held.lists.items()}),
        ("flags", dict(held.flags)),
    ):
        if facts:
            value[name] = dict(sorted(facts.items()))
    if held.prices:
        value["prices"] = [_price_json(each) for each in held.prices]
    return value


def _price_json(price: Price) -> dict[str, Any]:
    value: dict[str, Any] = {"kind": price.kind, "amount": _written(price.amount), "currency": price.currency}
    if price.unit.of:
        value |= {"number": price.unit.number, "of": price.unit.of}
    return value | ({"conditions": price.conditions} if price.conditions else {})


def _written(value: Decimal | str) -> str | dict[str, str]:
    """A number as its digits, any other text as an object, so that neither is taken for the other."""
    return f"{value:f}" if isinstance(value, Decimal) else {"text": value}


def _model(value: Mapping[str, Any]) -> Model:
    return Model(
        value["id"],
        {name: value[name] for name in ("name", "owner", "created", "deprecated") if name in value},
        {name: _unwritten(each) for name, each in value.get("limits", {}).items()},
        {name: frozenset(each) for name, each in value.get("lists", {}).items()},
        dict(value.get("flags", {})),
        tuple(sorted(map(_price, value.get("prices", ())), key=lambda each: each.sorting)),
    )


def _price(value: Mapping[str, Any]) -> Price:
    unit = Unit(value.get("number", 1), value.get("of", ""))
    return Price(value["kind"], _unwritten(value["amount"]), value["currency"], unit, value.get("conditions", ""))


def _unwritten(value: str | Mapping[str, str]) -> Decimal | str:
    if isinstance(value, str):
        found = number(value)
        return cut(value) if found is None else found
    return value["text"]
