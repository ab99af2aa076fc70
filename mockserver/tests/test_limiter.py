"""The limiter: three strategies, a clock that is moved, penalties, and what may be asked of it."""

from __future__ import annotations

import itertools
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerSecond
from limits.strategies import FixedWindowRateLimiter

from mockserver.allowance import FixedWindow
from mockserver.faults.rate_limit_headers import rate_limit_headers
from mockserver.limiter import (
    MAX_KEYS,
    MAX_MOVING_REQUESTS,
    MAX_PENALTY_S,
    MAX_REQUESTS,
    MAX_WINDOW_S,
    Limit,
    Limiter,
    Strategy,
    Verdict,
)
from mockserver.moving_window import Windows
from specs.contract import RateLimit

NOW = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC
FIXED, MOVING, BUCKET = Strategy
EACH = pytest.mark.parametrize("strategy", list(Strategy), ids=lambda strategy: strategy.value)

LIMITS = st.builds(Limit, st.integers(1, 5), st.integers(1, 20), st.sampled_from(Strategy), penalty_s=st.sampled_from([0, 3]))
STEPS_S = st.lists(st.one_of(st.just(0.0), st.floats(0, 25), st.integers(0, 25)), max_size=40)
LEAPS_S = st.lists(st.one_of(st.just(0.0), st.floats(-40, 40)), max_size=40)


def allowed(remaining: int, reset_s: int, early_s: float | None = None) -> Verdict:
    return Verdict(allowed=True, remaining=remaining, reset_s=reset_s, wait_s=None, early_s=early_s)


def refused(reset_s: int, wait_s: int, early_s: float | None = None) -> Verdict:
    return Verdict(allowed=False, remaining=0, reset_s=reset_s, wait_s=wait_s, early_s=early_s)


def walk(start: float, steps_s: list[float]) -> list[float]:
    """The times from *start* on, each a step after the one before."""
    return list(itertools.accumulate(steps_s, initial=start))


@EACH
def test_as_many_calls_as_the_limit_says_are_allowed_at_once(strategy: Strategy) -> None:
    limiter = Limiter(Limit(3, 60, strategy))

    assert [limiter.hit("key", NOW).allowed for _ in range(5)] == [True, True, True, False, False]


@EACH
def test_remaining_counts_down(strategy: Strategy) -> None:
    limiter = Limiter(Limit(3, 60, strategy))

    assert [limiter.hit("key", NOW).remaining for _ in range(4)] == [2, 1, 0, 0]


@EACH
def test_each_key_is_counted_apart(strategy: Strategy) -> None:
    limiter = Limiter(Limit(1, 60, strategy))
    limiter.hit("one", NOW)

    assert limiter.hit("other", NOW).allowed


def test_a_fixed_window_begins_with_the_first_call_and_is_whole_again_at_its_end() -> None:
    limiter = Limiter(Limit(2, 60))
    limiter.hit("key", NOW)
    limiter.hit("key", NOW + 59)

    assert limiter.hit("key", NOW + 59.5) == refused(reset_s=1, wait_s=1)
    assert limiter.hit("key", NOW + 60.5) == allowed(remaining=1, reset_s=60)


def test_a_moving_window_frees_one_call_as_one_leaves_it() -> None:
    limiter = Limiter(Limit(2, 60, MOVING))
    limiter.hit("key", NOW)
    limiter.hit("key", NOW + 59)

    assert limiter.hit("key", NOW + 59.5) == refused(reset_s=1, wait_s=1)
    assert limiter.hit("key", NOW + 60.5) == allowed(remaining=0, reset_s=59)
    assert limiter.hit("key", NOW + 60.5).wait_s == 59


def test_a_token_bucket_fills_evenly() -> None:
    limiter = Limiter(Limit(2, 60, BUCKET))
    limiter.hit("key", NOW)
    limiter.hit("key", NOW)

    assert limiter.hit("key", NOW + 12) == refused(reset_s=48, wait_s=18)
    assert limiter.hit("key", NOW + 30) == allowed(remaining=0, reset_s=60)


