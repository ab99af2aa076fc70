"""Operators on filters, old names, searches and orders: each broken alone, and in pairs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mockserver.selection import Selection
from proof.attribution import first
from proof.generated import Generated
from proof.misbehaving import Answered, Asked
from proof.operators.document import items_of, listed
from proof.operators.making import Making, makings, status_of
from specs.contract import Filter, Parameter, Sort
from specs.provider import Provider

NAME = "selecting"
OPEN = "whether all or any of several values must fit is open, and so is what lies between"

Chosen = Callable[[list[Any], list[Any]], list[Any]]
"""What is answered in the place of what was chosen, and of all there is."""


def selecting(provider: Provider) -> Iterator[Generated]:
    """Mutants of what the query parameters of each list of *provider* do."""
    for making in makings(provider, NAME):
        parameters = [each for each in making.operation.query_parameters if each.filter or each.sort]
        if not (making.operation.items and parameters):
            continue
        for parameter in parameters:
            if parameter.filter:
                yield from _filter(making, parameter, parameter.filter)
            if parameter.sort:
                yield from _orders(making, parameter, parameter.sort)
        yield from _pairs(making, parameters)
        yield from _joined(making, [each for each in parameters if each.filter])


def _answering(
    making: Making,
    what: str,
    says: str,
    breaks: str | None,
    *,
    change: Chosen,
    when: Callable[[Asked], bool],
    allowed: str = "",
) -> Generated:
    """A mutant that answers other items than those it chose."""
    items, everything = items_of(making.provider, making.operation), listed(making.provider, making.operation)
    name = items.at.removeprefix("/")

    def changed(answered: Answered) -> Answered:
        body = answered.body
        return answered.holding({**body, name: change(body[name], everything)})

    return making.answering(what, says, breaks, changed, allowed, when=lambda asked: making.asks(asked) and when(asked))


def _without(chosen: list[Any], everything: list[Any]) -> list[Any]:
    return [each for each in everything if each not in chosen]


CHANGES: dict[str, tuple[str, Chosen]] = {
    "inverted": ("gives what does not fit", _without),
    "loses-first": ("loses the first of what fits", lambda chosen, _: chosen[1:]),
    "loses-last": ("loses the last of what fits", lambda chosen, _: chosen[:-1]),
    "nothing": ("gives nothing", lambda _, __: []),
    "stray": ("gives one that does not fit beside", lambda chosen, everything: [*chosen, *_without(chosen, everything)[:1]]),
}


def _filter(making: Making, parameter: Parameter, filter_: Filter) -> Iterator[Generated]:
    name = parameter.name
    owner = making.owner("filter", "search", parameter=name)

    def has(asked: Asked) -> bool:
        return name in asked.named

    yield making.asking(f"{name}/ignored", f"{name} does nothing.", owner, lambda asked: asked.without(name))
    for status in (400, 404, 500):
        yield making.answering(
            f"{name}/refused-{status}",
            f"{name} is answered {status}.",
            owner,
            status_of(status),
            when=lambda asked: making.asks(asked) and has(asked),
        )
    for what, (says, change) in CHANGES.items():
        yield _answering(making, f"{name}/{what}", f"{name} {says}.", owner, change=change, when=has)
    if filter_.match == "contains":
        yield from _text(making, parameter, filter_)
    for old, present in filter_.aliases.items():
        yield from _alias(making, name, old, present)
    if filter_.list:
        yield from _several(making, name)


def _text(making: Making, parameter: Parameter, filter_: Filter) -> Iterator[Generated]:
    name, owner = parameter.name, making.owner("search", parameter=parameter.name)
    readings: dict[str, Callable[[str, str], bool]] = {
        "whole": lambda text, value: text == value,
        "prefix": lambda text, value: text.startswith(value),
    }
    for what, fits in readings.items():

        def found(asked: Asked, answered: Answered, fits: Callable[[str, str], bool] = fits) -> Answered:
            body, at = answered.body, items_of(making.provider, making.operation).at.removeprefix("/")
            kept = [each for each in body[at] if fits(each[filter_.field], asked.named[name])]
            return answered.holding({**body, at: kept})

        yield making.answering_asked(
            f"{name}/{what}",
            f"{name} compares by {what}.",
            owner,
            found,
            when=lambda asked: making.asks(asked) and name in asked.named,
        )


def _alias(making: Making, name: str, old: str, present: str) -> Iterator[Generated]:
    owner = making.owner("alias", parameter=name)
    values = [each for each in making.operation.parameter(name).values if each != present]

    def instead(value: str | None) -> Callable[[Asked], Asked]:
        def change(asked: Asked) -> Asked:
            if asked.named.get(name) != old:
                return asked
            kept = asked.without(name)
            return (
                kept
                if value is None
                else Asked(kept.method, kept.path, (*kept.query, (name, value)), kept.headers, kept.operation, kept.model)
            )

        return change

    def is_old(asked: Asked) -> bool:
        return asked.named.get(name) == old

    yield making.asking(f"{name}/alias-{old}-ignored", f"{name}={old} does nothing.", owner, instead(None))
    yield making.asking(f"{name}/alias-{old}-other", f"{name}={old} stands for {values[0]}.", owner, instead(values[0]))
    yield _answering(
        making, f"{name}/alias-{old}-nothing", f"{name}={old} gives nothing.", owner, change=lambda _, __: [], when=is_old
    )
    yield making.answering(
        f"{name}/alias-{old}-refused",
        f"{name}={old} is refused.",
        owner,
        status_of(400),
        when=lambda asked: making.asks(asked) and is_old(asked),
    )


def _several(making: Making, name: str) -> Iterator[Generated]:
    owner = making.owner("filter-list", parameter=name)

    def several(asked: Asked) -> bool:
        return "," in asked.named.get(name, "")

    def only(index: int) -> Callable[[Asked], Asked]:
        return lambda asked: Asked(
            asked.method,
            asked.path,
            tuple((each, value.split(",")[index] if each == name else value) for each, value in asked.query),
            asked.headers,
            asked.operation,
            asked.model,
        )

    yield making.asking(f"{name}/list-first", f"Of several values of {name} the first counts.", None, only(0), OPEN)
    yield making.asking(f"{name}/list-last", f"Of several values of {name} the last counts.", None, only(-1), OPEN)
    yield making.asking(
        f"{name}/list-ignored",
        f"Several values of {name} do nothing.",
        owner,
        lambda asked: asked.without(name) if several(asked) else asked,
    )
    for what in ("inverted", "nothing"):
        says, change = CHANGES[what]
        yield _answering(
            making, f"{name}/list-{what}", f"{name} with several values {says}.", owner, change=change, when=several
        )
    for status in (400, 500):
        yield making.answering(
            f"{name}/list-refused-{status}",
            f"Several values of {name} are answered {status}.",
            owner,
            status_of(status),
            when=lambda asked: making.asks(asked) and several(asked),
        )


def _orders(making: Making, parameter: Parameter, sort: Sort) -> Iterator[Generated]:
    name, same = parameter.name, making.owner("sort-permutation", parameter=parameter.name)
    twice = first(
        making.provider, [each for each in making.provider.requirements if each.id in (same, making.invariant("unique"))]
    )
    for value, order in sort.orders.items():
        owner = making.owner("sort", parameter=name, value=value)

        def is_asked(asked: Asked, value: str = value) -> bool:
            return asked.named.get(name) == value

        hidden = "the page does not say by what it orders"
        for what, change in (
            ("reversed", lambda chosen, _: chosen[::-1]),
            ("swapped", lambda chosen, _: [chosen[-1], *chosen[1:-1], chosen[0]] if len(chosen) > 1 else chosen),
            ("unsorted", lambda chosen, everything: [each for each in everything if each in chosen]),
        ):
            yield _answering(
                making,
                f"{name}/{value}-{what}",
                f"{name}={value} is {what}.",
                owner,
                change=change,
                when=is_asked,
                allowed=hidden,
            )
        if order.number and owner and sort.direction:
            yield from _directions(making, name, value, sort.direction, owner)
        yield _answering(
            making,
            f"{name}/{value}-shorter",
            f"{name}={value} loses a model.",
            same,
            change=lambda chosen, _: chosen[1:],
            when=is_asked,
        )
        yield _answering(
            making,
            f"{name}/{value}-longer",
            f"{name}={value} gives a model twice.",
            twice,
            change=lambda chosen, _: [*chosen, *chosen[-1:]],
            when=is_asked,
        )
        for status in (400, 500):
            yield making.answering(
                f"{name}/{value}-{status}",
                f"{name}={value} is answered {status}.",
                owner or same,
                status_of(status),
                when=_also(making, is_asked),
            )


def _directions(making: Making, name: str, value: str, direction: str, owner: str) -> Iterator[Generated]:
    for turned in ("asc", "desc"):

        def always(asked: Asked, turned: str = turned) -> Asked:
            if asked.named.get(name) != value:
                return asked
            kept = asked.without(direction)
            return Asked(kept.method, kept.path, (*kept.query, (direction, turned)), kept.headers, kept.operation, kept.model)

        yield making.asking(f"{name}/{value}-always-{turned}", f"{name}={value} is always {turned}.", owner, always)


def _pairs(making: Making, parameters: Sequence[Parameter]) -> Iterator[Generated]:
    for kept, lost in itertools.permutations(parameters, 2):
        if kept.filter and lost.filter:
            owner = making.owner("filters-joined")
        else:
            owner = making.owner("sort", "filter", "search", parameter=lost.name)

        def ignoring(asked: Asked, kept: str = kept.name, lost: str = lost.name) -> Asked:
            return asked.without(lost) if {kept, lost} <= asked.named.keys() else asked

        yield making.asking(
            f"pair/{kept.name}-without-{lost.name}", f"Beside {kept.name}, {lost.name} does nothing.", owner, ignoring
        )
    for one, other in itertools.combinations(parameters, 2):
        names = {one.name, other.name}
        owner = making.owner("filters-joined") or making.owner("shown")
        yield making.answering(
            f"pair/{one.name}-{other.name}-500",
            f"{one.name} and {other.name} at once are answered 500.",
            owner,
            status_of(500),
            when=_with(making, names),
        )


def _joined(making: Making, filters: Sequence[Parameter]) -> Iterator[Generated]:
    if len(filters) < 2:
        return
    names, owner = [each.name for each in filters], making.owner("filters-joined")
    selection = Selection(making.operation, refuses=False)
    everything, at = listed(making.provider, making.operation), items_of(making.provider, making.operation).at.removeprefix("/")

    def present(asked: Asked) -> list[str]:
        return [name for name in names if name in asked.named]

    def any_of(asked: Asked, answered: Answered) -> Answered:
        found = [selection.items(((name, asked.named[name]),), everything) for name in present(asked)]
        return answered.holding({**answered.body, at: [each for each in everything if any(each in some for some in found)]})

    yield making.answering_asked(
        "joined/any",
        "Filters are joined by or.",
        owner,
        any_of,
        when=lambda asked: making.asks(asked) and len(present(asked)) > 1,
    )
    yield making.asking(
        "joined/first", "Of several filters the first counts.", owner, lambda asked: asked.without(*present(asked)[1:])
    )
    yield making.asking(
        "joined/last", "Of several filters the last counts.", owner, lambda asked: asked.without(*present(asked)[:-1])
    )


def _also(making: Making, condition: Callable[[Asked], bool]) -> Callable[[Asked], bool]:
    return lambda asked: making.asks(asked) and condition(asked)


def _with(making: Making, names: set[str]) -> Callable[[Asked], bool]:
    return _also(making, lambda asked: names <= asked.named.keys())
