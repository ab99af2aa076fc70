"""Rules of what an answer says about trying again, as the SDKs understand it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

from conformance.case import NotApplicable
from conformance.clients.rule import RETRIED, Rule
from conformance.finding import Violation, literal
from conformance.message import Exchange

LONGEST_S = 60.0
"""One of the SDKs waits no longer, whatever it is told; the other 120 s."""

NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)(?:e[+-]?[0-9]+)?", re.ASCII | re.IGNORECASE)
"""What both SDKs read as a number, and as the same one."""


class RetryAfter(Rule):
    """A wait that an answer asks for is one that both SDKs wait."""

    tries = True

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        response = exchange.response
        if response.status not in RETRIED or response.header("X-Should-Retry") == "false":
            raise NotApplicable("no answer is one that clients try again")
        name, field = "Retry-After-Ms", response.header("Retry-After-Ms")
        wait = _number(field)
        if wait is not None:
            wait /= 1000
        else:
            name, field = "Retry-After", response.header("Retry-After")
            if not field:
                raise NotApplicable("no such answer has Retry-After")
            wait = _number(field)
            if wait is None:
                wait = _until(field, response.header("Date"))
        if wait is None:
            yield Violation(exchange, name, "unreadable", "seconds or a date of HTTP", literal(field))
        elif not 0 < wait <= LONGEST_S:
            kind = "too-long" if wait > 0 else "no-wait"
            expected = f"a wait of more than 0 and at most {LONGEST_S:.0f} s"
            yield Violation(exchange, name, kind, expected, f"{field}, which is {wait:g} s")


class ShouldRetry(Rule):
    """What comes out the same each time is not asked for again."""

    tries = True

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        status = exchange.response.status
        if status < 400 or status in RETRIED:
            raise NotApplicable("no answer is an error that stays")
        if exchange.response.header("X-Should-Retry") == "true":
            yield Violation(exchange, "X-Should-Retry", "retried", f"false, or none, beside status {status}", "true")


def _number(field: str | None) -> float | None:
    text = (field or "").strip()
    return float(text) if NUMBER.fullmatch(text) else None


def _until(field: str, date: str | None) -> float | None:
    """The seconds from *date*, the answer's own, to *field*, another date; None when *field* is none.

    Raises `NotApplicable` when the answer does not say what time it is.
    """
    due, sent = _time(field), _time(date or "")
    if due is not None and sent is None:
        raise NotApplicable("the answer has no Date from which its Retry-After could be counted")
    return None if due is None or sent is None else (due - sent).total_seconds()


def _time(text: str) -> datetime | None:
    """The time that *text* names; None for one without a zone, which each client would take for its own."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else None
