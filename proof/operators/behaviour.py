"""Operators on behaviour over time and beyond one request: pages, flapping, caches, retrieving, bad values, limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from proof.generated import Generated
from proof.misbehaving import Answered, Asked, Behaviour
from proof.operators.document import items_of, listed
from proof.operators.making import Change, Making, body_of, fields_of, makings, status_of
from specs.contract import Authentication
from specs.provider import Provider

NAME = "behaviour"


def behaviour(provider: Provider) -> Iterator[Generated]:
    """Mutants of how each operation of *provider* behaves."""
    for making in makings(provider, NAME):
        if making.operation.items:
            yield from _pages(making)
            yield from _flapping(making)
        if making.operation.retrieves:
            yield from _retrieving(making)
        yield from _caches(making)
        yield from _bad_values(making)
    if provider.rate_limit:
        yield from _limits(next(each for each in makings(provider, NAME) if each.operation.items))


def _shorter(making: Making, change: Callable[[list[Any]], list[Any]]) -> Callable[[Answered], Answered]:
    at = items_of(making.provider, making.operation).at.removeprefix("/")
    return lambda answered: answered.holding({**answered.body, at: change(answered.body[at])})


def _pages(making: Making) -> Iterator[Generated]:
    owner = making.owner("unpaged")
    for name, change in (("limit", lambda models: models[:1]), ("page", lambda _: [])):
        yield making.answering(
            f"paged-by-{name}",
            f"The parameter {name!r} gives a part of the list.",
            owner,
            _shorter(making, change),
            "the contract has no requirement on paging",
            when=_has(making, name),
        )
    unknown = making.owner("unknown-parameter")
    for what, change in (
        ("loses-last", lambda models: models[:-1]),
        ("nothing", lambda _: []),
        ("loses-first", lambda models: models[1:]),
    ):
        yield making.answering(
            f"unknown-parameter-{what}",
            "A parameter that no page knows changes the list.",
            unknown,
            _shorter(making, change),
            when=_has(making, "unknown"),
        )


def _has(making: Making, name: str) -> Callable[[Asked], bool]:
    return _asks(making, lambda asked: name in asked.named)


def _flapping(making: Making) -> Iterator[Generated]:
    owner = making.owner("repeat")
    changes: dict[str, tuple[Callable[[list[Any]], list[Any]], str | None, str]] = {
        "loses-first": (lambda models: models[1:], owner, "the contract has no requirement on lists in a row"),
        "loses-last": (lambda models: models[:-1], owner, "the contract has no requirement on lists in a row"),
        "half": (lambda models: models[: len(models) // 2], owner, "the contract has no requirement on lists in a row"),
        "order": (lambda models: models[::-1], None, "no order is promised"),
    }
    for what, (change, breaks, allowed) in changes.items():
        shorter = _shorter(making, change)

        def flapping(shorter: Callable[[Answered], Answered] = shorter) -> Behaviour:
            times = Counter[Asked | tuple[Any, ...]]()

            def answers(asked: Asked, answered: Answered) -> Answered:
                if not making.asks(asked) or answered.status != 200:
                    return answered
                same = (asked.query, tuple(sorted(asked.headers.items())))
                times[same] += 1
                return shorter(answered) if times[same] % 2 == 0 else answered

            return Behaviour(answers=answers)

        yield making.mutant(f"flapping-{what}", f"Each second list differs: {what}.", breaks, flapping, allowed)


def _retrieving(making: Making) -> Iterator[Generated]:
    found, unknown = making.owner("retrieve"), making.owner("retrieve-unknown")
    models = listed(making.provider, making.operation)
    named = items_of(making.provider, making.operation).id
    names = [each[named] for each in models]
    which: dict[str, Callable[[Asked], bool]] = {
        "first": lambda asked: asked.model == names[0],
        "last": lambda asked: asked.model == names[-1],
        "reserved": lambda asked: bool(set(asked.model or "") & set("/:@+% ")),
    }
    for what, is_it in which.items():
        if what == "reserved" and not any(set(name) & set("/:@+% ") for name in names):
            continue
        chosen = _asks(making, is_it)
        for status in (400, 404):
            yield making.answering(
                f"retrieve-{what}-{status}",
                f"The {what} id is answered {status}.",
                found,
                status_of(status),
                when=chosen,
            )
        yield making.answering(
            f"retrieve-{what}-other",
            f"The {what} id gives another model.",
            found,
            body_of(models[1]),
            when=chosen,
        )
        yield making.answering(
            f"retrieve-{what}-capitals",
            f"The {what} id comes back in capitals.",
            found,
            lambda each: each.holding({**each.body, named: each.body[named].upper()}),
            when=chosen,
        )
    strange = _asks(making, lambda asked: asked.model not in names)
    for status in (400, 403, 500):
        yield making.answering(
            f"unknown-{status}",
            f"An id that no list has is answered {status}.",
            making.refusing(status, "retrieve-unknown"),
            status_of(status),
            when=strange,
            status=404,
        )
    for what, body in (("first-model", models[0]), ("empty-object", {}), ("null", None)):
        yield making.answering(
            f"unknown-{what}",
            f"An id that no list has is answered 200 with: {what}.",
            unknown,
            body_of(body, 200),
            when=strange,
            status=404,
        )


def _asks(making: Making, condition: Callable[[Asked], bool]) -> Callable[[Asked], bool]:
    return lambda asked: making.asks(asked) and condition(asked)


def _caches(making: Making) -> Iterator[Generated]:
    """A cache that was made with too little in its key: the first answer is everybody's."""
    ways: dict[str, tuple[str, str | None]] = {
        "query": ("whatever the query", making.owner("filter", "filter-list", "search", "sort")),
        "key": ("whatever the key", making.owner("missing-key", "wrong-key", "malformed-authorization")),
        "id": ("whatever the id", making.owner("retrieve") if making.operation.retrieves else None),
    }
    for what, (says, owner) in ways.items():
        if what == "key" and making.operation.authentication is not Authentication.REQUIRED:
            continue

        def caching(what: str = what) -> Behaviour:
            kept: dict[Any, Answered] = {}

            def answers(asked: Asked, answered: Answered) -> Answered:
                if not making.asks(asked) or (answered.status != 200 and what != "key"):
                    return answered
                parts = {"query": asked.query, "key": asked.headers.get("authorization"), "id": asked.model}
                key = tuple(value for name, value in parts.items() if name != what)
                if answered.status == 200:
                    kept.setdefault(key, answered)
                return kept.get(key, answered)

            return Behaviour(answers=answers)

        yield making.mutant(
            f"cached-by-all-but-{what}",
            f"The first answer is kept and given {says}.",
            owner,
            caching,
            "nothing of the contract depends on that",
        )


