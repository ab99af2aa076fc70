"""Retry-After: how long a target asks to be left alone (RFC 9110 section 10.2.3)."""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime

from conformance.message import Response

LONGEST_S = 60.0
"""A target that asks for more is not waited for: the run says so instead."""


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
    try:
        value = float(field or "")
    except ValueError:
        return None
    return max(0.0, value) if math.isfinite(value) else None


def _until(field: str | None, date: str | None) -> float | None:
    try:
        wait = parsedate_to_datetime(field or "") - parsedate_to_datetime(date or "")
    except (TypeError, ValueError):
        return None
    return max(0.0, wait.total_seconds())
