"""The journal of one session as a value: what is kept of it, and what is known of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Self

from mockserver.journal.entry import Entry


@dataclass(frozen=True)
class Tally:
    """How many entries ever came: in sum, and for each of their labels."""

    total: int = 0
    by_label: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def json(self) -> dict[str, Any]:
        """These counts as their users see them."""
        return {"total": self.total, **{f"by_{kind}": self._of(kind) for kind in ("status", "cause", "fault")}}

    def _of(self, kind: str) -> dict[str, int]:
        prefix = f"{kind}:"
        return {label.removeprefix(prefix): n for label, n in sorted(self.by_label.items()) if label.startswith(prefix)}


class Counts:
    """Counts entries; forgets none."""

    def __init__(self) -> None:
        self._by_labels: dict[tuple[str, ...], int] = {}

    def add(self, entry: Entry) -> None:
        """Counts *entry*."""
        labels = entry.labels
        self._by_labels[labels] = self._by_labels.get(labels, 0) + 1

    def frozen(self) -> Tally:
        """The counts now."""
        by_label: Counter[str] = Counter()
        for each, number in self._by_labels.items():
            by_label.update(dict.fromkeys(each, number))
        return Tally(sum(self._by_labels.values()), MappingProxyType(dict(by_label)))


@dataclass(frozen=True)
class Journal:
    """The *entries* that are kept, by their numbers; *evicted* ones had to go. *last* is the highest number of them all.

    *tally* counts all that ever came.
    """

    entries: tuple[Entry, ...] = ()
    evicted: int = 0
    last: int = 0
    tally: Tally = field(default_factory=Tally)

    @classmethod
    def of(cls, entries: Iterable[Entry], evicted: int, last: int, tally: Tally) -> Self:
        """A journal of *entries* in any order, as answers may be ready in another order than requests arrive."""
        return cls(tuple(sorted(entries, key=attrgetter("number"))), evicted, last, tally)

    @property
    def is_a_tail(self) -> bool:
        """Whether all that is missing came before the first entry that is kept."""
        return not self.entries or self.last - self.entries[0].number + 1 == len(self.entries)

    def lost_after(self, number: int) -> int:
        """How many of the evicted entries may have a higher number than *number*."""
        missing = self.last - number - sum(1 for each in self.entries if each.number > number)
        return max(0, min(self.evicted, missing))

    def json(self) -> dict[str, Any]:
        """What is known beside the entries, as its users see it."""
        return {"kept": len(self.entries), "evicted": self.evicted, "last": self.last, **self.tally.json()}
