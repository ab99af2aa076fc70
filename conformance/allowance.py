"""What a target says of its limit with each answer: how many more requests it takes, and when it takes more again.

Two families of fields are known: ``x-ratelimit-remaining`` and ``x-ratelimit-reset`` with their many endings and
spellings, and ``RateLimit`` of the IETF (draft-ietf-httpapi-ratelimit-headers-10 section 4), with its older forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.message import Response

# The tokens of one answer are no matter of ours: only what counts requests is looked at.
FAMILIES = tuple(
    tuple(f"{prefix}{part}{ending}" for part in ("limit", "remaining", "reset"))
    for prefix in ("x-ratelimit-", "x-rate-limit-", "ratelimit-")
    for ending in ("", "-requests")
)
UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}
GO_DURATION = re.compile(r"(?:[0-9]{1,9}(?:[.][0-9]{1,9})?(?:h|ms|m|s|us|µs|μs|ns))+", re.ASCII)
PART = re.compile(r"([0-9.]+)([a-zµμ]+)", re.ASCII)
NUMBER = re.compile(r"[0-9]{1,16}(?:[.][0-9]{1,9})?", re.ASCII)
COUNT = re.compile(r"-?[0-9]{1,16}", re.ASCII)
QUOTED = r'"(?:[^"\\]|\\.)*"'
PARAMETERS = re.compile(rf"(?:{QUOTED}|[^\s;,=\"]+)((?:\s*;\s*[a-z*][a-z0-9_.*-]*(?:=(?:{QUOTED}|[^\s;,\"]*))?)+)")
PARAMETER = re.compile(rf"([a-z*][a-z0-9_.*-]*)=({QUOTED}|[^\s;,\"]*)")

EPOCH_S = 1e9
"""From here on a number is no wait but a time, in seconds since 1970; a thousand times as much is milliseconds."""


@dataclass(frozen=True)
class Allowance:
    """*remaining* requests are taken until *reset_s* seconds have passed; *limit* in all, where the target says so."""

    remaining: int
    reset_s: float
    limit: int | None = None

    @property
    def share(self) -> float:
        """The share of the limit that is left; where the limit is not told, ten requests count as one."""
        return self.remaining / (self.limit or 10)


def allowance(response: Response) -> Allowance | None:
    """The scarcest allowance that *response* tells of; None when it tells of none, or not legibly."""
    return min(_allowances(response), key=lambda each: (each.remaining, -each.reset_s), default=None)


def _allowances(response: Response) -> Iterator[Allowance]:
    for limit, remaining, reset in FAMILIES:
        left = _count(response.header(remaining))
        wait = reset_seconds(response.header(reset), response.header("Date"))
        if left is not None and wait is not None:
            yield Allowance(left, wait, _count(response.header(limit)))
    field = response.header("RateLimit") or ""
    quotas = _quotas(response.header("RateLimit-Policy") or "")
    for name, parameters in _members(field):
        left, wait = _count(parameters.get("r")), _plain(parameters.get("t"))
        if left is not None and wait is not None:
            yield Allowance(left, wait, quotas.get(name))
    older = dict(PARAMETER.findall(field))  # up to draft 07: limit=100, remaining=50, reset=5
    left, wait = _count(older.get("remaining")), _plain(older.get("reset"))
    if left is not None and wait is not None:
        yield Allowance(left, wait, _count(older.get("limit")))


def reset_seconds(field: str | None, date: str | None) -> float | None:
    """The seconds until the time in a field such as ``x-ratelimit-reset``, not below zero; None for what cannot be read.

    Known are ``30``, ``0.5``, a duration as Go writes it (``1m26.4s``), seconds or milliseconds since 1970, and dates
    of HTTP and of RFC 3339. What names a time counts from *date*, the answer's own.
    """
    text = (field or "").strip()
    if GO_DURATION.fullmatch(text):
        return sum(float(number) * UNITS[unit] for number, unit in PART.findall(text))
    number = _plain(text)
    if number is not None and number < EPOCH_S:
        return number
    sent = _time(date or "")
    if sent is None:
        return None
    if number is not None:
        return max(0.0, (number / 1000 if number >= EPOCH_S * 1000 else number) - sent)
    due = _time(text)
    return None if due is None else max(0.0, due - sent)


def _time(text: str) -> float | None:
    """*text*, a date of RFC 3339 or of RFC 9110 section 5.6.7, as seconds since 1970."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError, TypeError):
            continue
    return None


def _plain(text: str | None) -> float | None:
    return float(text) if text and NUMBER.fullmatch(text.strip()) else None


def _count(text: str | None) -> int | None:
    return max(0, int(text)) if text and COUNT.fullmatch(text.strip()) else None


def _quotas(policy: str) -> dict[str, int]:
    found = ((name, _count(parameters.get("q"))) for name, parameters in _members(policy))
    return {name: quota for name, quota in found if quota}


def _members(field: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The members of a list of structured fields (RFC 9651 section 3.1) that have parameters, with those."""
    for match in PARAMETERS.finditer(field):
        yield match[0][: match.start(1) - match.start()].strip(), dict(PARAMETER.findall(match[1]))
