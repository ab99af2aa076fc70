"""Text that came from elsewhere, as a terminal may show it."""

from __future__ import annotations


def printable(text: str) -> str:
    """*text* with nothing in it that moves the cursor or turns the writing round; line ends stay."""
    return "".join(each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text)
