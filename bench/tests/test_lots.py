from __future__ import annotations

import pytest

from bench import lots
from mockserver.chaos import Chaos

RATES = {"TRUNCATE": 0.1, "429": 0.2, "EMPTY_LIST": 0.05}


def test_the_lots_are_those_that_the_mock_draws() -> None:
    chaos = Chaos.of(RATES, seed=7)
    drawn = [chaos.draw(number) for number in range(1, 1001)]

    assert [lots.value(7, number) for number in range(1, 1001)] == [each.value for each in drawn]
    assert [lots.hit(RATES, each.value) for each in drawn] == [each.hit for each in drawn]


def test_a_failure_of_probability_zero_is_never_hit() -> None:
    assert lots.hit({"429": 0.0}, 0.0) is None


def test_counts_are_of_the_first_lots_and_sum_up() -> None:
    counts = lots.drawn(RATES, seed=7, count=2000)

    assert counts.total() == 2000
    assert counts["429"] / 2000 == pytest.approx(0.2, abs=0.03)
