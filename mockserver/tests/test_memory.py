"""The state in memory: bounded, and one step for each request."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.journal.entry import Entry
from mockserver.journal.journal import Journal
from mockserver.journal.verify import Result, verify
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


def session_asked(store: Memory, name: str, numbers: range) -> Journal:
    """The journal of the session *name*, made before, once it was asked requests of these *numbers*."""

    async def story() -> Journal:
        session = await store.find(name)
        for number in numbers:
            await store.turn(session, NO_DEMAND)
            store.record(name, entry(number, session=name))
        return await store.journal(name)

    return asyncio.run(story())


def test_when_journals_take_too_much_together_the_oldest_entries_of_the_session_idle_longest_go(clock: Clock) -> None:
    weight = entry(1, session="a").weight
    store = Memory(Session(), clock, room=10 * weight)
    for name in "abc":
        asyncio.run(store.create(Session(name)))
        session_asked(store, name, range(1, 4))

    session_asked(store, "a", range(4, 6))  # so b is the one idle longest now
    kept = {name: [one.number for one in asyncio.run(store.journal(name)).entries] for name in "abc"}

    assert kept == {"a": [1, 2, 3, 4, 5], "b": [3], "c": [1, 2, 3]}


def test_what_went_for_the_sake_of_other_sessions_leaves_a_verdict_open(clock: Clock) -> None:
    store = Memory(Session(), clock, room=10 * entry(1).weight)
    for name, count in (("idle", 4), ("busy", 8)):
        asyncio.run(store.create(Session(name)))
        session_asked(store, name, range(1, count + 1))
    idle = asyncio.run(store.journal("idle"))

    assert (len(idle.entries), idle.evicted, idle.last) == (1, 3, 4)
    assert verify({"expectations": [{"match": {"status": 200}, "count": 4}]}, idle).result is Result.INCONCLUSIVE
    assert verify({"expectations": [{"match": {"status": 200, "since": 3}, "count": 1}]}, idle).result is Result.MATCH


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "c", DEFAULT]), st.integers(0, 1000), st.booleans()), max_size=40),
    st.integers(0, 20_000),
)
def test_all_journals_of_sessions_together_never_take_more_than_there_is_room(
    events: list[tuple[str, int, bool]], room: int
) -> None:
    """Entries of any size, written anew or once more, into sessions that are made anew at times."""
    store = Memory(Session(), lambda: 0.0, most=2, room=room)

    async def story() -> None:
        for number, (name, size, anew) in enumerate(events, 1):
            if anew and name != DEFAULT:
                await store.create(Session(name))
            written = entry(number, session=name, content=b"a" * size)
            store.record(name, written)
            store.repeat(name, written, Turn(0.0, number))
            journals = [await store.journal(each.id) for each in await store.sessions()]
            assert sum(one.weight for journal in journals for one in journal.entries) <= room

    asyncio.run(story())


def test_the_default_traffic_keeps_its_journal_whatever_sessions_write(clock: Clock) -> None:
    store = Memory(Session(), clock, room=0)
    store.record(DEFAULT, entry(1))
    asyncio.run(store.create(Session("one")))

    assert session_asked(store, "one", range(1, 9)).evicted == 8
    assert len(asyncio.run(store.journal(DEFAULT)).entries) == 1
