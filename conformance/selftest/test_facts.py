from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from conformance.facts import LONGEST, Model, Price, cut, exact, model, number
from specs.contract import Facts, Prices, Unit

MILLION = Unit(1_000_000, "token")
TIERS = Prices(
    {"input": "/prices/in"},
    amount="/value",
    currency_at="/currency",
    unit_at="/unit",
    units={"perMTokens": MILLION},
    conditions="/when",
)


def prices(value: Any, places: Prices) -> tuple[Price, ...]:
    return model({"prices": {"in": value}}, "a", Facts(prices=places)).prices


@pytest.mark.parametrize(
    ("value", "is_"),
    [
        (3, "3"),
        (Decimal("0.10"), "0.1"),
        (0.1, "0.1"),
        ("128000", "128000"),
        (" 2.50 ", "2.5"),
        ("1e-6", "0.000001"),
        (Decimal("-0.0"), "0"),
        (Decimal("0.422571632000000000001"), "0.422571632000000000001"),
    ],
)
def test_a_number_is_exact_and_equal_numbers_are_written_alike(value: Any, is_: str) -> None:
    assert f"{number(value):f}" == is_


@pytest.mark.parametrize(
    "value",
    [
        *("NaN", "Infinity", "1e999", "128k", "$1.25", "", "٣", "1" * 200),
        *(math.nan, math.inf, True, None, [], {}, Decimal("1e999"), Decimal("1e-999"), 10**60),
    ],
)
def test_what_is_no_number_or_beyond_all_bounds_is_none(value: Any) -> None:
    assert number(value) is None


def test_a_number_that_no_decimal_holds_is_infinite() -> None:
    assert exact("1.5") == Decimal("1.5")
    assert exact("1e99999999999999999999") == math.inf


def test_a_long_text_is_cut_and_different_ones_stay_different() -> None:
    assert cut("a" * LONGEST) == "a" * LONGEST
    assert len(cut("a" * 1000)) == LONGEST
    assert cut("a" * 1000) != cut("a" * 1001)


def test_a_model_has_what_its_item_says_at_the_documented_places() -> None:
    item = {
        "id": "a",
        "who": "acme",
        "size": {"in": "4096", "out": None},
        "does": "tools， web,",
        "can": [1, "x"],
        "thinks": True,
    }
    places = Facts(
        owner="/who",
        name="/title",
        limits={"context": "/size/in", "output": "/size/out"},
        lists={"feature": "/does", "input modality": "/can"},
        flags={"reasoning": "/thinks"},
    )

    assert model(item, "a", places) == Model(
        "a",
        {"owner": "acme"},
        {"context": Decimal(4096)},
        {"feature": frozenset({"tools", "web"}), "input modality": frozenset({"1", "x"})},
        {"reasoning": True},
    )


def test_a_price_may_be_the_amount_itself() -> None:
    plain = Prices({"input": "/prices/in"}, currency="USD", unit=Unit(1000, "token"))

    assert prices(Decimal("1.250"), plain) == (Price("input", Decimal("1.25"), "USD", Unit(1000, "token"), ""),)


def test_prices_in_tiers_have_their_conditions_in_any_order_of_members() -> None:
    below = {"value": 3, "unit": "perMTokens", "currency": "USD", "when": {"tokens": {"lt": 200, "gte": 0, "gt": None}}}
    above = {"value": 6, "unit": "perMTokens", "currency": "USD", "when": {"tokens": {"gte": 200}}}

    found = prices([above, below], TIERS)

    assert found == prices([below, above], TIERS)
    assert [(each.amount, each.conditions) for each in found] == [
        (Decimal(3), "tokens (gte 0, lt 200)"),
        (Decimal(6), "tokens (gte 200)"),
    ]


def test_an_undocumented_unit_is_its_own() -> None:
    (price,) = prices({"value": 3, "unit": "perImage", "currency": "USD"}, TIERS)

    assert price.unit == Unit(1, "perImage")


@pytest.mark.parametrize("value", ["free", {"value": "NaN"}, {"value": [1]}, {}, 7, True])
def test_an_amount_that_is_none_is_kept_as_text(value: Any) -> None:
    (price,) = prices([value], TIERS)

    assert isinstance(price.amount, str)


def test_no_price_is_no_price() -> None:
    assert prices(None, TIERS) == prices([], TIERS) == ()
    assert model({"prices": "none"}, "a", Facts(prices=TIERS)).prices == ()
