"""Parts of a text, from one place to another, that something else is written for."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]
"""The places before the first character and behind the last one."""


def replaced(text: str, spans: Iterable[Span], marker: str) -> str:
    """*text* with *marker* for each of *spans*, in any order; those that overlap are one."""
    kept: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if start >= at:
            kept += text[at:start], marker
        at = max(at, end)
    return "".join(kept) + text[at:]
