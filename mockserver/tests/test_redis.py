"""The state in Redis: as that in memory, for several workers, and what happens when it is away."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.chaos import NO_CHAOS, Chaos
from mockserver.errors import UsageError
from mockserver.journal.entry import Cause, Entry, entry_of
from mockserver.journal.ring import MAX_ENTRIES, Ring
from mockserver.limiter import Limit, Strategy
from mockserver.metrics import Stock
from mockserver.preferences import Preferences
from mockserver.state import outbox, scripts
from mockserver.state.clock import Clock
from mockserver.state.memory import Memory
from mockserver.state.redis import Redis
from mockserver.state.sequence import End, Sequence, Step
from mockserver.state.session import DEFAULT, Session
from mockserver.state.store import NoSuchSessionError, Store, UnavailableError
from mockserver.state.turn import Demand, Turn
from mockserver.tests.redis_server import RedisServer, free_port, running

NOW = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC
NOTHING = Demand()
prefixes = itertools.count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running(tmp_path_factory.mktemp("redis")) as server:
        yield server


@asynccontextmanager
async def workers(
    url: str, count: int = 1, default: Session | None = None, most: int = 1000, others: tuple[Session, ...] = ()
) -> AsyncIterator[list[Redis]]:
    """So many workers with one state of their own; a session's document names one of *others* by its id."""
    known = {each.id: each for each in others}

    def read(id: str, document: Mapping[str, Any], revision: int) -> Session:
        if document.get("unreadable"):
            raise UsageError("provider 'gone': expected one of acme")
        return replace(known.get(id, Session()), id=id, document=document, revision=revision)

    prefix = f"test-{next(prefixes)}"
    stores = [Redis(url, default or Session(), read, lambda: NOW, most=most, prefix=prefix) for _ in range(count)]
    for store in stores:
        await store.start()
    try:
        yield stores
    finally:
        for store in stores:
            await store.stop()


async def had(store: Store, session: Session, demand: Demand = NOTHING) -> Turn:
    """The turn of a request; fails where the session has changed."""
    turn = await store.turn(session, demand)
    assert isinstance(turn, Turn)
    return turn


def entry(number: int, session: str = "one", path: str = "/v1/models") -> Entry:
    return entry_of(
        number=number,
        at=NOW,
        session=session,
        provider="acme",
        operation="listModels",
        method="GET",
        path=path,
        query="",
        headers={"x-test": "é"},
        token="sk-secret-key",
        status=200,
        fields=((b"content-type", b"application/json"),),
        content=b"{}",
        cause=Cause.RECORDING,
    )


# Few values, which meet each other's ends often; and some times that are no whole numbers.
TIMES_S = st.sampled_from([0, 0, 0, 0.5, 1, 1, 1, 2, 5, 10, -1, -0.5, -10, 0.1, 1 / 3, 3600])
STEPS = st.one_of(
    st.builds(Step, st.sampled_from([Preferences("429"), Preferences("200")]), st.integers(1, 3)),
    st.builds(Step, st.sampled_from([Preferences("503"), Preferences()]), st.none(), st.sampled_from([0.5, 1, 1 / 3, 5])),
)
SEQUENCES = st.builds(Sequence, st.lists(STEPS, min_size=1, max_size=3).map(tuple), st.sampled_from(End))
RATES = st.sampled_from([(("429", 0.3), ("500", 0.2)), (("TRUNCATE", 1 / 3), ("EMPTY_LIST", 2 / 3))])
UNTIL = st.none() | st.sampled_from([0, 1, 5]).map(lambda after_s: NOW + after_s)
CHAOS = st.builds(Chaos, RATES, st.sampled_from([0, -9, 2**70]), UNTIL)
LIMITS = st.builds(
    Limit,
    st.integers(1, 3),
    st.sampled_from([1, 2, 10]),
    st.sampled_from(Strategy),
    penalty_s=st.sampled_from([0, 0, 2, 3600]),
)
SESSIONS = st.builds(
    Session,
    id=st.just("one"),
    sequences=st.lists(SEQUENCES, max_size=2).map(tuple),
    chaos=st.just(NO_CHAOS) | CHAOS,
    limit=st.none() | LIMITS,
)
DEMANDS = st.builds(
    Demand,
    draws=st.booleans(),
    sequence=st.sampled_from([None, 0, 1]),
    key=st.sampled_from(["acme:a", "acme:a", "acme:b", "other:a"]),
)


