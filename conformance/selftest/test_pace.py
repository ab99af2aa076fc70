from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.allowance import Allowance
from conformance.pace import LONGEST_S, Pace, quota
from conformance.selftest.bench import Clock
from specs.contract import RateLimit


def times(pace: Pace, clock: Clock, count: int) -> list[float]:
    """When *count* requests in a row are sent."""
    sent = []
    for _ in range(count):
        pace.wait()
        sent.append(clock.now)
    return sent


def test_without_a_rate_nothing_waits() -> None:
    clock = Clock()

    assert times(Pace(clock, clock.sleep), clock, 50) == [0.0] * 50
    assert clock.slept == []


def test_a_rate_spreads_the_requests() -> None:
    clock = Clock()

    assert times(Pace(clock, clock.sleep, rps=4.0), clock, 4) == [0.0, 0.25, 0.5, 0.75]


def test_time_that_passed_is_not_waited_for() -> None:
    clock = Clock()
    pace = Pace(clock, clock.sleep, rps=1.0)
    pace.wait()
    clock.now = 10.0

    assert times(pace, clock, 1) == [10.0]


def test_half_of_a_documented_limit_is_left_to_the_owner_of_the_key() -> None:
    clock = Clock()
    pace = Pace(clock, clock.sleep, limit=RateLimit(requests=6, window_s=60))

    assert times(pace, clock, 7) == [0.0, 0.0, 0.0, 60.0, 60.0, 60.0, 120.0]


def test_of_a_limit_of_one_call_one_is_taken() -> None:
    assert quota(RateLimit(requests=1, window_s=60)) == 1


@pytest.mark.parametrize("rps", [0.5, 3.0])
def test_the_slower_of_rate_and_limit_decides(rps: float) -> None:
    clock = Clock()
    pace = Pace(clock, clock.sleep, rps=rps, limit=RateLimit(requests=4, window_s=10))

    assert times(pace, clock, 3)[-1] == max(2 / rps, 10.0)


@given(
    requests=st.integers(1, 40),
    window=st.integers(1, 120),
    rps=st.none() | st.floats(0.1, 50),
    pauses=st.lists(st.floats(0, 30), max_size=60),
)
def test_no_window_ever_holds_more_than_half_the_limit(
    requests: int, window: int, rps: float | None, pauses: list[float]
) -> None:
    clock = Clock()
    limit = RateLimit(requests, window)
    pace = Pace(clock, clock.sleep, rps, limit)
    sent = []
    for pause in pauses:
        clock.now += pause
        pace.wait()
        sent.append(clock.now)

    for start in sent:
        assert sum(start <= each < start + window - 1e-6 for each in sent) <= quota(limit)


@pytest.mark.parametrize(("seconds", "noticed"), [(30.0, [30.0]), (2.0, []), (0.0, [])])
def test_a_pause_that_somebody_would_wonder_about_is_told(seconds: float, noticed: list[float]) -> None:
    clock = Clock()
    told: list[float] = []

    Pace(clock, clock.sleep, notice=told.append).pause(seconds)

    assert told == noticed


def heeding(clock: Clock, *told: Allowance | None) -> Pace:
    """A pace that one request after the other was told of a limit."""
    pace = Pace(clock, clock.sleep)
    for each in told:
        pace.heed(each)
    return pace


def test_while_much_of_the_limit_is_left_nothing_waits() -> None:
    clock = Clock()

    assert times(heeding(clock, Allowance(20, 60.0, 100)), clock, 1) == [0.0]


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        (Allowance(9, 60.0, 100), 6.0),
        (Allowance(1, 60.0, 100), 30.0),
        (Allowance(0, 60.0, 100), 60.0),
        (Allowance(1, 10.0), 5.0),
        (Allowance(0, 0.0), 0.0),
    ],
)
def test_what_is_left_of_a_limit_is_spread_until_there_is_more(told: Allowance, wait: float) -> None:
    clock = Clock()

    assert times(heeding(clock, told), clock, 1) == [wait]


def test_a_limit_that_is_far_away_again_holds_nothing_up() -> None:
    clock = Clock()

    assert times(heeding(clock, Allowance(0, 60.0), None, Allowance(99, 60.0, 100)), clock, 1) == [0.0]


def test_an_answer_that_tells_nothing_changes_nothing() -> None:
    clock = Clock()

    assert times(heeding(clock, Allowance(0, 9.0), None), clock, 1) == [9.0]


def test_a_share_of_hours_is_not_waited_for_while_something_is_left() -> None:
    pace = heeding(Clock(), Allowance(1, 86_400.0, 100))

    assert (pace.due_in, pace.refusal) == (0.0, "")


def test_a_limit_that_is_used_up_for_hours_is_a_refusal() -> None:
    assert heeding(Clock(), Allowance(0, 3600.0)).refusal == "the target says that its limit is used up for 3600 s more"
    assert heeding(Clock(), Allowance(0, LONGEST_S)).refusal == ""


@given(st.integers(1, 40), st.integers(1, 60))
def test_a_limit_that_is_told_is_never_met(requests: int, window: int) -> None:
    clock = Clock()
    pace = Pace(clock, clock.sleep)
    begun, used = 0.0, 0
    for _ in range(3 * requests):
        pace.wait()
        if clock.now >= begun + window:
            begun, used = clock.now, 0
        used += 1
        assert used <= requests
        pace.heed(Allowance(requests - used, begun + window - clock.now, requests))