def test_asking_all_the_time_takes_nothing_from_a_bucket() -> None:
    limiter = Limiter(Limit(1, 10, BUCKET))
    verdicts = [limiter.hit("key", NOW + number / 10) for number in range(101)]

    assert [number for number, verdict in enumerate(verdicts) if verdict.allowed] == [0, 100]


@given(LIMITS, STEPS_S)
def test_whoever_waits_as_told_is_allowed(limit: Limit, steps_s: list[float]) -> None:
    limiter = Limiter(limit)
    for now in walk(NOW, steps_s):
        wait_s = limiter.hit("key", now).wait_s
    if wait_s is not None:
        assert limiter.hit("key", now + wait_s).allowed


@given(st.builds(Limit, st.integers(1, 4), st.integers(1, 20), st.just(MOVING)), STEPS_S)
def test_no_window_however_placed_has_more_calls_than_the_moving_one_allows(limit: Limit, steps_s: list[float]) -> None:
    limiter = Limiter(limit)
    passed = [now for now in walk(NOW, steps_s) if limiter.hit("key", now).allowed]

    assert all(last >= first + limit.window_s for first, last in zip(passed, passed[limit.requests :], strict=False))


@given(st.builds(Limit, st.integers(1, 4), st.integers(1, 20)), STEPS_S)
def test_no_fixed_window_has_more_calls_than_it_allows(limit: Limit, steps_s: list[float]) -> None:
    limiter = Limiter(limit)
    windows: list[list[float]] = []
    for now in walk(NOW, steps_s):
        if not limiter.hit("key", now).allowed:
            continue
        if not windows or now >= windows[-1][0] + limit.window_s:
            windows.append([])
        windows[-1].append(now)

    assert all(len(window) <= limit.requests for window in windows)


@given(st.builds(Limit, st.integers(1, 4), st.integers(1, 20), st.just(BUCKET)), STEPS_S)
def test_a_bucket_never_gives_more_than_it_holds_and_what_flows_in(limit: Limit, steps_s: list[float]) -> None:
    limiter = Limiter(limit)
    passed = [now for now in walk(NOW, steps_s) if limiter.hit("key", now).allowed]

    for first, last in itertools.combinations(range(len(passed)), 2):
        flown_in = (passed[last] - passed[first]) * limit.requests / limit.window_s
        assert last - first + 1 <= limit.requests + flown_in


@given(LIMITS, LEAPS_S)
def test_however_the_clock_is_moved_no_wait_is_negative_or_beyond_the_window_and_penalties(
    limit: Limit, leaps_s: list[float]
) -> None:
    limiter = Limiter(limit)
    for number, now in enumerate(walk(NOW, leaps_s)):
        verdict = limiter.hit("key", now)

        assert 0 <= verdict.remaining < limit.requests
        assert 1 <= verdict.reset_s <= limit.window_s + number * limit.penalty_s
        assert (verdict.wait_s is None) is verdict.allowed
        assert verdict.wait_s is None or 1 <= verdict.wait_s <= limit.window_s + number * limit.penalty_s
        assert verdict.early_s is None or 0 < verdict.early_s <= limit.window_s + number * limit.penalty_s


@pytest.mark.parametrize("strategy", [FIXED, MOVING], ids=lambda strategy: strategy.value)
def test_what_was_counted_in_the_future_is_forgotten_when_the_clock_is_set_back(strategy: Strategy) -> None:
    limiter = Limiter(Limit(1, 60, strategy))
    limiter.hit("key", NOW + 3600)
    limiter.hit("key", NOW + 3600)

    assert limiter.hit("key", NOW) == allowed(remaining=0, reset_s=60)


def test_a_bucket_keeps_its_tokens_when_the_clock_is_set_back() -> None:
    limiter = Limiter(Limit(2, 60, BUCKET))
    limiter.hit("key", NOW + 3600)

    assert [limiter.hit("key", NOW).wait_s for _ in range(2)] == [None, 30]
    assert limiter.hit("key", NOW + 30).allowed