def _bad_values(making: Making) -> Iterator[Generated]:
    for parameter in making.operation.query_parameters:
        if not parameter.values:
            continue
        owner = making.owner("bad-value", parameters=parameter.name)

        def bad(asked: Asked, parameter: Any = parameter) -> bool:
            known = {*parameter.values, *(parameter.filter.aliases if parameter.filter else ())}
            return making.asks(asked) and not set(asked.named.get(parameter.name, parameter.values[0]).split(",")) <= known

        for status in (404, 422, 500):
            yield making.mutant(
                f"bad-{parameter.name}-{status}",
                f"An undocumented value of {parameter.name} is answered {status}.",
                owner,
                _where(bad, status_of(status)),
            )


def _limits(making: Making) -> Iterator[Generated]:
    owner, after = making.owner("rate-limit"), making.owner("retry-after")
    needs = ("probe-rate-limit",)
    place = "/x-gateway/rate_limit"

    def honest() -> Behaviour:
        return Behaviour()

    for what, patch in (
        ("none", {"op": "remove", "path": place}),
        ("half", {"op": "replace", "path": f"{place}/requests", "value": 29}),
        ("one", {"op": "replace", "path": f"{place}/requests", "value": 20}),
    ):
        yield making.mutant(f"limit-{what}", f"The limit of calls: {what}.", owner, honest, needs=needs, contract=(patch,))
    for status in (200, 403):
        says = f"Too many calls are answered {status}."
        yield making.mutant(f"limit-{status}", says, owner, _limited(status_of(status)), needs=needs)
    for what, value in (
        ("absent", None),
        ("word", "soon"),
        ("negative", "-1"),
        ("fraction", "1.5"),
        ("empty", ""),
        ("iso", "2026-11-21T00:00:00Z"),
    ):
        says = f"Retry-After is {value or 'absent'}."
        yield making.mutant(f"retry-after-{what}", says, after, _limited(fields_of(retry_after=value)), needs=needs)
    yield making.mutant(
        "limit-shared",
        "All tokens share one limit.",
        None,
        lambda: Behaviour(asks=lambda asked: asked),
        "it takes two good keys to see it, and the suite is given one (unchecked.yaml says so)",
        needs=needs,
    )


def _limited(change: Change) -> Callable[[], Behaviour]:
    """What does *change* to each 429."""
    return lambda: Behaviour(answers=lambda _, answered: change(answered) if answered.status == 429 else answered)


def _where(chosen: Callable[[Asked], bool], change: Change) -> Callable[[], Behaviour]:
    """What does *change* to each answer to what is *chosen*."""
    return lambda: Behaviour(answers=lambda asked, answered: change(answered) if chosen(asked) else answered)
