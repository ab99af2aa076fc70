"""Probes of operations that give one item of a list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.case import Case, Judge, NotApplicable, Scope, answered, entries, status_is
from conformance.choices import word
from conformance.finding import Violation, literal
from conformance.message import Exchange
from conformance.strict_json import Unreadable

WHICH = ("the first id", "the last id", "an id with a reserved character")


@dataclass(frozen=True)
class Retrieve:
    """A listed id, encoded as one segment, gives 200 and an object of that id."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        for what in WHICH:
            yield Case((scope.retrieve(what),), self._judge(scope), essential=True)

    @staticmethod
    def _judge(scope: Scope) -> Judge:
        @answered
        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            asked = _asked(answers[0])
            name, model = scope.items.id, _object(answers[0])
            if model.get(name) != asked:
                actual = literal(model[name]) if name in model else "it is absent"
                yield Violation(answers[0], f"/{name}", "id", f"{literal(asked)}, which was asked for", actual)

        return judge


@dataclass(frozen=True)
class RetrieveEqual:
    """The members of a retrieved item equal those of its entry in the list, but for those named in *without*."""

    without: Sequence[str] = ()

    def cases(self, scope: Scope) -> Iterator[Case]:
        for what in WHICH:
            yield Case((scope.listing, scope.retrieve(what)), self._judge(scope))

    def _judge(self, scope: Scope) -> Judge:
        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            listing, retrieved = answers
            if retrieved.response.status != 200:
                raise NotApplicable(f"the answer is {retrieved.response.status}, not 200")
            item = _object(retrieved)
            if item.get(scope.items.id) != _asked(retrieved):
                raise NotApplicable("the answer has another id")
            for at, entry in entries(listing, scope.items):
                if isinstance(entry, dict) and entry.get(scope.items.id) == item[scope.items.id]:
                    yield from self._differences(retrieved, at, entry, item)
                    return

        return judge

    def _differences(self, exchange: Exchange, at: str, entry: dict[str, Any], item: dict[str, Any]) -> Iterator[Violation]:
        for name in sorted((entry.keys() | item.keys()) - set(self.without)):
            if name in entry and name in item and _same(entry[name], item[name]):
                continue
            in_list, alone = (
                json.dumps(side[name], sort_keys=True) if name in side else "it is absent" for side in (entry, item)
            )
            yield Violation(exchange, f"/{name}", "differs", f"{in_list[:120]}, as at {at}/{name} of the list", alone[:120])


@dataclass(frozen=True)
class RetrieveUnknown:
    """An id that no list has is answered with one of *statuses*."""

    statuses: Sequence[int]

    def cases(self, scope: Scope) -> Iterator[Case]:
        retrieves = scope.operation.retrieves
        if retrieves is None:
            raise ValueError(f"{scope.operation.id} retrieves nothing")
        letters = word("abcdefghijklmnopqrstuvwxyz", least=12, most=12)
        for name in scope.choices.draw(letters, 1):
            asked = scope.base.but(path=((retrieves.parameter, f"no-such-model-{name}"),))
            yield Case((asked,), lambda answers: status_is(answers[0], *self.statuses))


def _asked(exchange: Exchange) -> str:
    return str(exchange.sent.path[0][1])


def _object(exchange: Exchange) -> dict[str, Any]:
    try:
        body = exchange.json
    except Unreadable as error:
        raise NotApplicable(str(error)) from None
    if not isinstance(body, dict):
        raise NotApplicable("the answer is not an object")
    return body


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal as JSON Schema 2020-12 Core section 4.2.2 has it: 1e3 is 1000, true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
