"""Retry-After: how long a target asks to be left alone (RFC 9110 section 10.2.3)."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from conformance.message import Response

NUMBER = re.compile(r"-?[0-9]{1,16}(?:[.][0-9]{0,9})?|-?[.][0-9]{1,9}", re.ASCII)


def seconds(response: Response) -> float | None:
    """The seconds that *response* asks to wait, not below zero; None when it does not say, or not legibly.

    ``retry-after-ms``, which OpenAI's SDKs know, comes first. A date counts from the answer's own Date.
    """
    milliseconds = _number(response.header("Retry-After-Ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    field = response.header("Retry-After")
    number = _number(field)
    return number if number is not None else _until(field, response.header("Date"))


def _number(field: str | None) -> float | None:
    return max(0.0, float(field)) if field and NUMBER.fullmatch(field) else None


def _until(field: str | None, date: str | None) -> float | None:
    try:
        wait = parsedate_to_datetime(field or "") - parsedate_to_datetime(date or "")
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, wait.total_seconds())