@EACH
def test_a_clock_that_stands_still_refuses_for_ever_and_a_far_jump_makes_all_whole(strategy: Strategy) -> None:
    limiter = Limiter(Limit(2, 60, strategy))
    frozen = [limiter.hit("key", NOW).wait_s for _ in range(20)]

    assert frozen == [None, None, *frozen[2:3] * 18]
    assert limiter.hit("key", NOW + 1e9).remaining == 1


def test_who_comes_before_the_announced_end_is_early() -> None:
    limiter = Limiter(Limit(1, 60))
    limiter.hit("key", NOW)

    assert limiter.hit("key", NOW + 19.5).wait_s == 41
    assert limiter.hit("key", NOW + 50.5) == refused(reset_s=10, wait_s=10, early_s=10.0)
    assert limiter.hit("key", NOW + 60.25) == allowed(remaining=0, reset_s=60, early_s=0.25)
    assert limiter.hit("key", NOW + 60.25).early_s is None


def test_who_waits_is_not_early() -> None:
    limiter = Limiter(Limit(1, 60))
    [limiter.hit("key", NOW) for _ in range(2)]

    assert limiter.hit("key", NOW + 60).early_s is None


def test_a_penalty_is_added_to_the_rest_of_the_wait_each_time() -> None:
    limiter = Limiter(Limit(1, 10, penalty_s=5))
    limiter.hit("key", NOW)

    assert [limiter.hit("key", NOW + after).wait_s for after in (0, 4, 4, 18.5)] == [10, 11, 16, 7]


def test_with_a_penalty_a_call_is_refused_that_the_window_alone_would_allow() -> None:
    limiter = Limiter(Limit(1, 10, penalty_s=5))
    [limiter.hit("key", NOW) for _ in range(3)]

    assert limiter.hit("key", NOW + 14) == refused(reset_s=6, wait_s=6, early_s=1.0)
    assert limiter.hit("key", NOW + 20).allowed


def test_penalties_add_up_to_a_bound() -> None:
    limiter = Limiter(Limit(1, 10, penalty_s=MAX_PENALTY_S))
    waits = [limiter.hit("key", NOW).wait_s for _ in range(9)]

    assert waits[-1] == 10 + MAX_PENALTY_S


def test_a_penalty_is_forgotten_when_the_clock_is_set_back_before_it() -> None:
    limiter = Limiter(Limit(1, 10, penalty_s=MAX_PENALTY_S))
    [limiter.hit("key", NOW) for _ in range(3)]

    assert limiter.hit("key", NOW - 1).allowed


@EACH
def test_of_too_many_keys_the_one_that_called_longest_ago_is_forgotten(strategy: Strategy) -> None:
    limiter = Limiter(Limit(2, 60, strategy))
    for number in range(MAX_KEYS):
        limiter.hit(f"key {number}", NOW)
    limiter.hit("key 0", NOW)
    limiter.hit("one more", NOW)

    assert [limiter.hit(key, NOW).remaining for key in ("key 0", "key 2", "key 1")] == [0, 0, 1]


@EACH
def test_a_limiter_of_many_keys_holds_a_bounded_number(strategy: Strategy) -> None:
    limiter = Limiter(Limit(1, 60, strategy))
    for number in range(MAX_KEYS + 10):
        limiter.hit(f"key {number}", NOW)
    count: Any = limiter._count

    counted = count._windows.reset() if strategy is MOVING else len(count._missing if strategy is BUCKET else count._windows)

    assert (len(limiter._told), counted) == (MAX_KEYS, MAX_KEYS)


def test_a_moving_window_keeps_no_more_times_than_calls_it_allows() -> None:
    limiter = Limiter(Limit(3, 60, MOVING))
    for number in range(1000):
        limiter.hit("key", NOW + number)
    count: Any = limiter._count

    assert [len(calls) for calls in count._windows._calls.values()] == [3]


@given(st.integers(1, 4), st.integers(1, 20), LEAPS_S)
def test_a_fixed_window_counts_as_that_of_the_library_limits(requests: int, window_s: int, leaps_s: list[float]) -> None:
    ours, windows, item = FixedWindow(requests, window_s), Windows(), RateLimitItemPerSecond(requests, window_s)
    theirs = FixedWindowRateLimiter(windows)
    for now in walk(NOW, leaps_s):
        windows.now = now
        allowed = theirs.hit(item, "key")
        until, remaining = theirs.get_window_stats(item, "key")

        assert ours.take("key", now)[:3] == (allowed, remaining, until - now)


