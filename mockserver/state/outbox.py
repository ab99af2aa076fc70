"""The outbox: entries of journals on their way to where all workers can read them, written in batches."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from mockserver.journal.entry import Entry
from mockserver.state.store import NoSuchSessionError, UnavailableError

MAX_WAITING = 10_000  # entries
BATCH = 100  # entries
PAUSE_S = 1.0  # after what could not be written

Sleep = Callable[[float], Awaitable[None]]


class Lost(NamedTuple):
    """How many entries of a session were left out, and the number of the last one."""

    entries: int = 0
    last: int = 0

    def joined(self, other: Lost) -> Lost:
        """These and the *other* ones."""
        return Lost(self.entries + other.entries, max(self.last, other.last))


class Append(Protocol):
    """Whatever writes into journals."""

    async def __call__(self, id: str, lost: Lost, entries: list[Entry], /, *, patient: bool) -> None:
        """Appends *entries* to the journal of the session *id*, which may take a moment if it is *patient*.

        Raises NoSuchSessionError and UnavailableError.
        """


class Outbox:
    """Entries wait here until *append* could write them; what it could not, and what is too much, is counted and lost."""

    def __init__(self, append: Append, sleep: Sleep, most: int) -> None:
        """*most* bounds the sessions whose losses are counted; *sleep* waits for so many seconds."""
        self._append = append
        self._sleep = sleep
        self._most = most
        self._waiting: deque[tuple[str, Entry]] = deque()
        self._lost: dict[str, Lost] = {}
        self._filled = asyncio.Event()
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def put(self, id: str, entry: Entry) -> None:
        """Takes *entry* for the journal of the session *id*."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append((id, entry))
        else:
            self.lose(id, Lost(1, entry.number))
        self._filled.set()

    def lose(self, id: str, lost: Lost) -> None:
        """Counts what is missing in the journal of the session *id*."""
        if id in self._lost or len(self._lost) < self._most:
            self._lost[id] = self._lost.get(id, Lost()).joined(lost)
        self._filled.set()

    def start(self) -> None:
        """Writes from now on, in a task of its own."""
        self._task = asyncio.create_task(self._write_on())

    async def stop(self) -> None:
        """Writes what is left, if it can, and no more afterwards."""
        async with self._writing:  # so that no batch is cut off
            if self._task is not None:
                self._task.cancel()
        while (self._waiting or self._lost) and await self._write(patient=False):
            pass

    async def _write_on(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._waiting or self._lost:
                if not await self._write(patient=True):
                    await self._sleep(PAUSE_S)

    async def _write(self, *, patient: bool) -> bool:
        """Writes one batch, all of its sessions at the same time; whether it could. While more wait, it is not *patient*."""
        async with self._writing:
            batch: dict[str, list[Entry]] = {session: [] for session in self._lost}
            for _ in range(min(BATCH, len(self._waiting))):
                session, entry = self._waiting.popleft()
                batch.setdefault(session, []).append(entry)
            patient = patient and not self._waiting
            return all(await asyncio.gather(*(self._put(*each, patient=patient) for each in batch.items())))

    async def _put(self, session: str, entries: list[Entry], *, patient: bool) -> bool:
        """Writes *entries* of one *session*, and what it lost before; whether it could."""
        lost = self._lost.pop(session, Lost())
        try:
            await self._append(session, lost, entries, patient=patient)
        except NoSuchSessionError:
            return True
        except UnavailableError:
            # They may have been written all the same; written again they would be there twice.
            last = max((entry.number for entry in entries), default=0)
            self.lose(session, lost.joined(Lost(len(entries), last)))
            return False
        return True
