"""The one error that loading a contract can raise."""

from __future__ import annotations


class SpecError(Exception):
    """A data file is wrong: says where, what was found, what was expected and what to do next.

    ``str(error)`` is one sentence; it never holds a traceback or more than an excerpt of the file.
    """

    def __init__(
        self,
        file: str,
        pointer: str,
        *,
        found: str,
        expected: str,
        hint: str = "",
        line: int | None = None,
    ) -> None:
        self.file = file
        self.pointer = pointer
        self.found = found
        self.expected = expected
        self.hint = hint
        self.line = line
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        at = f" at {self.pointer}" if self.pointer else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{at}: found {self.found}, expected {self.expected}{hint}"


def excerpt(value: object, limit: int = 80) -> str:
    """*value* as a reader may see it in a message: its ``repr``, cut to *limit* characters."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
