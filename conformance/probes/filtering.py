"""Probes of filters: each by itself, several values, several filters, search, old names.

The oracle is `conformance.fit`: what the unfiltered list shows of each item.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from conformance.case import Case, NotApplicable, Scope, answered, ids, listed, same_ids
from conformance.finding import Violation, literal
from conformance.fit import fitting
from conformance.message import TELLING, Exchange, Pick, Request
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

    def over(self, scope: Scope, request: Request) -> Case | None:
        """Beside other parameters, nothing is there that does not have the value."""
        value = _beside(request, self.parameter)
        known = value is not None and value != "no-such-value" and "," not in str(value)
        return _nothing_else(scope, request, self.parameter) if known else None


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

    def over(self, scope: Scope, request: Request) -> Case | None:
        """Beside other parameters, nothing is there that has none of the values."""
        value = _beside(request, self.parameter)
        return _nothing_else(scope, request, self.parameter) if value and "," in str(value) else None

    def _case(self, scope: Scope, filter_: Filter, pair: tuple[str, str]) -> Case:
        @answered
        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            plain, filtered = answers
            fits = [fitting(filter_, value) for value in pair]
            named = {_id(item, scope): [fit(item) for fit in fits] for item in listed(plain, scope.items)}
            found = set(ids(filtered, scope.items))
            for name, has in named.items():
                if all(has) and name not in found:
                    yield Violation(
                        filtered, scope.items.at, "missing-item", f"{literal(name)}, which has both values", "it is absent"
                    )
                if not any(has) and name in found:
                    yield Violation(
                        filtered,
                        scope.items.at,
                        "extra-item",
                        "only items with one of the values",
                        f"{literal(name)}, which has none",
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
        filters = [each for each in scope.operation.query_parameters if each.filter]
        everything = tuple((each.name, Pick(scope.base, TELLING, each.name)) for each in filters)
        if len(filters) > 1:
            ordered = _ordered(scope)
            yield replace(self._case(scope, (*everything, *ordered)), essential=True)
            for each in filters:
                if each.filter and each.filter.match == "contains":
                    nowhere = tuple((name, NOWHERE if name == each.name else value) for name, value in everything)
                    yield replace(self._case(scope, (*nowhere, *ordered)), essential=True)
        for request in self.requests:
            yield self._case(scope, tuple(request["query"].items()))
        closed = [each for each in filters if each.values]
        combinations = [*itertools.combinations(closed, 2), tuple(closed)]
        for chosen in scope.choices.draw(st.sampled_from(combinations).flatmap(_values), 4):
            yield self._case(scope, chosen)

    @staticmethod
    def _case(scope: Scope, query: tuple[tuple[str, str | Pick], ...]) -> Case:
        known = {each.name: each.filter for each in scope.operation.query_parameters if each.filter}

        @answered
        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            plain, filtered = answers
            at, found = scope.items.at, set(ids(filtered, scope.items))
            items = listed(plain, scope.items)
            terms = [
                (known[name].match, [fitting(known[name], each) for each in _alternatives(known[name], str(value))])
                for name, value in filtered.sent.query
                if name in known
            ]
            every = [fits for _, alternatives in terms for fits in alternatives]
            # What a search finds beyond the text is open, but for a text that nothing has.
            closed = [
                alternatives for match, alternatives in terms if match != "contains" or not any(map(alternatives[0], items))
            ]
            for item in items:
                name = _id(item, scope)
                if name not in found and all(fits(item) for fits in every):
                    yield Violation(filtered, at, "missing-item", f"{literal(name)}, which fits every filter", "it is absent")
                if name in found and not all(any(fits(item) for fits in alternatives) for alternatives in closed):
                    yield Violation(filtered, at, "extra-item", "only items that fit every filter", literal(name))

        return Case((scope.base, scope.base.but(query=query)), judge)


def _alternatives(filter_: Filter, value: str) -> list[str]:
    return value.split(",") if filter_.list else [value]


def _ordered(scope: Scope) -> tuple[tuple[str, str], ...]:
    """The parameters for an order by a number that the items show, upwards; none where there is no such order."""
    for parameter in scope.operation.query_parameters:
        for value, order in parameter.sort.orders.items() if parameter.sort else ():
            if order.number and order.visible and parameter.sort and parameter.sort.direction:
                return ((parameter.name, value), (parameter.sort.direction, "asc"))
    return ()


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
            named, fits = set(ids(searched, scope.items)), fitting(filter_, str(text))
            for item in listed(plain, scope.items):
                if fits(item) and _id(item, scope) not in named:
                    yield Violation(
                        searched,
                        scope.items.at,
                        "missing-item",
                        f"{literal(_id(item, scope))}, which has {literal(text)}",
                        "it is absent",
                    )
            yield from _within(searched, plain, scope)

        @answered
        def nothing(answers: Sequence[Exchange]) -> Iterator[Violation]:
            yield from same_ids(answers[0], [], scope.items, "no model")

        # Where filters are joined, that probe asks for such a text beside the others, which says the same.
        yield Case((scope.base, scope.base.but(query=((self.parameter, part),))), found, essential=True)
        joined = any(
            each.check.name == "filters-joined" and scope.operation.id in each.operations
            for each in scope.provider.requirements
        )
        yield Case((scope.base.but(query=((self.parameter, NOWHERE),)),), nothing, essential=not joined)

    def over(self, scope: Scope, request: Request) -> Case | None:
        """Beside other parameters, a text that no item has gives none of the plain list."""
        if _beside(request, self.parameter) != NOWHERE:
            return None

        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            plain, searched = answers
            if searched.response.status != 200:
                raise NotApplicable(f"the answer is {searched.response.status}, not 200")
            known = set(ids(plain, scope.items))
            for name in ids(searched, scope.items):
                if name in known:
                    yield Violation(
                        searched, scope.items.at, "extra-item", f"no item, as none has {literal(NOWHERE)}", literal(name)
                    )

        return Case((scope.base, request), judge)


@dataclass(frozen=True)
class Alias:
    """An old name of a value gives the same ids as its present name."""

    parameter: str

    def cases(self, scope: Scope) -> Iterator[Case]:
        filter_ = _filter(scope, self.parameter)
        for old in filter_.aliases:
            case = _exactly(scope, self.parameter, old, filter_)
            yield Case(case.requests, case.judge, essential=True)


def _exactly(scope: Scope, parameter: str, value: str, filter_: Filter) -> Case:
    @answered
    def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        plain, filtered = answers
        fits = fitting(filter_, value)
        wanted = [_id(item, scope) for item in listed(plain, scope.items) if fits(item)]
        known = [each for each in wanted if each is not None]
        yield from same_ids(filtered, known, scope.items, f"the plain list with {parameter}={value}")

    return Case((scope.base, scope.base.but(query=((parameter, value),))), judge)


def _beside(request: Request, parameter: str) -> str | Pick | None:
    """The value of *parameter* in a plain *request* that has other parameters too, none of them with a value made up."""
    values = dict(request.query)
    made_up = any(value in ("no-such-value", NOWHERE) for name, value in values.items() if name != parameter)
    alone = len(values) < 2 or request != Request(request.operation, query=request.query)
    return None if alone or made_up else values.get(parameter)


def _nothing_else(scope: Scope, request: Request, parameter: str) -> Case:
    filter_ = _filter(scope, parameter)

    def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        plain, filtered = answers
        for answer in answers:
            if answer.response.status != 200:
                raise NotApplicable(f"the answer is {answer.response.status}, not 200")
        value = str(dict(filtered.sent.query)[parameter])
        fits = [fitting(filter_, each) for each in value.split(",")]
        found = set(ids(filtered, scope.items))
        for item in listed(plain, scope.items):
            if _id(item, scope) in found and not any(fit(item) for fit in fits):
                expected = f"only items that have {parameter}={value}"
                yield Violation(filtered, scope.items.at, "extra-item", expected, literal(_id(item, scope)))

    return Case((scope.base, request), judge)


def _within(searched: Exchange, plain: Exchange, scope: Scope) -> Iterator[Violation]:
    known = set(ids(plain, scope.items))
    for name in ids(searched, scope.items):
        if name not in known:
            yield Violation(searched, scope.items.at, "extra-item", "only items of the plain list", literal(name))


def _filter(scope: Scope, name: str) -> Filter:
    filter_ = scope.operation.parameter(name).filter
    if filter_ is None:
        raise ValueError(f"the parameter {name!r} of {scope.operation.id} has no x-filter")
    return filter_


def _id(item: Any, scope: Scope) -> str | None:
    name = item.get(scope.items.id) if isinstance(item, dict) else None
    return name if isinstance(name, str) else None
