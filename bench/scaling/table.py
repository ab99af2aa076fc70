"""Tables and numbers in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Its lines, with an empty one before and after."""
    yield ""
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def short(value: float) -> str:
    """*value* with three digits that count."""
    if value >= 1000:
        digits = len(str(round(value))) - 3
        return f"{round(value / 10**digits) * 10**digits:,}".replace(",", " ")
    return f"{value:.3g}"


def gbit(octets: float) -> str:
    """*octets* a second as what a link carries."""
    return f"{short(octets * 8 / 1e9)} Gbit/s"
