"""Whether entries come in the order of expectations, read like a regular expression: ``first{2,2} second{1,}``.

Entries that match none of the expectations do not count. Each other one belongs to the expectation that is due, which
has as many of them as it allows before the next one is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from mockserver.journal.entry import Entry
from mockserver.journal.expectation import Expectation


@dataclass(frozen=True)
class Break:
    """Where the order breaks: the expectation at *index* was due when *entry* came, or, if None, when there were no more."""

    index: int
    entry: Entry | None

    def json(self) -> dict[str, Any]:
        """This break as its users see it."""
        return {"due": self.index, "came": self.entry.number if self.entry else None}


def broken(expectations: Sequence[Expectation], entries: Sequence[Entry], unknown: int) -> Break | None:
    """Where the order breaks that *expectations* want of *entries*, or None where it does not have to.

    Up to *unknown* entries, which may have matched anything, came before these.
    """
    fits = [[each.match.matches(entry) for entry in entries] for each in expectations]
    relevant = [at for at in range(len(entries)) if any(row[at] for row in fits)]
    end, furthest, due, needed = len(relevant), 0, 0, 0
    reached = [True] + [False] * end  # after how many relevant entries the expectations so far can be fulfilled
    for index, (expectation, row) in enumerate(zip(expectations, fits, strict=True)):
        if needed <= unknown:  # unknown entries may have fulfilled all before this one
            reached[0] = True
        starts = [at for at, is_reached in enumerate(reached) if is_reached]
        spare = max(0, unknown - needed)
        runs = _runs([row[at] for at in relevant])
        marks = [0] * (end + 2)
        for start in starts:
            most = runs[start] if expectation.at_most is None else min(runs[start], expectation.at_most)
            least = max(0, expectation.at_least - (spare if start == 0 else 0))
            if start + most >= furthest:
                furthest, due = start + most, index
            if least <= most:
                marks[start + least] += 1
                marks[start + most + 1] -= 1
        reached = [depth > 0 for depth in accumulate(marks[: end + 1])]
        needed += expectation.at_least
    if reached[end] or (needed <= unknown and end == 0):
        return None
    return Break(due, entries[relevant[furthest]] if furthest < end else None)


def _runs(fits: Sequence[bool]) -> list[int]:
    """How many true ones follow each other from each place on; at the end, none."""
    runs = [0]
    for fit in reversed(fits):
        runs.append(runs[-1] + 1 if fit else 0)
    return runs[::-1]
