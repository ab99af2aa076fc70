from __future__ import annotations

import pytest

from bench.speed.figures import Samples, figure, ratio, upkeep
from bench.speed.goals import GOALS, Judged, judged
from bench.speed.order import Progress, rounds
from bench.speed.sample import Closed, Highest, Life, Load
from bench.speed.search import Found, Try, highest
from bench.speed.tree import Memory, spent


def closed(
    contestant: str, rate: float, *, round: int = 1, traffic: str = "small", connections: int = 32, wrong: int = 0
) -> Closed:
    load = Load(int(rate * 2), 2.0, 1000, p50_us=rate / 10, p99_us=rate / 5, wrong=wrong, busy=0.5)
    return Closed(contestant, traffic, connections, round, load, cpu_s=1.0)


def test_a_share_is_the_median_of_the_shares_within_a_round() -> None:
    # The machine is twice as fast in round 2, which the medians of the rates alone would show as a difference.
    rates = [
        ("ours", 1, 80),
        ("asgi", 1, 100),
        ("ours", 2, 160),
        ("asgi", 2, 200),
        ("ours", 3, 90),
        ("ours", 4, 40),
        ("asgi", 4, 100),
    ]
    samples = Samples([closed(key, rate, round=number) for key, number, rate in rates])
    assert ratio(samples, ("ours", "small"), ("asgi", "small")) == pytest.approx(0.8)


def test_a_round_in_which_something_went_wrong_has_no_part_in_a_share() -> None:
    samples = Samples(
        [closed("ours", 900, wrong=3), closed("asgi", 1000), closed("ours", 500, round=2), closed("asgi", 1000, round=2)]
    )
    assert ratio(samples, ("ours", "small"), ("asgi", "small")) == pytest.approx(0.5)


def test_without_a_round_that_both_are_in_there_is_no_share() -> None:
    samples = Samples([closed("ours", 100), closed("asgi", 100, round=2)])
    assert ratio(samples, ("ours", "small"), ("asgi", "small")) is None


def test_figures_are_medians_over_the_rounds_for_many_connections_and_for_one() -> None:
    many = [closed("ours", rate, round=number) for number, rate in enumerate((1000, 5000, 2000), start=1)]
    one = [closed("ours", 100, connections=1), closed("ours", 300, connections=1, round=2, wrong=1)]
    rates = [
        Highest("ours", "small", number, rate, client)
        for number, rate, client in ((1, 700, False), (2, 900, True), (3, 800, False))
    ]
    found = figure(Samples([*many, *one], rates), "ours", "small", ("asgi", "small"))
    assert found is not None
    assert (found.rate, found.rate_one, found.ratio) == (2000, 200, None)
    assert (found.p50_us, found.p99_us, found.cpu_us) == (200, 400, 250)
    assert (found.highest, found.client, found.wrong) == (800, True, 1)
    assert figure(Samples(many), "ours", "large", ("asgi", "large")) is None


def test_a_rate_at_which_only_the_generator_has_no_time_to_spare_is_its_own_limit() -> None:
    def limited(generator: float, server_s: float) -> bool:
        load = Load(1000, 2.0, 1000, 1.0, 2.0, wrong=0, busy=generator)
        return Closed("nginx", "small", 32, 1, load, cpu_s=server_s).client

    assert limited(0.99, 1.2)
    assert not limited(0.99, 1.99)
    assert not limited(0.6, 1.2)


def test_start_and_memory_are_medians_over_the_starts() -> None:
    lives = [
        Life("ours", number, started, Memory(10 * number, 1), Memory(20, 2), Memory(30, 3))
        for number, started in enumerate((0.3, 0.9, 0.4), start=1)
    ]
    found = upkeep(Samples(lives=lives), "ours")
    assert found is not None
    assert (found.started_s, found.idle.rss, found.last) == (0.4, 20, Memory(30, 3))
    assert upkeep(Samples(), "ours") is None


def test_the_time_of_the_processor_is_what_each_process_took_since_then_and_all_of_a_new_one() -> None:
    assert spent({1: 500_000_000, 2: 7}, {1: 2_000_000_000, 3: 250_000_000}) == 1.75


