"""The ring: the entries of one session in memory, the oldest of which go when there are too many."""

from __future__ import annotations

from collections import deque

from mockserver.journal.entry import Entry
from mockserver.journal.journal import Counts, Journal

MAX_ENTRIES = 1000
MAX_BYTES = 512 * 1024


class Ring:
    """Keeps at most *count* entries of at most *size* octets in sum, about; counts all that ever came."""

    def __init__(self, count: int = MAX_ENTRIES, size: int = MAX_BYTES) -> None:
        self._count = count
        self._size = size
        self._entries: deque[tuple[int, float, Entry]] = deque()  # by number and time; one may stand for many
        self._weight = 0
        self._evicted = 0
        self._last = 0
        self._counts = Counts()

    @property
    def evicted(self) -> int:
        """How many entries had to go."""
        return self._evicted

    @property
    def weight(self) -> int:
        """The octets that the entries take, about."""
        return self._weight

    def __len__(self) -> int:
        return len(self._entries)

    def append(self, entry: Entry) -> None:
        """Keeps *entry*; as many of the oldest ones as needed go, itself last."""
        self.repeat(entry, entry.number, entry.at)

    def repeat(self, entry: Entry, number: int, at: float) -> None:
        """Keeps *entry* as one of that *number* and time, as `Entry.again` makes it when somebody looks."""
        entries = self._entries
        entries.append((number, at, entry))
        weight = self._weight + entry.weight
        self._last = max(self._last, number)
        self._counts.add(entry)
        while len(entries) > self._count or weight > self._size:
            weight -= entries.popleft()[2].weight
            self._evicted += 1
        self._weight = weight

    def shed(self, octets: int) -> int:
        """Lets the oldest entries go until they took so many *octets*, or none is left; gives what they took."""
        before = self._weight
        while self._entries and before - self._weight < octets:
            self._weight -= self._entries.popleft()[2].weight
            self._evicted += 1
        return before - self._weight

    def entries(self) -> tuple[Entry, ...]:
        """What is kept, in order of arrival."""
        return self.journal().entries

    def journal(self) -> Journal:
        """What is kept, as a value."""
        entries = (entry.again(number, at) for number, at, entry in self._entries)
        return Journal.of(entries, self._evicted, self._last, self._counts.frozen())

    def clear(self) -> None:
        """Forgets all entries, as if they had never come; they still count."""
        self._entries.clear()
        self._weight = self._evicted = 0
