"""Latency, drawn from a seed."""

from __future__ import annotations

import random
import statistics

import pytest

from mockserver.faults.delay import FORMS, delay


def draws(text: str, count: int = 2000) -> list[float]:
    lots, found = random.Random(7), delay(text)
    assert found is not None
    return [found.draw(lots) for _ in range(count)]


def test_a_number_is_a_fixed_delay_in_milliseconds() -> None:
    assert set(draws("250")) == {250}
    assert set(draws("0.5")) == {0.5}


def test_a_fixed_delay_draws_no_lot() -> None:
    lots, fixed = random.Random(7), delay("250")
    assert fixed is not None
    fixed.draw(lots)

    assert lots.random() == random.Random(7).random()


def test_uniform_stays_between_its_bounds() -> None:
    found = draws("uniform:100-300")

    assert 100 <= min(found) < 110
    assert 290 < max(found) <= 300


def test_normal_is_around_its_mean_and_never_negative() -> None:
    assert statistics.mean(draws("normal:200/50")) == pytest.approx(200, rel=0.05)
    assert statistics.stdev(draws("normal:200/50")) == pytest.approx(50, rel=0.1)
    assert min(draws("normal:10/50")) == 0


def test_lognormal_has_its_median_and_a_tail_up_to_the_cap() -> None:
    assert statistics.median(draws("lognormal:200/0.5")) == pytest.approx(200, rel=0.1)
    assert max(draws("lognormal:200/0.5/400")) == 400
    assert max(draws("lognormal:200/9")) == 30_000
    assert max(draws("lognormal:200/999999999")) == 30_000


def test_a_seed_repeats_the_delays() -> None:
    assert draws("lognormal:200/0.5") == draws("lognormal:200/0.5")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_that_is_named_is_taken(form: str) -> None:
    assert delay(form) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "x",
        "1e3",
        "600001",
        "uniform:3-1",
        "uniform:1",
        "uniform:0-600001",
        "normal:1",
        "normal:1/1/600001",
        "inf",
        "٣",
    ],
)
def test_anything_else_is_no_delay(text: str) -> None:
    assert delay(text) is None
