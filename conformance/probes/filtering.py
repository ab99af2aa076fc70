"""Probes of filters: each by itself, several values, several filters, search, old names.

The oracle is this file's own reading of ``x-filter``: what the unfiltered list shows of each item.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from conformance.case import Case, Scope, answered, entries, ids, same_ids
from conformance.finding import Violation
from conformance.message import Exchange, Pick
from specs.contract import Filter, Parameter

NOWHERE = "no-model-is-called-so"


@dataclass(frozen=True)
class FilterBy:
    """Each documented value of *parameter* gives exactly the items of the plain list that have it."""

    parameter: str

    def cases(self, scope: Scope) -> Iterator[Case]:
        filter_ = _filter(scope, self.parameter)
        for value in scope.operation.parameter(self.parameter).values:
            yield _exactly(scope, self.parameter, value, filter_)


@dataclass(frozen=True)
class FilterList:
    """Two values with a comma between: what has both is in, what is in has at least one."""

    parameter: str

    def cases(self, scope: Scope) -> Iterator[Case]:
        filter_ = _filter(scope, self.parameter)
        values = scope.operation.parameter(self.parameter).values
        pairs = list(itertools.combinations(values, 2))
        if not pairs:
            raise ValueError(f"the parameter {self.parameter!r} has fewer than two values")
        for pair in dict.fromkeys((pairs[0], *scope.choices.draw(st.sampled_from(pairs), 2))):
            yield self._case(scope, filter_, pair)

    def _case(self, scope: Scope, filter_: Filter, pair: tuple[str, str]) -> Case:
        @answered
        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            plain, filtered = answers
            named = {
                _id(item, scope): [_has(item, filter_, value) for value in pair] for _, item in entries(plain, scope.items)
            }
            found = set(ids(filtered, scope.items))
            for name, has in named.items():
                if all(has) and name not in found:
                    yield Violation(
                        filtered, scope.items.at, "missing-item", f"{name!r}, which has both values", "it is absent"
                    )
                if not any(has) and name in found:
                    yield Violation(
                        filtered, scope.items.at, "extra-item", "only items with one of the values", f"{name!r}, which has none"
                    )

        return Case((scope.base, scope.base.but(query=((self.parameter, ",".join(pair)),))), judge)


@dataclass(frozen=True)
class FiltersJoined:
    """Different filters at once give the items that each of them gives.

    *requests* are combinations that are asked anyway, such as those the page shows, each a map ``query``.
    Where a filter has several values, or searches, what fits all of them must be in, and what fits none not.
    """

    requests: Sequence[Mapping[str, Mapping[str, str]]] = ()

    def cases(self, scope: Scope) -> Iterator[Case]:
        for request in self.requests:
            yield self._case(scope, tuple(request["query"].items()))
        closed = [each for each in scope.operation.query_parameters if each.filter and each.values]
        combinations = [*itertools.combinations(closed, 2), tuple(closed)]
        for chosen in scope.choices.draw(st.sampled_from(combinations).flatmap(_values), 4):
            yield self._case(scope, chosen)

    @staticmethod
    def _case(scope: Scope, query: tuple[tuple[str, str], ...]) -> Case:
        known = {each.name: each.filter for each in scope.operation.query_parameters if each.filter}
        terms = [(known[name], value.split(",") if known[name].list else [value]) for name, value in query if name in known]

        @answered
        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            plain, filtered = answers
            at, found = scope.items.at, set(ids(filtered, scope.items))
            for _, item in entries(plain, scope.items):
                name = _id(item, scope)
                fits = [[_has(item, filter_, value) for value in values] for filter_, values in terms]
                open_ = [filter_.match == "contains" for filter_, _ in terms]
                if all(map(all, fits)) and name not in found:
                    yield Violation(filtered, at, "missing-item", f"{name!r}, which fits every filter", "it is absent")
                if name in found and not all(any(fit) or may for fit, may in zip(fits, open_, strict=True)):
                    yield Violation(filtered, at, "extra-item", "only items that fit every filter", repr(name))

        return Case((scope.base, scope.base.but(query=query)), judge)


def _values(parameters: tuple[Parameter, ...]) -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    return st.tuples(*(st.tuples(st.just(each.name), st.sampled_from(each.values)) for each in parameters))


@dataclass(frozen=True)
class Search:
    """Part of an id gives every item that has it; a text that no item has gives none."""

    parameter: str

    def cases(self, scope: Scope) -> Iterator[Case]:
        filter_ = _filter(scope, self.parameter)
        part = Pick(scope.base, "part of the last id")

        @answered
        def found(answers: Sequence[Exchange]) -> Iterator[Violation]:
            plain, searched = answers
            text = dict(searched.sent.query)[self.parameter]
            named = set(ids(searched, scope.items))
            for _, item in entries(plain, scope.items):
                if _has(item, filter_, str(text)) and _id(item, scope) not in named:
                    yield Violation(
                        searched, scope.items.at, "missing-item", f"{_id(item, scope)!r}, which has {text!r}", "it is absent"
                    )
            yield from _within(searched, plain, scope)

        @answered
        def nothing(answers: Sequence[Exchange]) -> Iterator[Violation]:
            yield from same_ids(answers[0], [], scope.items, "no model")

        yield Case((scope.base.but(query=((self.parameter, NOWHERE),)),), nothing, essential=True)
        yield Case((scope.base, scope.base.but(query=((self.parameter, part),))), found, essential=True)


@dataclass(frozen=True)
class Alias:
    """An old name of a value gives the same ids as its present name."""

    parameter: str

    def cases(self, scope: Scope) -> Iterator[Case]:
        for old, present in _filter(scope, self.parameter).aliases.items():
            yield self._case(scope, old, present)

    def _case(self, scope: Scope, old: str, present: str) -> Case:
        @answered
        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            yield from same_ids(answers[1], ids(answers[0], scope.items), scope.items, f"{self.parameter}={present}")

        asked = [scope.base.but(query=((self.parameter, value),)) for value in (present, old)]
        return Case(tuple(asked), judge)


def _exactly(scope: Scope, parameter: str, value: str, filter_: Filter) -> Case:
    @answered
    def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        plain, filtered = answers
        wanted = [_id(item, scope) for _, item in entries(plain, scope.items) if _has(item, filter_, value)]
        known = [each for each in wanted if each is not None]
        yield from same_ids(filtered, known, scope.items, f"the plain list with {parameter}={value}")

    return Case((scope.base, scope.base.but(query=((parameter, value),))), judge)


def _within(searched: Exchange, plain: Exchange, scope: Scope) -> Iterator[Violation]:
    known = set(ids(plain, scope.items))
    for name in ids(searched, scope.items):
        if name not in known:
            yield Violation(searched, scope.items.at, "extra-item", "only items of the plain list", repr(name))


def _filter(scope: Scope, name: str) -> Filter:
    filter_ = scope.operation.parameter(name).filter
    if filter_ is None:
        raise ValueError(f"the parameter {name!r} of {scope.operation.id} has no x-filter")
    return filter_


def _id(item: Any, scope: Scope) -> str | None:
    name = item.get(scope.items.id) if isinstance(item, dict) else None
    return name if isinstance(name, str) else None


def _has(item: Any, filter_: Filter, value: str) -> bool:
    held = item.get(filter_.field) if isinstance(item, dict) else None
    if filter_.match == "contains":
        return isinstance(held, str) and value.lower() in held.lower()
    members = held.replace("，", ",").split(",") if isinstance(held, str) else held if isinstance(held, list) else []
    present = {filter_.aliases.get(str(each).strip(), str(each).strip()) for each in members}
    return filter_.aliases.get(value, value) in present