def requests(demands: st.SearchStrategy[Any]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """So many seconds after the one before, one request."""
    return st.lists(st.tuples(TIMES_S, demands), min_size=10, max_size=40)


async def told(
    store: Store, session: Session, documented: Mapping[str, Limit | None], events: list[tuple[Any, ...]]
) -> list[Turn]:
    """What *store* says of *events*: requests, or sessions that *session* is changed to."""
    now, turns = NOW, []
    await store.create(session)
    for passed_s, what in events:
        now += passed_s
        await store.set_clock("one", Clock(frozen_at=now))
        if isinstance(what, Session):
            session = replace(what, revision=session.revision + 1)
            await store.change(session)
            continue
        limit = session.limit or documented.get(what.key.partition(":")[0])
        sequence = what.sequence if (what.sequence or 0) < len(session.sequences) else None
        turns.append(await had(store, session, what._replace(limit=limit, sequence=sequence)))
    return turns


def compare(
    server: RedisServer, session: Session, documented: Mapping[str, Limit | None], events: list[tuple[Any, ...]]
) -> None:
    """Fails unless Redis and memory say the same of *events*."""

    async def both() -> None:
        others = (session, *(what for _, what in events if isinstance(what, Session)))
        async with workers(server.url, others=others) as (store,):
            in_memory = await told(Memory(Session(), lambda: NOW), session, documented, events)
            assert await told(store, session, documented, events) == in_memory

    asyncio.run(both())


@settings(deadline=None)
@given(limit=LIMITS, events=requests(st.just(Demand(key="acme:a"))))
def test_limits_are_counted_in_redis_as_in_memory(server: RedisServer, limit: Limit, events: list[tuple[Any, ...]]) -> None:
    compare(server, Session(id="one", limit=limit), {}, events)


@settings(deadline=None)
@given(sequence=SEQUENCES, events=requests(st.just(Demand(sequence=0))))
def test_sequences_are_moved_in_redis_as_in_memory(
    server: RedisServer, sequence: Sequence, events: list[tuple[Any, ...]]
) -> None:
    compare(server, Session(id="one", sequences=(sequence,)), {}, events)


@settings(deadline=None)
@given(
    session=SESSIONS,
    limits=st.tuples(LIMITS, st.none() | LIMITS),
    events=requests(st.one_of(DEMANDS, DEMANDS, DEMANDS, SESSIONS)),
)
def test_whatever_happens_redis_and_memory_say_the_same(
    server: RedisServer, session: Session, limits: tuple[Limit, Limit | None], events: list[tuple[Any, ...]]
) -> None:
    compare(server, session, dict(zip(("acme", "other"), limits, strict=True)), events)


def test_two_workers_keep_one_limit(server: RedisServer) -> None:
    async def ask() -> Counter[bool]:
        session, demand = Session(id="one"), Demand(limit=Limit(60, 60), key="acme:key")
        async with workers(server.url, 2, others=(session,)) as stores:
            await stores[0].create(session)
            turns = await asyncio.gather(*(had(store, session, demand) for store in stores * 50))
        return Counter(turn.verdict.allowed for turn in turns if turn.verdict)

    assert asyncio.run(ask()) == {True: 60, False: 40}


def test_each_step_of_a_sequence_is_given_to_one_request_whichever_worker_gets_it(server: RedisServer) -> None:
    steps = (Step(Preferences("429"), 2), Step(Preferences("503"), 3), Step(Preferences("500"), 1))
    session = Session(id="one", sequences=(Sequence(steps, End.FAIL),))

    async def ask() -> list[tuple[int, int] | None]:
        async with workers(server.url, 2, others=(session,)) as stores:
            await stores[0].create(session)
            turns = await asyncio.gather(*(had(store, session, Demand(sequence=0)) for store in stores * 4))
        return [turn.position[:2] if turn.position else None for turn in turns]

    given_out = asyncio.run(ask())
    assert sorted(each for each in given_out if each) == [(0, 1), (0, 2), (1, 1), (1, 2), (1, 3), (2, 1)]
    assert given_out.count(None) == 2


def test_lots_are_drawn_once_each_and_are_those_of_the_seed(server: RedisServer) -> None:
    default = Session(chaos=Chaos((("429", 0.5),), seed=7))

    async def ask() -> list[Any]:
        async with workers(server.url, 2, default) as stores:
            turns = await asyncio.gather(*(had(store, default, Demand(draws=True)) for store in stores * 10))
        return [turn.draw for turn in turns]

    assert sorted(asyncio.run(ask())) == [default.chaos.draw(number) for number in range(1, 21)]


def test_the_clock_goes_on_unless_it_stands_still(server: RedisServer) -> None:
    async def ask() -> None:
        async with workers(server.url, 2) as (store, other):
            await store.set_clock(DEFAULT, Clock(offset_s=-3600.5))

            assert await other.clock(DEFAULT) == Clock(-3600.5)
            assert -1 < (await had(other, Session())).now + 3600.5 - time.time() < 1

            await store.set_clock(DEFAULT, Clock(1.0, NOW + 0.1))
            assert await other.clock(DEFAULT) == Clock(1.0, NOW + 0.1)
            assert [(await had(other, Session())).now for _ in range(2)] == [NOW + 0.1, NOW + 0.1]

    asyncio.run(ask())


def test_what_one_worker_changes_the_others_are_told_at_their_next_turn(server: RedisServer) -> None:
    session = Session(id="one", ttl_s=60)

    async def ask() -> None:
        async with workers(server.url, 2, others=(session,)) as (store, other):
            await store.create(session)
            known = await other.find("one")
            await store.change(replace(session, document={"changed": True}, revision=1))
            told = await other.turn(known, NOTHING)

            assert isinstance(told, Session)
            assert (told.revision, told.document) == (1, {"changed": True})
            assert await other.find("one") is told
            assert (await had(other, told)).number == 1

    asyncio.run(ask())


def test_a_change_by_a_worker_that_had_not_heard_of_another_one_is_told_too(server: RedisServer) -> None:
    session = Session(id="one")

    async def ask() -> None:
        async with workers(server.url, 2, others=(session,)) as (store, other):
            await store.create(session)
            await store.change(replace(session, document={"by": 1}, revision=1))
            await other.change(replace(session, document={"by": 2}, revision=1))
            told = await store.turn(await store.find("one"), NOTHING)

            assert isinstance(told, Session)
            assert (told.revision, told.document) == (2, {"by": 2})
            assert await other.find("one") == await store.current("one") == told

    asyncio.run(ask())


def test_the_default_traffic_can_be_changed_too(server: RedisServer) -> None:
    async def ask() -> None:
        async with workers(server.url, 2) as (store, other):
            await store.change(Session(document={"seed": 7}, revision=1))

            assert (await other.current(DEFAULT)).document == {"seed": 7}
            assert (await had(store, await store.find(DEFAULT))).number == 1

    asyncio.run(ask())


def test_after_redis_lost_all_the_default_traffic_is_that_of_the_command_again(server: RedisServer) -> None:
    default = Session(chaos=Chaos((("429", 1.0),)))

    async def ask() -> None:
        async with workers(server.url, default=default) as (store,):
            await store.change(Session(document={"seed": 7}, revision=1))
            await store._line.say("UNLINK", f"{store._prefix}:session:")

            assert await store.turn(await store.find(DEFAULT), NOTHING) is default
            assert (await had(store, await store.find(DEFAULT))).number == 1

    asyncio.run(ask())


def test_any_worker_counts_the_sessions_of_all_with_those_that_ended_and_the_entries_of_the_others(server: RedisServer) -> None:
    async def ask() -> list[Stock]:
        async with workers(server.url, 2) as (store, other):
            before = await other.stock()
            for name in ("one", "two", "three"):
                await store.create(Session(id=name))
                store.record(name, entry(1, name))
                await had(store, await store.find(name))
                await store.journal(name)
            store.record(DEFAULT, entry(1, DEFAULT))
            await had(store, await store.find(DEFAULT))
            await store.journal(DEFAULT)
            await store.delete("two")
            await store._line.say("PEXPIRE", f"{store._prefix}:session:three", 0)
            return [before, await store.stock(), await other.stock()]

    after = Stock(sessions=1, sessions_made=3, sessions_ended=2, journal_entries=2)
    assert asyncio.run(ask()) == [Stock(0, 0, 0, 0), after, after]


def test_while_redis_is_away_its_sessions_are_not_counted() -> None:
    async def ask() -> Stock:
        async with workers(f"redis://127.0.0.1:{free_port()}/0") as (store,):
            return await store.stock()

    assert asyncio.run(ask()) == Stock()


def test_what_is_being_asked_when_a_worker_ends_is_still_answered(server: RedisServer) -> None:
    async def ask() -> Clock:
        async with workers(server.url) as (store,):
            asked = asyncio.create_task(store.clock(DEFAULT))
            await asyncio.sleep(0)
        return await asked

    assert asyncio.run(ask()) == Clock()


def test_a_deleted_session_is_gone_at_once_for_all_workers(server: RedisServer) -> None:
    session = Session(id="one")

    async def ask() -> None:
        async with workers(server.url, 2, others=(session,)) as (store, other):
            await store.create(session)
            await had(other, session)
            await store.delete("one")
            for asked in (other.turn(session, NOTHING), other.find("one"), store.journal("one"), store.delete("one")):
                with pytest.raises(NoSuchSessionError):
                    await asked
            assert await other.sessions() == []

    asyncio.run(ask())


def test_a_session_ends_when_it_was_idle_by_its_own_clock(server: RedisServer) -> None:
    session = Session(id="one", ttl_s=60)

    async def ask() -> None:
        async with workers(server.url, others=(session,)) as (store,):
            await store.create(session)
            await store.set_clock("one", Clock(offset_s=59), 59)
            await had(store, session)
            await store.set_clock("one", Clock(offset_s=119), 60)
            with pytest.raises(NoSuchSessionError):
                await store.turn(session, NOTHING)
            with pytest.raises(NoSuchSessionError):
                await store.change(session)

    asyncio.run(ask())


def test_small_advances_of_its_clock_add_up(server: RedisServer) -> None:
    session = Session(id="one", ttl_s=60)

    async def ask() -> None:
        async with workers(server.url, others=(session,)) as (store,):
            await store.create(session)
            await store.set_clock("one", Clock(offset_s=30), 30)
            await store.set_clock("one", Clock(frozen_at=NOW + 30), 30)
            with pytest.raises(NoSuchSessionError):
                await store.turn(session, NOTHING)

    asyncio.run(ask())


def test_of_too_many_sessions_the_one_that_was_idle_longest_ends(server: RedisServer) -> None:
    sessions = tuple(Session(id=name) for name in ("one", "two", "three", "four"))

    async def ask() -> list[str]:
        async with workers(server.url, most=3, others=sessions) as (store,):
            for session in sessions[:3]:
                await store.create(session)
            await had(store, sessions[0])
            await store.create(sessions[3])
            with pytest.raises(NoSuchSessionError):
                await store.turn(sessions[1], NOTHING)
            return [each.id for each in await store.sessions()]

    assert asyncio.run(ask()) == ["three", "one", "four"]


def test_sessions_that_ended_by_themselves_take_no_place(server: RedisServer) -> None:
    sessions = tuple(Session(id=name) for name in ("one", "two", "three"))

    async def ask() -> list[str]:
        async with workers(server.url, most=2, others=sessions) as (store,):
            await store.create(sessions[0])
            await store.create(sessions[1])
            await store._line.say("PEXPIRE", f"{store._prefix}:session:two", 0)
            await store.create(sessions[2])
            await store._line.say("PEXPIRE", f"{store._prefix}:session:one", 0)
            return [each.id for each in await store.sessions()]

    assert asyncio.run(ask()) == ["three"]


def test_all_that_is_kept_lies_under_the_prefix_and_ends_by_itself(server: RedisServer) -> None:
    session = Session(id="one", ttl_s=60, sequences=(Sequence((Step(Preferences("429")),)),))
    demand = Demand(sequence=0)

    async def ask() -> dict[str, int]:
        async with workers(server.url, others=(session,)) as (store,):
            await store.create(session)
            for each in (session, Session()):
                await had(store, each, demand if each.sequences else NOTHING)
                await had(store, each, Demand(limit=Limit(1, 1), key="acme:key"))
                store.record(each.id, entry(1, each.id))
                await store.journal(each.id)
            names = [name.decode() for name in await store._line.say("KEYS", f"{store._prefix}:*")]
            return {name.partition(":")[2]: await store._line.say("PTTL", name) for name in names}

    spans_ms = asyncio.run(ask())
    assert [spans_ms.pop(each) for each in ("sessions", "made")] == [-1, -1]
    parts = {f"{part}:{each}" for part in scripts.PARTS for each in ("", "one")}
    assert parts - set(spans_ms) <= {"pending:one", "pending:"}
    assert all(0 < ms <= (61_000 if name.endswith("one") else 86_401_000) for name, ms in spans_ms.items())


def test_no_worker_remembers_more_sessions_than_there_may_be(server: RedisServer) -> None:
    async def ask() -> int:
        async with workers(server.url, most=3) as (store,):
            for number in range(9):
                await store.create(Session(id=f"session {number}"))
            return len(store._known)

    assert asyncio.run(ask()) == 4


def test_a_session_of_a_mock_that_serves_something_else_is_unavailable(server: RedisServer) -> None:
    async def ask() -> None:
        async with workers(server.url, 2) as (store, other):
            await store.create(Session(id="one", document={"unreadable": True}))
            with pytest.raises(UnavailableError, match=r"something else: provider 'gone': expected one of acme\.$"):
                await other.find("one")

    asyncio.run(ask())


def test_the_journal_has_what_other_workers_answered_before(server: RedisServer) -> None:
    async def ask() -> None:
        async with workers(server.url, 3) as stores:
            for _ in range(20):
                for store in stores:
                    turn = await had(store, Session())
                    store.record(DEFAULT, entry(turn.number))
            read = await stores[0].journal(DEFAULT)

            assert read.entries == tuple(entry(number) for number in range(1, 61))
            assert (read.evicted, read.last, read.tally.total) == (0, 60, 60)

    asyncio.run(ask())


def test_the_journal_is_bounded_as_that_in_memory(server: RedisServer) -> None:
    ring = Ring()
    entries = [entry(number, path="/" + "x" * (number * 7 % 1500)) for number in range(1, MAX_ENTRIES + 200)]
    for each in entries:
        ring.append(each)

    async def ask() -> None:
        async with workers(server.url) as (store,):
            await had(store, Session())
            for each in entries:
                store.record(DEFAULT, each)
            await store._outbox.stop()

            assert await store.journal(DEFAULT) == ring.journal()
            await store.clear_journal(DEFAULT)
            ring.clear()
            assert await store.journal(DEFAULT) == ring.journal()

    asyncio.run(ask())
    assert ring.journal().tally.total == MAX_ENTRIES + 199


def test_an_answer_that_is_never_written_down_is_not_waited_for_long(server: RedisServer) -> None:
    async def ask() -> float:
        async with workers(server.url) as (store,):
            await had(store, Session())
            began = time.monotonic()
            await store.journal(DEFAULT)
            return time.monotonic() - began

    assert 0.5 < asyncio.run(ask()) < 3


def test_entries_of_a_session_that_ended_are_left_out(server: RedisServer) -> None:
    session = Session(id="one")

    async def ask() -> None:
        async with workers(server.url, others=(session,)) as (store,):
            await store.create(session)
            await had(store, session)
            await store.delete("one")
            store.record("one", entry(1))
            turn = await had(store, Session())
            store.record(DEFAULT, entry(turn.number))

            assert len((await store.journal(DEFAULT)).entries) == 1

    asyncio.run(ask())


def test_too_many_entries_at_once_are_counted_as_evicted(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAX_WAITING", 2)

    async def ask() -> None:
        async with workers(server.url) as (store,):
            for _ in range(5):
                await had(store, Session())
            for number in range(1, 6):
                store.record(DEFAULT, entry(number))
            await store._outbox.stop()
            read = await store.journal(DEFAULT)

            assert ([each.number for each in read.entries], read.evicted, read.last) == ([1, 2], 3, 5)
            assert read.lost_after(2) == 3

    asyncio.run(ask())


def test_scripts_that_redis_forgot_are_told_again(server: RedisServer) -> None:
    async def ask() -> list[int]:
        async with workers(server.url) as (store,):
            await had(store, Session())
            await store._line.say("SCRIPT", "FLUSH")
            return [turn.number for turn in await asyncio.gather(*(had(store, Session()) for _ in range(3)))]

    assert asyncio.run(ask()) == [2, 3, 4]


def test_while_redis_is_away_what_needs_it_fails_soon_and_afterwards_all_goes_on(tmp_path: Path) -> None:
    demand = Demand(limit=Limit(9, 60), key="acme:key")

    async def ask(server: RedisServer) -> None:
        async with workers(server.url, 2) as (store, other):
            await had(store, Session(), demand)
            server.stop()
            for each in (store, other):
                began = time.monotonic()
                with pytest.raises(
                    UnavailableError, match=r"^The state at redis://127\.0\.0\.1:\d+/0 cannot be reached: .+\.$"
                ):
                    await each.turn(Session(), demand)
                assert time.monotonic() - began < 20
            server.start()
            for each in (store, other):
                assert (await had(each, Session(), demand)).verdict

    with running(tmp_path, free_port()) as server:
        asyncio.run(ask(server))


def test_while_redis_hangs_what_needs_it_fails_soon_and_afterwards_all_goes_on(tmp_path: Path) -> None:
    async def ask(store: Redis, process: int) -> None:
        os.kill(process, signal.SIGSTOP)
        began = time.monotonic()
        failed = await asyncio.gather(*(store.clock(DEFAULT) for _ in range(250)), return_exceptions=True)
        os.kill(process, signal.SIGCONT)

        assert {type(each) for each in failed} == {UnavailableError}
        assert time.monotonic() - began < 20  # and not half a second for each
        assert await again(store) == Clock()

    async def again(store: Redis) -> Clock:
        for _ in range(40):  # a machine may have much else to do
            with suppress(UnavailableError):
                return await store.clock(DEFAULT)
        raise AssertionError("it does not go on")

    async def serve(server: RedisServer) -> None:
        assert server.process
        async with workers(server.impatient_url) as (store,):
            await had(store, Session())
            await ask(store, server.process.pid)

    with running(tmp_path) as server:
        asyncio.run(serve(server))


def test_while_redis_is_away_default_traffic_that_needs_no_state_is_served_and_counted_as_evicted(tmp_path: Path) -> None:
    async def ask(server: RedisServer) -> None:
        async with workers(server.url) as (store,):
            server.stop()
            for _ in range(3):
                turn = await had(store, Session())
                assert turn == Turn(NOW)
                store.record(DEFAULT, entry(turn.number))
            server.start()
            assert await store.turn(Session(), Demand(limit=Limit(1, 1), key="acme:key"))
            store.record(DEFAULT, entry(1))
            await store._outbox.stop()
            read = await store.journal(DEFAULT)

            assert (len(read.entries), read.evicted) == (1, 3)

    with running(tmp_path) as server:
        asyncio.run(ask(server))


def test_what_could_not_be_written_is_counted_as_evicted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "PAUSE_S", 0.05)

    async def ask(server: RedisServer) -> None:
        async with workers(server.url) as (store,):
            await had(store, Session())
            server.stop()
            store.record(DEFAULT, entry(1))
            while not store._outbox._lost:
                await asyncio.sleep(0.01)
            server.start()
            await had(store, Session())
            store.record(DEFAULT, entry(2))
            await store.journal(DEFAULT)
            while store._outbox._lost:
                await asyncio.sleep(0.01)
            read = await store.journal(DEFAULT)

            assert ([each.number for each in read.entries], read.evicted, read.last) == ([2], 1, 2)

    with running(tmp_path) as server:
        asyncio.run(ask(server))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://localhost", "Redis URL must specify one of the following schemes"),
        ("redis://user:secret@localhost:port", "Port could not be cast"),
        ("redis://:secret@localhost/0?colour=red", "unexpected keyword argument 'colour'"),
    ],
)
def test_a_url_that_cannot_be_is_refused_without_its_password(url: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as raised:
        Redis(url, Session(), lambda *_: Session(), lambda: NOW)

    assert "secret" not in str(raised.value)
    assert "redis://localhost:6379/0" in str(raised.value)


@pytest.mark.parametrize(("said", "patience_s"), [("", 1), ("?socket_timeout=7", 14)])
def test_the_url_says_how_long_redis_may_take(said: str, patience_s: float) -> None:
    store = Redis(f"redis://127.0.0.1:{free_port()}/0{said}", Session(), lambda *_: Session(), lambda: NOW)

    assert store._line._patience_s == patience_s


def test_a_password_is_not_told_when_redis_is_away(tmp_path: Path) -> None:
    async def ask() -> str:
        async with workers(f"redis://user:secret@127.0.0.1:{free_port()}/1") as (store,):
            with pytest.raises(UnavailableError) as raised:
                await store.clock(DEFAULT)
            return str(raised.value)

    assert "secret" not in asyncio.run(ask())


def test_one_who_gives_up_takes_nothing_from_the_others(server: RedisServer) -> None:
    async def ask() -> int:
        async with workers(server.url) as (store,):
            asked = [asyncio.create_task(had(store, Session())) for _ in range(5)]
            await asyncio.sleep(0)
            asked[2].cancel()
            turns = await asyncio.gather(*asked, return_exceptions=True)
            assert sum(isinstance(each, Turn) for each in turns) == 4
            return (await had(store, Session())).number

    assert asyncio.run(ask()) == 5
