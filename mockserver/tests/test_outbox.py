"""Entries on their way into journals that all workers can read."""

from __future__ import annotations

import asyncio

from mockserver.journal import Entry
from mockserver.state.outbox import BATCH, Lost, Outbox
from mockserver.state.store import UnavailableError
from mockserver.tests.entries import entry


class Written:
    """What arrives, as long as it is *reached*."""

    def __init__(self) -> None:
        self.reached = True
        self.calls: list[tuple[str, Lost, list[int]]] = []
        self.patient: list[bool] = []

    async def __call__(self, id: str, lost: Lost, entries: list[Entry], /, *, patient: bool) -> None:
        if not self.reached:
            raise UnavailableError("It is away.")
        self.calls.append((id, lost, [each.number for each in entries]))
        self.patient.append(patient)


async def no_pause(_seconds: float) -> None:
    await asyncio.sleep(0)


def test_entries_are_written_in_batches_each_of_one_session() -> None:
    async def write() -> Written:
        written = Written()
        outbox = Outbox(written, no_pause, 10)
        for number in range(1, BATCH + 2):
            outbox.put("one" if number % 2 else "two", entry(number))
        await outbox.stop()
        return written

    calls = asyncio.run(write()).calls
    assert [(session, len(numbers)) for session, _, numbers in calls] == [("one", BATCH // 2), ("two", BATCH // 2), ("one", 1)]


def test_what_could_not_be_written_is_counted_and_told_with_the_next_batch() -> None:
    async def write() -> Written:
        written = Written()
        outbox = Outbox(written, no_pause, 10)
        outbox.start()
        written.reached = False
        outbox.put("one", entry(1))
        outbox.put("one", entry(2))
        while not outbox._lost:
            await asyncio.sleep(0)
        written.reached = True
        outbox.put("one", entry(3))
        await outbox.stop()
        return written

    assert asyncio.run(write()).calls == [("one", Lost(2, 2), [3])]


def test_a_batch_is_patient_unless_more_waits_or_it_is_the_end() -> None:
    async def write() -> Written:
        written = Written()
        outbox = Outbox(written, no_pause, 10)
        for number in range(1, 2 * BATCH + 1):
            outbox.put("one", entry(number))
        outbox.start()
        while len(written.calls) < 2:
            await asyncio.sleep(0)
        outbox.put("one", entry(2 * BATCH + 1))
        await outbox.stop()
        return written

    assert asyncio.run(write()).patient == [False, True, False]


def test_losses_are_counted_of_a_bounded_number_of_sessions() -> None:
    async def write() -> Written:
        written = Written()
        outbox = Outbox(written, no_pause, 2)
        for session in ("one", "two", "three", "one"):
            outbox.lose(session, Lost(1, 7))
        await outbox.stop()
        return written

    assert asyncio.run(write()).calls == [("one", Lost(2, 7), []), ("two", Lost(1, 7), [])]


def test_stopping_does_not_wait_for_what_cannot_be_reached() -> None:
    async def write() -> Written:
        written = Written()
        written.reached = False
        outbox = Outbox(written, no_pause, 10)
        outbox.start()
        outbox.put("one", entry(1))
        await outbox.stop()
        return written

    assert asyncio.run(write()).calls == []