def test_windows_are_a_storage_of_limits() -> None:
    windows = Windows()
    windows.now = NOW
    windows.incr("fixed", 60, amount=2)
    windows.acquire_entry("moving", 5, 60, amount=2)

    assert (windows.check(), windows.get("fixed"), windows.get_expiry("fixed")) == (True, 2, NOW + 60)
    assert (windows.get("other"), windows.get_expiry("other")) == (0, NOW)
    assert windows.get_moving_window("moving", 5, 60) == (NOW, 2)
    assert windows.get_moving_window("other", 5, 60) == (NOW, 0)
    assert (windows.reset(), windows.reset()) == (2, 0)


def test_a_documented_limit_is_a_fixed_window_for_each_key_without_fields() -> None:
    assert Limit.of(RateLimit(60, 90)) == Limit(60, 90, FIXED, per="key", headers="none", penalty_s=0)


@given(LIMITS)
def test_a_limit_is_read_as_it_is_written(limit: Limit) -> None:
    assert Limit.read(json.loads(json.dumps(limit.json()))) == limit


def test_only_requests_and_window_have_to_be_given() -> None:
    assert Limit.read({"requests": 60, "window_s": 90}) == Limit(60, 90)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"requests": 0}, f"requests: found 0, expected a whole number from 1 to {MAX_REQUESTS}."),
        ({"requests": True}, f"requests: found True, expected a whole number from 1 to {MAX_REQUESTS}."),
        ({"requests": None}, f"requests: found None, expected a whole number from 1 to {MAX_REQUESTS}."),
        ({"window_s": 1.5}, f"window_s: found 1.5, expected a whole number from 1 to {MAX_WINDOW_S}."),
        ({"window_s": "x" * 99}, f"window_s: found '{'x' * 39}, expected a whole number from 1 to {MAX_WINDOW_S}."),
        ({"penalty_s": 3601}, f"penalty_s: found 3601, expected a whole number from 0 to {MAX_PENALTY_S}."),
        ({"strategy": "leaky"}, "strategy: found 'leaky', expected one of fixed-window, moving-window, token-bucket."),
        ({"strategy": []}, "strategy: found [], expected one of fixed-window, moving-window, token-bucket."),
        ({"per": "ip"}, "per: found 'ip', expected one of key, session."),
        ({"headers": "github"}, "headers: found 'github', expected one of openai, ietf, none."),
        (
            {"strategy": "moving-window", "requests": 1001},
            f"requests: found 1001, expected a whole number from 1 to {MAX_MOVING_REQUESTS}.",
        ),
        (
            {"window": 9},
            "found the member 'window', expected some of requests, window_s, strategy, per, headers, penalty_s.",
        ),
    ],
)
def test_what_cannot_be_a_limit_is_refused_with_a_sentence(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=r"^limit: ") as raised:
        Limit.read({"requests": 1, "window_s": 1, **changed})

    assert str(raised.value) == f"limit: {says}"


def test_what_is_missing_is_said_to_be_missing() -> None:
    with pytest.raises(ValueError, match=r"^limit: window_s: it is missing, expected a whole number from 1 to 86400\.$"):
        Limit.read({"requests": 1})


def test_fields_tell_the_verdict_where_there_is_one() -> None:
    verdict = Verdict(allowed=True, remaining=41, reset_s=7, wait_s=None, early_s=None)
    fields = rate_limit_headers("ietf", Limit(60, 90), verdict)

    assert fields["RateLimit-Policy"] == '"default";q=60;w=90'
    assert fields["RateLimit"] == '"default";r=41;t=7'
    assert fields["x-ratelimit-remaining-requests"] is None


def test_waits_are_told_in_whole_seconds_that_are_enough() -> None:
    limiter = Limiter(Limit(7, 60, BUCKET))
    [limiter.hit("key", NOW) for _ in range(7)]

    assert limiter.hit("key", NOW).wait_s == math.ceil(60 / 7)
