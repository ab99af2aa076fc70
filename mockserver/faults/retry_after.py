"""What an error says about trying again: Retry-After (RFC 9110 section 10.2.3), right and wrong."""

from __future__ import annotations

from email.utils import formatdate

SECONDS = 1
LONG_S = 121  # beyond what the OpenAI SDKs wait for
PAST_S = 3600

PRESETS = ("seconds", "negative", "date", "past-date", "over-120", "fraction", "garbage", "missing")
FORMS = (*PRESETS, "0", "30")  # any whole number goes out as it is


def retry_after(preset: str, now: float) -> str | None:
    """The value of Retry-After for one of the `FORMS`, None for ``missing``; *now* is in seconds since 1970.

    Raises KeyError for any other preset.
    """
    if preset.isascii() and preset.isdecimal() and len(preset) <= 9:
        return preset
    values = {
        "seconds": str(SECONDS),
        "negative": "-1",
        "date": formatdate(now + SECONDS, usegmt=True),
        "past-date": formatdate(now - PAST_S, usegmt=True),
        "over-120": str(LONG_S),
        "fraction": "0.5",
        "garbage": "soon",
        "missing": None,
    }
    return values[preset]
