"""The state in memory: bounded, and one step for each request."""

from __future__ import annotations

import asyncio

import pytest

from mockserver.journal.entry import Entry
from mockserver.state.clock import Clock as SessionClock
from mockserver.state.memory import Memory
from mockserver.state.session import DEFAULT, Session
from mockserver.state.store import NoSuchSessionError
from mockserver.state.turn import NO_DEMAND, Turn
from mockserver.tests.conftest import Clock
from mockserver.tests.entries import entry


def memory(clock: Clock, most: int = 1000) -> Memory:
    return Memory(Session(), clock, most)


def ids(store: Memory) -> list[str]:
    return [each.id for each in asyncio.run(store.sessions())]


def test_of_more_sessions_than_it_may_hold_the_one_idle_longest_ends(clock: Clock) -> None:
    store = memory(clock, most=2)

    async def story() -> None:
        first, second = Session("first"), Session("second")
        await store.create(first)
        await store.create(second)
        await store.turn(first, NO_DEMAND)
        await store.create(Session("third"))

    asyncio.run(story())

    assert ids(store) == ["first", "third"]


def test_sessions_that_are_over_make_room_first(clock: Clock) -> None:
    store = memory(clock, most=2)

    async def story() -> None:
        await store.create(Session("lasting"))
        await store.create(Session("short", ttl_s=5))
        clock.now += 5
        await store.create(Session("third"))

    asyncio.run(story())

    assert ids(store) == ["lasting", "third"]


def test_the_default_traffic_never_ends(clock: Clock) -> None:
    store = Memory(Session(ttl_s=1), clock)
    clock.now += 1e6

    assert asyncio.run(store.find(DEFAULT)).id == DEFAULT


def test_a_session_that_is_over_is_listed_no_more(clock: Clock) -> None:
    store = memory(clock)
    asyncio.run(store.create(Session("short", ttl_s=5)))
    clock.now += 5

    assert ids(store) == []


def test_a_request_that_has_found_its_session_has_no_turn_once_that_is_deleted(clock: Clock) -> None:
    store = memory(clock)

    async def story() -> None:
        await store.create(Session("one"))
        found = await store.find("one")
        await store.delete("one")
        await store.turn(found, NO_DEMAND)

    with pytest.raises(NoSuchSessionError):
        asyncio.run(story())


def test_a_request_that_has_found_its_session_gets_the_changed_one_and_no_turn(clock: Clock) -> None:
    store = memory(clock)
    changed = Session("one", ttl_s=9, revision=1)

    async def story() -> tuple[Turn | Session, Turn | Session]:
        await store.create(Session("one"))
        found = await store.find("one")
        await store.change(changed)
        return await store.turn(found, NO_DEMAND), await store.turn(changed, NO_DEMAND)

    assert asyncio.run(story()) == (changed, Turn(clock.now, 1))


def test_an_answer_to_a_session_that_ended_meanwhile_is_written_nowhere(clock: Clock) -> None:
    store = memory(clock)
    written: Entry = entry(1, session="gone")
    store.record("gone", written)

    assert asyncio.run(store.stock()).journal_entries == 0


def test_a_session_made_again_has_nothing_of_the_one_before(clock: Clock) -> None:
    store = memory(clock)

    async def story() -> tuple[int, SessionClock]:
        await store.create(Session("one"))
        store.record("one", entry(1, session="one"))
        await store.set_clock("one", SessionClock(60))
        await store.delete("one")
        await store.create(Session("one"))
        return len((await store.journal("one")).entries), await store.clock("one")

    assert asyncio.run(story()) == (0, SessionClock())


def test_it_counts_what_it_holds_and_what_ended(clock: Clock) -> None:
    store = memory(clock)

    async def story() -> None:
        await store.create(Session("one"))
        await store.create(Session("other"))
        store.record("one", entry(1, session="one"))
        await store.delete("other")

    asyncio.run(story())
    stock = asyncio.run(store.stock())

    assert (stock.sessions, stock.sessions_made, stock.sessions_ended, stock.journal_entries) == (1, 2, 1, 1)
