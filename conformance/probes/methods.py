"""Probes of other methods than GET (RFC 9110 section 9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.case import Case, Scope
from conformance.finding import Violation
from conformance.message import Exchange


@dataclass(frozen=True)
class Head:
    """HEAD has the status and the media type of GET, or is not offered at all."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield Case((scope.base, scope.base.but(method="HEAD")), self._judge, expects=frozenset({501}))

    @staticmethod
    def _judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        get, head = (answer.response for answer in answers)
        if head.status in (404, 405, 501):
            return
        if head.status != get.status:
            yield Violation(
                answers[1], "status", "status", f"status {get.status}, as GET has, or 404, 405, 501", f"status {head.status}"
            )
        elif head.media_type != get.media_type:
            yield Violation(
                answers[1], "Content-Type", "media-type", f"{get.media_type}, as GET has", head.media_type or "none"
            )


@dataclass(frozen=True)
class Options:
    """OPTIONS is not answered 5xx, and a 405 names GET in Allow."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield Case((scope.base.but(method="OPTIONS"),), lambda answers: _allow(answers[0]), expects=frozenset({501}))


@dataclass(frozen=True)
class OtherMethod:
    """POST is answered neither 2xx nor 5xx, and a 405 names GET in Allow."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            status = answers[0].response.status
            if 200 <= status < 300:
                yield Violation(answers[0], "status", "status", "405 or another 4xx", f"status {status}")
            yield from _allow(answers[0])

        yield Case((scope.base.but(method="POST"),), judge, expects=frozenset({501}))


def _allow(exchange: Exchange) -> Iterator[Violation]:
    status, allow = exchange.response.status, exchange.response.header("Allow")
    if status >= 500 and status != 501:
        yield Violation(exchange, "status", "server-error", "no 5xx", f"status {status}")
    if status == 405:
        methods = {each.strip().upper() for each in (allow or "").split(",")}
        if "GET" not in methods:
            yield Violation(exchange, "Allow", "allow", "a field that names GET (RFC 9110 section 15.5.6)", allow or "no Allow")
