"""Probes of the plain request and of what may be added to it without harm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from conformance.case import Case, Judge, NotApplicable, Scope, answered, entries, ids, same_ids, status_is
from conformance.finding import Violation, literal
from conformance.message import KEY, Exchange, Request


@dataclass(frozen=True)
class Answers:
    """The documented request is answered with *status*."""

    status: int = 200

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield Case((scope.base,), lambda answers: status_is(answers[0], self.status))


@dataclass(frozen=True)
class MediaType:
    """The answer to the documented request is ``application/json``, in UTF-8 where it names a charset."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield Case((scope.base,), self._judge)

    @staticmethod
    def _judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        response = answers[0].response
        field = response.header("Content-Type")
        expected = "application/json"
        if field is None:
            yield Violation(answers[0], "Content-Type", "absent", expected, "no Content-Type")
        elif response.media_type != expected:
            yield Violation(answers[0], "Content-Type", "media-type", expected, field)
        elif any(charset not in ("utf-8", "utf8") for charset in response.charsets):
            yield Violation(answers[0], "Content-Type", "charset", "UTF-8 (RFC 8259 section 8.1)", field)


@dataclass(frozen=True)
class Shown:
    """Each of *requests*, ``query`` and ``headers`` as the page shows them, is answered 200."""

    requests: Sequence[Mapping[str, Mapping[str, str]]]

    def cases(self, scope: Scope) -> Iterator[Case]:
        for request in self.requests:
            query, headers = (tuple(request.get(part, {}).items()) for part in ("query", "headers"))
            asked = scope.base.but(query=query, headers=headers)
            yield Case((asked,), lambda answers: status_is(answers[0], 200), essential=True)


@dataclass(frozen=True)
class Harmless:
    """Requests that any client might send are not answered 5xx."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        headers = st.sampled_from(
            [
                (("Accept", "text/html"),),
                (("Accept", "*/*;q=0.1"), ("Accept-Language", "zh-CN,zh;q=0.9")),
                (("Accept-Language", "tlh"),),
                (("User-Agent", "curl/8.5.0"),),
                (("Content-Type", "application/json"),),
            ]
        )
        first = (("Accept", "text/html"),)
        for fields in dict.fromkeys((first, *scope.choices.draw(headers, 2))):
            yield Case((scope.base.but(headers=fields),), _no_server_error, neutral=True)


def _no_server_error(answers: Sequence[Exchange]) -> Iterator[Violation]:
    status = answers[0].response.status
    if status >= 500:
        yield Violation(answers[0], "status", "server-error", "no 5xx", f"status {status}")


@dataclass(frozen=True)
class UnknownParameter:
    """A query parameter that no page knows gives the same ids."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield _same_as_plain(scope, (("unknown", "1"),), "the plain list")


@dataclass(frozen=True)
class Repeat:
    """Two plain lists in a row hold the same ids, but for a list that changed once and then stays as it is."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield self._case(scope, scope.base.but(repetition=1))

    def over(self, scope: Scope, request: Request) -> Case | None:
        """Other fields beside it, or the key in another spelling of its scheme, do not make it another list."""
        return self._case(scope, request) if _is_again(scope, request) else None

    @staticmethod
    def _case(scope: Scope, again: Request) -> Case:
        @answered
        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            yield from same_ids(answers[1], ids(answers[0], scope.items), scope.items, "the list a moment before")

        return Case((scope.base, again), judge if again.repetition else _where_answered(judge), settles=True)


def _is_again(scope: Scope, request: Request) -> bool:
    """Whether *request* is for the plain list too, with a good key and fields that do not make it another one."""
    plain = request.but(headers=(), authorization=scope.base.authorization) == scope.base
    return plain and request != scope.base and request.authorization is not None and KEY in request.authorization


def _where_answered(judge: Judge) -> Judge:
    """*judge*, where the last answer is 200: that it is none is no matter of who only looks on."""

    def judged(answers: Sequence[Exchange]) -> Iterator[Violation]:
        if answers[-1].response.status != 200:
            raise NotApplicable(f"the answer is {answers[-1].response.status}, not 200")
        yield from judge(answers)

    return judged


@dataclass(frozen=True)
class Constant:
    """The *member* of each model is in the second of two lists what it is in the first."""

    member: str

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield self._case(scope, scope.base.but(repetition=1))

    def over(self, scope: Scope, request: Request) -> Case | None:
        """Every plain list has to agree."""
        return self._case(scope, request) if _is_again(scope, request) else None

    def _case(self, scope: Scope, again: Request) -> Case:
        @answered
        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            before = {name: item for name, _, item in self._having(answers[0], scope)}
            for name, at, item in self._having(answers[1], scope):
                was = before.get(name, item)[self.member]
                if item[self.member] != was:
                    expected = f"{literal(was)}, as in the list a moment before"
                    yield Violation(answers[1], f"{at}/{self.member}", "moved", expected, literal(item[self.member]))

        return Case((scope.base, again), judge if again.repetition else _where_answered(judge), settles=True)

    def _having(self, exchange: Exchange, scope: Scope) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """The id, the place and the whole of each model that has the member."""
        for at, item in entries(exchange, scope.items):
            if isinstance(item, dict) and isinstance(item.get(scope.items.id), str) and self.member in item:
                yield item[scope.items.id], at, item


@dataclass(frozen=True)
class Unpaged:
    """The parameters that other gateways use for pages (*query*) do not take anything away."""

    query: Mapping[str, str]

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield _same_as_plain(scope, tuple(self.query.items()), "the list without paging")


@dataclass(frozen=True)
class BadValue:
    """An undocumented value of any of *parameters* is answered with one of *statuses*; first of all of them at once."""

    parameters: Sequence[str]
    statuses: Sequence[int]

    def cases(self, scope: Scope) -> Iterator[Case]:
        together = tuple(each.name for each in scope.operation.query_parameters if each.name in self.parameters)
        for names in dict.fromkeys((together, *((name,) for name in together))):
            yield Case((scope.base.but(query=tuple((name, "no-such-value") for name in names)),), self._judge)

    def _judge(self, answers: Sequence[Exchange]) -> Iterable[Violation]:
        return status_is(answers[0], *self.statuses)


def _same_as_plain(scope: Scope, query: tuple[tuple[str, str], ...], than: str) -> Case:
    @answered
    def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        plain, other = answers
        wanted = ids(plain, scope.items)
        try:
            yield from same_ids(other, wanted, scope.items, than)
        except NotApplicable as reason:
            yield Violation(other, scope.items.at, "no-list", "the same list", str(reason))

    asked: Request = scope.base.but(query=query)
    return Case((scope.base, asked), judge, neutral=True)
