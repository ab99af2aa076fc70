"""Probes of orders: by a visible number, and that an order takes nothing away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.case import Case, Judge, NotApplicable, Scope, answered, entries, ids, same_ids
from conformance.finding import Violation
from conformance.message import Exchange, Request
from conformance.probes.filtering import NOWHERE
from specs.pointer import resolve


@dataclass(frozen=True)
class Sort:
    """*value* of *parameter* orders by a number that the items show; *direction* turns the order round."""

    parameter: str
    value: str
    direction: str

    def cases(self, scope: Scope) -> Iterator[Case]:
        sort = scope.operation.parameter(self.parameter).sort
        order = sort.orders[self.value] if sort else None
        number = order.number if order and order.visible else None
        if number is None:
            raise ValueError(f"{self.parameter}={self.value} of {scope.operation.id} orders by no number that the page names")
        for turned in ("desc", "asc"):
            query = ((self.parameter, self.value), (self.direction, turned))
            yield Case((scope.base.but(query=query),), self._judge(scope, number, turned))

    def over(self, scope: Scope, request: Request) -> Case | None:
        """The order holds beside filters too."""
        query = dict(request.query)
        turned = query.get(self.direction)
        sort = scope.operation.parameter(self.parameter).sort
        number = sort.orders[self.value].number if sort else None
        plain = request == Request(request.operation, query=request.query) and NOWHERE not in query.values()
        if not (plain and number and query.get(self.parameter) == self.value and turned in ("asc", "desc")):
            return None
        judge = self._judge(scope, number, str(turned))

        def ordered(answers: Sequence[Exchange]) -> Iterator[Violation]:
            if answers[0].response.status != 200:
                raise NotApplicable(f"the answer is {answers[0].response.status}, not 200")
            yield from judge(answers)

        return Case((request,), ordered)

    def _judge(self, scope: Scope, pointer: str, turned: str) -> Judge:
        @answered
        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            before: tuple[float, str] | None = None
            for at, item in entries(answers[0], scope.items):
                value = _number(item, pointer)
                if value is None:
                    continue
                if before and (value > before[0] if turned == "desc" else value < before[0]):
                    expected = (
                        f"a number not {'above' if turned == 'desc' else 'below'} {before[0]:g}, which stands at {before[1]}"
                    )
                    yield Violation(answers[0], f"{at}{pointer}", "order", expected, f"{value:g}")
                before = (value, f"{at}{pointer}")

        return judge


@dataclass(frozen=True)
class SortPermutation:
    """Every documented value of *parameter* gives the items of the plain list, each once."""

    parameter: str

    def cases(self, scope: Scope) -> Iterator[Case]:
        for value in scope.operation.parameter(self.parameter).values:
            asked = scope.base.but(query=((self.parameter, value), *self._direction(scope, value)))
            yield Case((scope.base, asked), self._judge(scope), essential=True, neutral=True)

    def _direction(self, scope: Scope, value: str) -> tuple[tuple[str, str], ...]:
        """Downwards, where that has a meaning: it is asked for anyway, to see the order itself."""
        sort = scope.operation.parameter(self.parameter).sort
        order = sort.orders.get(value) if sort else None
        return ((sort.direction, "desc"),) if sort and sort.direction and order and order.number and order.visible else ()

    def over(self, scope: Scope, request: Request) -> Case | None:
        """A direction beside it takes nothing away either."""
        sort = scope.operation.parameter(self.parameter).sort
        names = {self.parameter, sort.direction if sort else None}
        plain = request == Request(request.operation, query=request.query)
        if not plain or set(dict(request.query)) != names or "no-such-value" in dict(request.query).values():
            return None
        return Case((scope.base, request), self._judge(scope))

    @staticmethod
    def _judge(scope: Scope) -> Judge:
        @answered
        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            plain, ordered = answers
            wanted, found = ids(plain, scope.items), ids(ordered, scope.items)
            yield from same_ids(ordered, wanted, scope.items, "the list without an order")
            if set(wanted) == set(found) and len(wanted) != len(found):
                yield Violation(ordered, scope.items.at, "count", f"{len(wanted)} items", f"{len(found)} items")

        return judge


def _number(item: Any, pointer: str) -> float | None:
    try:
        value = resolve(item, pointer)
    except LookupError:
        return None
    if isinstance(value, str) and value.strip().isdecimal():
        return float(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