def test_a_goal_says_what_was_measured_and_whether_that_is_enough() -> None:
    samples = Samples(
        [closed("ours", 720), closed("asgi", 1000), closed("starlette", 800), closed("aimock", 600), closed("prism", 100)]
    )
    samples.lives.append(Life("ours", 1, 0.29, Memory(70_000_000, 1), Memory(71_000_000, 1), Memory(72_500_000, 1)))
    lines = [each.line for each in judged(samples)]
    assert lines == [
        "goal small list, of bare ASGI ≥ 0.85: 0.72, missed",
        "goal small list, of one Starlette route ≥ 0.9: 0.90, met",
        "goal small list, of the fastest peer ≥ 1: 1.20 (aimock, without MockServer, WireMock, json-server, Mockoon), met",
        "goal large list, of bare ASGI ≥ 0.95: not measured",
        "goal 304, of 200 for the same list ≥ 1: not measured",
        "goal filtered and sorted, of bare ASGI ≥ 0.5: not measured",
        "goal in a session, of bare ASGI ≥ 0.5: not measured",
        "goal start to the first 200 ≤ 0.35 s: 0.29 s, met",
        "goal memory before load (RSS) ≤ 60 MB: 70.00 MB, missed",
        "goal memory gained from the first load to the last (RSS) ≤ 4 MB: 1.50 MB, met",
    ]


def test_a_goal_that_is_missed_by_little_does_not_read_as_if_it_were_met() -> None:
    assert Judged(GOALS[0], 0.8499, "").line == "goal small list, of bare ASGI ≥ 0.85: 0.8499, missed"


def test_what_is_compared_is_measured_one_after_the_other_now_this_way_now_that() -> None:
    order = [key for _, key in rounds(["a", "b", "c", "d", "e"], 20, seed=1, pair=("b", "d"))]
    places = [(order.index("b", start), order.index("d", start)) for start in range(0, 100, 5)]

    assert {one - other for one, other in places} == {1, -1}
    assert all(sorted(order[start : start + 5]) == ["a", "b", "c", "d", "e"] for start in range(0, 100, 5))
    assert rounds(["a", "b"], 1, seed=1, pair=("b", "d")) == rounds(["a", "b"], 1, seed=1)


def test_each_contestant_is_measured_once_in_each_round_in_an_order_that_the_seed_draws() -> None:
    keys = ["a", "b", "c", "d", "e"]
    order = rounds(keys, 3, seed=1)
    assert [number for number, _ in order] == [1] * 5 + [2] * 5 + [3] * 5
    assert all(sorted(key for number, key in order if number == each) == keys for each in (1, 2, 3))
    assert order == rounds(keys, 3, seed=1) != rounds(keys, 3, seed=2)
    assert [key for number, key in order if number == 1] != [key for number, key in order if number == 2]


def test_what_is_left_is_told_by_how_long_the_first_took() -> None:
    now = 50.0
    progress = Progress([10, 10, 20], lambda: now)
    assert progress.left_s == 40
    progress.advance()
    now = 65.0
    assert progress.left_s == 45


def test_the_highest_rate_is_found_by_halving() -> None:
    tried: list[float] = []

    def attempt(rate: float) -> Try:
        tried.append(rate)
        return Try(rate <= 9_000, busy=0.5)

    found = highest(attempt, guess=10_000, tries=10, ceiling=50_000)
    assert 9_000 * 0.95 <= found.rate <= 9_000
    assert not found.client
    assert tried[0] == 7_500
    assert len(tried) <= 6


def test_no_more_rates_are_tried_than_may_be() -> None:
    tried: list[float] = []

    def attempt(rate: float) -> Try:
        tried.append(rate)
        return Try(kept=True, busy=0)

    highest(attempt, guess=100, tries=2, ceiling=None)
    assert len(tried) == 2


def test_a_rate_that_the_generator_had_no_time_for_is_its_own_limit() -> None:
    found = highest(lambda rate: Try(rate <= 4_000, busy=0.95), guess=10_000, tries=10, ceiling=None)
    assert found.client


def test_a_rate_near_the_ceiling_of_the_generator_is_its_own_limit() -> None:
    assert highest(lambda rate: Try(rate <= 9_500, busy=0.5), guess=10_000, tries=10, ceiling=10_000).client
    assert not highest(lambda rate: Try(rate <= 8_000, busy=0.5), guess=10_000, tries=10, ceiling=10_000).client


def test_a_server_that_keeps_no_rate_has_none() -> None:
    assert highest(lambda _: Try(kept=False, busy=0.1), guess=1000, tries=3, ceiling=9000) == Found(0, client=False)
