"""The ring: bounded, and what it knows of what it had to forget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.journal import Cause, Ring
from mockserver.journal.ring import MAX_BYTES
from mockserver.tests.entries import entry


def test_entries_are_kept_in_order_of_arrival_though_answers_were_ready_in_another() -> None:
    ring = Ring()
    for number in (2, 1, 3):
        ring.append(entry(number))

    assert [each.number for each in ring.entries()] == [1, 2, 3]
    assert (ring.evicted, ring.journal().last) == (0, 3)


def test_the_oldest_entry_goes_when_there_are_too_many() -> None:
    ring = Ring(count=2)
    for number in (1, 2, 3):
        ring.append(entry(number))

    assert [each.number for each in ring.entries()] == [2, 3]
    assert ring.evicted == 1


@given(st.lists(st.integers(0, 2000), max_size=30), st.integers(0, 9000))
def test_entries_never_take_more_than_the_bound(sizes: list[int], bound: int) -> None:
    ring = Ring(size=bound)
    for number, size in enumerate(sizes, 1):
        ring.append(entry(number, content=b"a" * size))

    assert ring.weight == sum(each.weight for each in ring.entries()) <= bound
    assert ring.evicted + len(ring.entries()) == len(sizes)
    assert [each.number for each in ring.entries()] == list(range(ring.evicted + 1, len(sizes) + 1))


def test_memory_is_bounded_though_every_request_is_as_large_as_can_be() -> None:
    ring = Ring()
    for number in range(1, 500):
        ring.append(entry(number, headers={f"x-{n}": "v" * 9000 for n in range(100)}, content=b"b" * 9000))

    assert 0 < len(ring.entries()) < 100
    assert ring.weight <= MAX_BYTES


def test_counts_forget_nothing() -> None:
    ring = Ring(count=1)
    ring.append(entry(1, status=429, cause=Cause.CHAOS))
    ring.append(entry(2, status=429, cause=Cause.RATE_LIMIT, fault="TRUNCATE"))
    ring.append(entry(3, status=999))

    assert ring.journal().json() == {
        "kept": 1,
        "evicted": 2,
        "last": 3,
        "total": 3,
        "by_status": {"429": 2, "other": 1},
        "by_cause": {"chaos": 1, "rate-limit": 1, "recording": 1},
        "by_fault": {"TRUNCATE": 1},
    }


def test_a_journal_that_is_cleared_is_as_new_but_for_its_counts() -> None:
    ring = Ring(count=1)
    ring.append(entry(1))
    ring.append(entry(2))
    ring.clear()

    assert (ring.entries(), ring.evicted, ring.weight) == ((), 0, 0)
    assert ring.journal().tally.total == 2


def test_a_journal_does_not_change_when_the_ring_does() -> None:
    ring = Ring()
    ring.append(entry(1))
    before = ring.journal()
    ring.append(entry(2))

    assert (len(before.entries), before.tally.total, before.last) == (1, 1, 1)


@pytest.mark.parametrize(("since", "lost"), [(0, 2), (1, 1), (2, 0), (9, 0)])
def test_what_was_lost_after_an_entry_is_known(since: int, lost: int) -> None:
    ring = Ring(count=2)
    for number in (1, 2, 3, 4):
        ring.append(entry(number))

    assert ring.journal().lost_after(since) == lost


def test_the_oldest_entries_go_until_as_much_room_is_made_as_is_asked_for() -> None:
    ring = Ring()
    for number in (1, 2, 3):
        ring.append(entry(number))
    each = ring.weight // 3

    assert ring.shed(each + 1) == 2 * each
    assert ([one.number for one in ring.entries()], ring.evicted, ring.weight) == ([3], 2, each)
    assert ring.shed(10 * each) == each
    assert (ring.evicted, ring.journal().last) == (3, 3)
