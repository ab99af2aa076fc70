"""Probes of the Authorization field: absent, wrong, malformed, in other case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from conformance.case import Case, NotApplicable, Scope, listed, status_is
from conformance.choices import word
from conformance.finding import Violation
from conformance.message import KEY, Exchange, Request
from conformance.strict_json import Unreadable

WRONG = "gateway-contracts-wrong-key"
"""A key that no gateway has given out."""


@dataclass(frozen=True)
class MissingKey:
    """A request without Authorization is answered *status*, or one of them, and shows no model."""

    status: int | Sequence[int]

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield from _both(scope, None, self.status)


@dataclass(frozen=True)
class WrongKey:
    """A request with a key that does not exist is answered *status*, or one of them, and shows no model."""

    status: int | Sequence[int]

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield from _both(scope, f"Bearer {WRONG}", self.status)


@dataclass(frozen=True)
class MalformedAuthorization:
    """A request whose Authorization is no bearer token is answered *status*, or one of them, and shows no model."""

    status: int | Sequence[int]

    def cases(self, scope: Scope) -> Iterator[Case]:
        token = word("abcdefghijklmnopqrstuvwxyz0123456789", least=8, most=24)
        scheme = st.sampled_from(["Digest username=", "Token ", "Negotiate ", "ApiKey "])
        drawn = st.one_of(st.builds("Bearer {} {}".format, token, token), st.builds("{}{}".format, scheme, token))
        for form in ("Basic d3Jvbmc6d3Jvbmc=", "Bearer", *scope.choices.draw(drawn, 1)):
            yield _refused(scope.base, scope, form, self.status)


@dataclass(frozen=True)
class SchemeCase:
    """The scheme's name is read in any case (RFC 9110 section 11.1)."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        for scheme in ("bearer", "BEARER"):
            asked = scope.base.but(authorization=f"{scheme} {KEY}")
            yield Case((asked,), lambda answers: status_is(answers[0], 200), essential=True, neutral=True)


@dataclass(frozen=True)
class Anonymous:
    """A request without Authorization is answered 200."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        asked = scope.base.but(authorization=None)
        yield Case((asked,), lambda answers: status_is(answers[0], 200))


@dataclass(frozen=True)
class Challenge:
    """A 401 names the scheme Bearer in WWW-Authenticate (RFC 9110 section 11.6.1)."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        if scope.wants_key:
            yield Case((scope.base.but(authorization=None),), self._judge)
        yield Case((scope.base.but(authorization=f"Bearer {WRONG}"),), self._judge)

    @staticmethod
    def _judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        _only_401(answers[0])
        field = answers[0].response.header("WWW-Authenticate")
        if field is None:
            yield Violation(answers[0], "WWW-Authenticate", "absent", "a challenge such as 'Bearer'", "no WWW-Authenticate")
        elif "bearer" not in field.lower():
            yield Violation(answers[0], "WWW-Authenticate", "scheme", "the scheme Bearer", field)


@dataclass(frozen=True)
class KeyNotEchoed:
    """A refusal, of whatever status, does not repeat the key that was presented."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield Case((scope.base.but(authorization=f"Bearer {WRONG}"),), self._judge)

    @staticmethod
    def _judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        response = answers[0].response
        if response.status // 100 != 4:
            raise NotApplicable(f"the answer is {response.status}, and no refusal")
        held = [name for name, value in response.headers if WRONG in value]
        if WRONG.encode() in response.content:
            held.append("the body")
        for where in held:
            yield Violation(answers[0], where, "echo", "an answer without the presented key", f"the key in {where}")


@dataclass(frozen=True)
class JsonRefusal:
    """A refusal, of a key or of an item that is not there, has a body that is JSON."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        from_list = scope.operation.retrieves
        if from_list:
            yield Case((scope.base.but(path=((from_list.parameter, "no-such-model"),)),), self._judge)
        else:
            yield Case((scope.base.but(authorization=f"Bearer {WRONG}"),), self._judge)

    def over(self, scope: Scope, request: Request) -> Case | None:
        """Of whatever else is refused too."""
        return Case((request,), self._judge) if request.method == "GET" and request != scope.base else None

    @staticmethod
    def _judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        status = answers[0].response.status
        if status not in (401, 403, 404):
            raise NotApplicable(f"the answer is {status}, and no refusal")
        try:
            _ = answers[0].json
        except Unreadable as reason:
            yield Violation(answers[0], "body", "not-json", "JSON", str(reason))


def _only_401(exchange: Exchange) -> None:
    if exchange.response.status != 401:
        raise NotApplicable(f"the answer is {exchange.response.status}, not 401")


def _both(scope: Scope, authorization: str | None, status: int | Sequence[int]) -> Iterator[Case]:
    """Of what is there, and where one item is asked for, of what is not: who has no key is not to know which."""
    yield _refused(scope.base, scope, authorization, status)
    if scope.operation.retrieves:
        unknown = scope.base.but(path=((scope.operation.retrieves.parameter, "no-such-model"),))
        yield replace(_refused(unknown, scope, authorization, status), essential=True)


def _refused(base: Request, scope: Scope, authorization: str | None, status: int | Sequence[int]) -> Case:
    statuses = (status,) if isinstance(status, int) else tuple(status)

    def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        yield from status_is(answers[0], *statuses)
        try:
            shown = listed(answers[0], scope.items) if answers[0].response.status == 200 else _models(answers[0], scope)
        except NotApplicable:
            shown = []
        if shown:
            yield Violation(answers[0], scope.items.at, "shown", "no models without a good key", f"{len(shown)} models")

    return Case((base.but(authorization=authorization),), judge, expects=frozenset(statuses))


def _models(exchange: Exchange, scope: Scope) -> list[object]:
    """What stands where the list would have its items, in an answer of any status."""
    try:
        body = exchange.json
    except Unreadable:
        return []
    member = scope.items.at.removeprefix("/")
    found = body.get(member) if isinstance(body, dict) else None
    return found if isinstance(found, list) else []
