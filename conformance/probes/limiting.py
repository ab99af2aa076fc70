"""Probes of a documented rate limit: a burst that uses up the quota, sent only when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.case import Case, Judge, NotApplicable, Scope
from conformance.finding import Violation
from conformance.message import Exchange
from specs.contract import RateLimit as Limit

SECONDS = re.compile(r"[0-9]+")
DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")
FIRST_REPETITION = 1000


@dataclass(frozen=True)
class RateLimit:
    """The documented number of calls within the window is answered, and more are answered 429.

    Whether the window is fixed or sliding is open, so a burst may run over the edge of a fixed one: twice
    the number of calls and one more must meet a 429 in any case. Before the burst at most half the quota
    was used (see `conformance.plan`), so a 429 within the other half comes too early.
    """

    def cases(self, scope: Scope) -> Iterator[Case]:
        limit = _limit(scope)
        says = f"{limit.requests} calls in {limit.window_s} s"

        def judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
            last = answers[-1]
            if last.response.status != 429:
                actual = f"status {last.response.status} after {len(answers)} calls"
                yield Violation(last, "status", "no-limit", f"429 after {says}", actual)
            elif len(answers) <= limit.requests - limit.requests // 2:
                yield Violation(last, "status", "too-early", f"{says} before a 429", f"429 to call {len(answers)} of a burst")

        yield _burst(scope, judge)


@dataclass(frozen=True)
class RetryAfter:
    """The 429 of the burst says in Retry-After when to come again (RFC 9110 section 10.2.3)."""

    def cases(self, scope: Scope) -> Iterator[Case]:
        yield _burst(scope, self._judge)

    @staticmethod
    def _judge(answers: Sequence[Exchange]) -> Iterator[Violation]:
        last = answers[-1]
        if last.response.status != 429:
            raise NotApplicable("no answer was 429")
        field = last.response.header("Retry-After")
        if field is None:
            yield Violation(last, "Retry-After", "absent", "seconds or a date", "no Retry-After")
        elif not (SECONDS.fullmatch(field) or DATE.fullmatch(field)):
            yield Violation(last, "Retry-After", "syntax", "seconds or a date", field)


def _limit(scope: Scope) -> Limit:
    if scope.provider.rate_limit is None:
        raise ValueError(f"{scope.provider.id} documents no rate limit")
    return scope.provider.rate_limit


def _burst(scope: Scope, judge: Judge) -> Case:
    calls = 2 * _limit(scope).requests + 1
    requests = tuple(scope.base.but(repetition=FIRST_REPETITION + number) for number in range(calls))
    return Case(requests, judge, until=429, expects=frozenset({429}))
