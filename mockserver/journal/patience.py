"""Whether clients waited as long as they were asked to: Retry-After (RFC 9110 section 10.2.3), on the session's clock."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from mockserver.journal.entry import Entry

ANNOUNCING = frozenset({429, 503})
TOLERANCE_S = 0.01  # by which timers may be early
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")


class Patience(enum.Enum):
    """What a journal shows of a client's waiting."""

    WAITED = "waited"
    EARLY = "early"
    INCONCLUSIVE = "inconclusive"  # none was early, but of some that cannot be said
    NOTHING = "nothing"  # there was nothing to wait for


class Form(enum.Enum):
    """How a wait is announced. RFC 9110 knows whole seconds and dates; clients read the others too."""

    SECONDS = "seconds"
    FRACTION = "fraction"
    DATE = "date"
    MILLISECONDS = "milliseconds"
    UNREADABLE = "unreadable"  # garbage, or negative: announces nothing


@dataclass(frozen=True)
class Announcement:
    """A wait that the answer of *entry* announced, and how long it was until *following*, if anything followed.

    *following* is the next request with the same key (or likewise without one) to the same provider. *text* is the field's
    value. *announced_s* is None where it cannot be read, and 0 for a date that is past.
    """

    entry: Entry
    form: Form
    text: str
    announced_s: float | None
    following: Entry | None

    @property
    def waited_s(self) -> float | None:
        """The seconds from request to request; below zero where the session's clock was set back between them."""
        return None if self.following is None else self.following.at - self.entry.at

    @property
    def early(self) -> bool | None:
        """Whether the next request came too early; None where that cannot be said."""
        if self.announced_s is None or self.waited_s is None:
            return False
        return None if self.waited_s < 0 else self.waited_s < self.announced_s - TOLERANCE_S

    def json(self) -> dict[str, Any]:
        """This announcement as its users see it."""
        return {
            "number": self.entry.number,
            "at": self.entry.at,
            "provider": self.entry.provider,
            "key": self.entry.key,
            "status": self.entry.status,
            "form": self.form.value,
            "text": self.text,
            "announced_s": self.announced_s,
            "next": self.following.number if self.following else None,
            "waited_s": self.waited_s,
            "early": self.early,
        }


@dataclass(frozen=True)
class Report:
    """All that was announced, and the *result*; *evicted* entries are not known any more."""

    announcements: tuple[Announcement, ...]
    evicted: int

    @property
    def result(self) -> Patience:
        """Early if any request was; else what can be said of the others."""
        early = [each.early for each in self.announcements]
        if True in early:
            return Patience.EARLY
        if self.evicted or None in early:
            return Patience.INCONCLUSIVE
        readable = any(each.announced_s is not None for each in self.announcements)
        return Patience.WAITED if readable else Patience.NOTHING

    def json(self) -> dict[str, Any]:
        """This report as its users see it."""
        return {
            "result": self.result.value,
            "evicted": self.evicted,
            "announcements": [each.json() for each in self.announcements],
        }


def did_wait(entries: Iterable[Entry], evicted: int) -> Report:
    """Whether the requests in *entries*, in their order, waited as long as answers with 429 or 503 asked their key to.

    A request that was on its way already when the answer was given is early too: when an answer arrives is not known.
    ``retry-after-ms`` comes before Retry-After where it can be read, as in OpenAI's SDKs.
    """
    following: dict[tuple[str, str | None], Entry] = {}
    found = []
    for entry in reversed(list(entries)):
        of = entry.provider, entry.key
        announced = _announced(entry)
        if announced is not None:
            found.append(Announcement(entry, *announced, following.get(of)))
        following[of] = entry
    return Report(tuple(reversed(found)), evicted)


def _announced(entry: Entry) -> tuple[Form, str, float | None] | None:
    if entry.status not in ANNOUNCING:
        return None
    milliseconds = entry.response_headers.get("retry-after-ms")
    if milliseconds is not None and _NUMBER.fullmatch(milliseconds):
        return Form.MILLISECONDS, milliseconds, float(milliseconds) / 1000
    text = entry.response_headers.get("retry-after")
    if text is None:
        return None if milliseconds is None else (Form.UNREADABLE, milliseconds, None)
    if _NUMBER.fullmatch(text):
        return (Form.FRACTION if "." in text else Form.SECONDS), text, float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return Form.UNREADABLE, text, None
    if date.tzinfo is None:  # RFC 9110 section 5.6.7: the form of asctime() names no zone, and is in UTC
        date = date.replace(tzinfo=UTC)
    return Form.DATE, text, max(0.0, date.timestamp() - entry.at)
