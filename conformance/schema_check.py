"""Answers against their documented schemas, each error as a violation of the requirement that owns its place."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from conformance.coverage import Coverage
from conformance.finding import Violation, literal
from conformance.message import Exchange
from conformance.strict_json import Unreadable
from specs.contract import Response
from specs.pointer import resolve
from specs.provider import Provider
from specs.requirement import Requirement

MOST_ERRORS = 5_000
"""Errors of one body that are looked at: a body of millions of wrong values is as wrong as one of thousands."""


@dataclass(frozen=True)
class Verdict:
    """What the schemas say of one answer: violations by requirement id, the places visited, unknown members.

    *undeclared* are pointers with ``*`` for indices.
    """

    violations: dict[str, tuple[Violation, ...]]
    visited: frozenset[str]
    undeclared: frozenset[str]


NOTHING = Verdict({}, frozenset(), frozenset())


class SchemaCheck:
    """Validates each body once, however often it is answered."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._coverage = Coverage(provider.schemas)
        self._verdicts: dict[tuple[str, str, int, bytes], Verdict] = {}

    def verdict(self, exchange: Exchange) -> Verdict:
        """The verdict on *exchange*; `NOTHING` for an answer without a documented schema, or that is not JSON."""
        body = _body(exchange)
        if body not in self._verdicts:
            self._verdicts[body] = self._judged(exchange)
        return self._verdicts[body]

    def forget(self, exchange: Exchange) -> None:
        """Frees what is remembered of *exchange*, which will not be asked about again."""
        self._verdicts.pop(_body(exchange), None)

    def applies(self, requirement: Requirement, exchange: Exchange) -> bool:
        """Whether this answer holds anything that *requirement* speaks of."""
        visited = self.verdict(exchange).visited
        return any(
            place in visited or place.rpartition("/")[0] in visited or self._is_required(place, visited)
            for place in requirement.check.places
        )

    def _is_required(self, place: str, visited: frozenset[str]) -> bool:
        parent, _, name = place.removesuffix("/required").rpartition("/properties/")
        if parent not in visited:
            return False
        schema = resolve(self._provider.document, parent)
        return name in schema.get("required", ())

    def _judged(self, exchange: Exchange) -> Verdict:
        response = self._documented(exchange)
        if response is None or response.schema is None:
            return NOTHING
        try:
            body = exchange.json
        except Unreadable as error:
            return self._unreadable(exchange, response.schema, error) if response.status != 200 else NOTHING
        schemas = self._provider.schemas
        violations: dict[str, list[Violation]] = {}
        for each in itertools.islice(schemas.errors(response.schema, body), MOST_ERRORS):
            owner = self._provider.owner(each.place)
            if owner is not None:
                actual = "it is absent" if each.keyword == "required" else _text(each.actual)
                found = Violation(exchange, each.at, each.keyword, _expected(each.keyword, each.expected), actual)
                violations.setdefault(owner.id, []).append(found)
        visited, undeclared = self._coverage.of(response.schema, body)
        return Verdict({name: tuple(each) for name, each in violations.items()}, visited, undeclared)

    def _unreadable(self, exchange: Exchange, schema: str, error: Unreadable) -> Verdict:
        """An error answer that is not JSON breaks the requirement that owns the root of its schema.

        A 200 has a requirement of its own for that, by the invariant ``strict-json``.
        """
        roots = [place for place, _, _ in self._provider.schemas.visits(schema, None)]
        owner = self._provider.owner(roots[-1])
        start = exchange.response.content[:60].decode("utf-8", "replace")
        found = Violation(exchange, "body", "not-json", "a JSON body, as documented", f"{error}; it begins {literal(start)}")
        return Verdict({owner.id: (found,)} if owner else {}, frozenset(roots), frozenset())

    def _documented(self, exchange: Exchange) -> Response | None:
        if exchange.request.method != "GET":
            return None
        operation = self._provider.operations[exchange.request.operation]
        return operation.responses.get(exchange.response.status)


def _body(exchange: Exchange) -> tuple[str, str, int, bytes]:
    request, response = exchange.request, exchange.response
    return request.operation, request.method, response.status, response.content


def _expected(keyword: str, value: object) -> str:
    match keyword:
        case "required":
            return "it is present"
        case "const":
            return _text(value)
        case "enum":
            return f"one of {_text(value)}"
        case "type":
            return f"a JSON {' or '.join(value) if isinstance(value, list) else value}"
        case "minimum":
            return f"a number of at least {value}"
        case "minLength":
            return f"a string of at least {value} characters"
        case "pattern":
            return f"a string that matches {value}"
        case _:
            return f"{keyword} {_text(value)}"


def _text(value: object) -> str:
    text = literal(value)
    return text if len(text) <= 160 else f"{text[:159]}…"
