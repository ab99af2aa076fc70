"""What a command prints: rich on a terminal, plain text in a pipe, nothing that moves the cursor in either."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from specs.printable import printable

GAP = "  "


@dataclass(frozen=True)
class Screen:
    """Where a command prints to: *out* is what it found, *err* what went wrong."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)

    @property
    def is_terminal(self) -> bool:
        """Whether somebody looks at it."""
        return self.out.isatty()

    def line(self, text: str = "") -> None:
        """Prints *text* on a line of its own, or on several where it has several."""
        self.out.write(printable(text) + "\n")

    def error(self, sentence: str) -> None:
        """Prints *sentence* where errors go."""
        self.err.write(printable(sentence) + "\n")

    def json(self, value: Any) -> None:
        """Prints *value* as JSON for other programs."""
        self.out.write(json.dumps(value, ensure_ascii=not self._speaks_unicode, indent=2) + "\n")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Prints *rows* under *columns*; each cell is one line of text."""
        cells = [[" ".join(printable(cell).split()) for cell in row] for row in rows]
        if self.is_terminal:
            self._rich_table(columns, cells)
            return
        widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
        for row in [list(columns), *cells]:
            self.out.write(GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")

    def _rich_table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        from rich import box, console, table, text  # noqa: PLC0415 - most runs are read by programs, and it is slow to import

        shown = table.Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for column in columns:
            shown.add_column(column, overflow="fold")
        for row in rows:
            shown.add_row(*(text.Text(cell) for cell in row))  # no markup: a cell may say anything
        console.Console(file=self.out).print(shown)

    @property
    def _speaks_unicode(self) -> bool:
        return (getattr(self.out, "encoding", None) or "").lower().replace("-", "") == "utf8"
