"""Each rule of drift: what shows it, and what leads back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gateway_contracts.changes.change import Change
from gateway_contracts.drift.documented import types_of
from gateway_contracts.drift.rules import RULES
from gateway_contracts.tests.shop import SMALL, changes, held, model

Lists = tuple[list[Any], list[Any]]


def price(value: Any, unit: str = "perM", currency: str = "USD", **when: Any) -> dict[str, Any]:
    return {"value": value, "unit": unit, "currency": currency} | ({"when": when} if when else {})


def priced(*prices: dict[str, Any]) -> list[Any]:
    return [SMALL, model(price={"in": list(prices)})]


BEFORE = [SMALL, model()]
EXAMPLES: dict[str, Lists] = {
    "model-removed": (BEFORE, [SMALL]),
    "model-renamed": (BEFORE, [SMALL, model(id="other/Large_1")]),
    "model-repeated": (BEFORE, [*BEFORE, model()]),
    "nameless-more": (BEFORE, [*BEFORE, {"kind": "model"}]),
    "price-up": (priced(price(3)), priced(price(3.3))),
    "price-charged": (priced(price(0)), priced(price(1))),
    "price-unit": (priced(price(3)), priced(price(3, "once"))),
    "price-unclear": (priced(price(3)), priced(price("ask us"))),
    "price-gone": (BEFORE, [SMALL, model(price={"in": [price(3)]})]),
    "tier-gone": (priced(price(3, over=1), price(3, over=2)), priced(price(3, over=1))),
    "context-shrunk": (BEFORE, [SMALL, model(context=100_000)]),
    "output-shrunk": (BEFORE, [SMALL, model(output=4_000)]),
    "limit-unclear": (BEFORE, [SMALL, model(context="200k")]),
    "limit-gone": (BEFORE, [SMALL, model(context=None)]),
    "modality-lost": (BEFORE, [SMALL, model(takes=["text"])]),
    "feature-lost": (BEFORE, [SMALL, model(thinks=False)]),
    "type-lost": ([SMALL, model(type="chat,draw")], BEFORE),
    "deprecated": (BEFORE, [SMALL, model(leaves="2027-01-01")]),
    "deprecation-changed": ([model(leaves="2027-01-01")], [model(leaves="2026-12-01")]),
    "name-changed": (BEFORE, [SMALL, model(title="Larger")]),
    "owner-changed": (BEFORE, [SMALL, model(owned_by="others")]),
    "created-changed": (BEFORE, [SMALL, model(created=1_700_000_001)]),
    "field-vanished": ([model()], [model(kind=...)]),
    "optional-field-vanished": (BEFORE, [SMALL, model(note=...)]),
    "field-missing": (BEFORE, [SMALL, model(kind=...)]),
    "optional-field-rarer": ([model(id="a"), model()], [model(id="a"), model(note=...)]),
    "field-widened": ([*BEFORE, model(id="b")], [SMALL, model(note=None), model(id="b")]),
    "field-widened-as-documented": (BEFORE, [SMALL, model(title=None)]),
    "field-retyped": (BEFORE, [SMALL, model(note=1)]),
    "field-retyped-as-documented": (BEFORE, [{**SMALL, "context": "4096"}, model(context="200000")]),
    "undocumented-field-retyped": ([model(extra=1)], [model(extra="1")]),
}


def found(lists: Lists) -> set[str]:
    return {each.rule.id for each in changes(held(lists[0]), held(lists[1]))}


def one(rule: str, old: list[Any], new: list[Any]) -> Change:
    (change,) = [each for each in changes(held(old), held(new)) if each.rule.id == rule]
    return change


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_changes_is_found(rule: str) -> None:
    assert rule in found(EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_changes_back_is_the_opposite(rule: str) -> None:
    old, new = EXAMPLES[rule]

    assert RULES[rule].opposite in found((new, old))


def test_every_rule_has_an_example_or_its_opposite_has() -> None:
    assert set(EXAMPLES) | {RULES[each].opposite for each in EXAMPLES} == set(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda each: each.id)
def test_a_rule_is_the_opposite_of_its_opposite_and_says_why(rule: Any) -> None:
    assert RULES[rule.opposite].opposite == rule.id
    assert rule.says.endswith(".")
    assert rule.because.endswith(".")


def test_a_price_has_its_percent_and_its_unit() -> None:
    change = one("price-up", priced(price(Decimal("0.1"))), priced(price(Decimal("0.3"))))

    assert (change.what, change.subject, change.old, change.new) == ("price of input", "shop/large-1", "0.1", "0.3")
    assert (change.unit, change.percent) == ("USD per 1M tokens", Decimal(200))


def test_prices_for_a_thousand_and_for_a_million_are_brought_together() -> None:
    old, new = priced(price(Decimal("0.003"), "perK")), priced(price(Decimal("3.3")))

    assert one("price-up", old, new).percent == 10
    assert changes(held(old), held(priced(price(3)))) == ()


def test_prices_for_other_things_are_not() -> None:
    change = one("price-unit", priced(price(3)), priced(price(3, "once")))

    assert (change.percent, change.old, change.new) == (None, "3 USD per 1M tokens", "3 USD per call")


def test_a_price_in_another_currency_is_another_price() -> None:
    assert one("price-unit", priced(price(3)), priced(price(3, currency="EUR"))).new == "3 EUR per 1M tokens"


def test_a_tier_is_compared_with_the_one_of_its_conditions() -> None:
    old = priced(price(3, tokens={"lt": 200}), price(6, tokens={"gte": 200}))
    new = priced(price(7, tokens={"gte": 200}), price(3, tokens={"lt": 200, "gte": None}))

    change = one("price-up", old, new)

    assert (change.what, change.old, change.new) == ("price of input where tokens (gte 200)", "6", "7")


def test_prices_of_one_kind_without_conditions_are_compared_in_order() -> None:
    old, new = priced(price(1), price(2), price(3)), priced(price(3), price(2), price(4))

    assert [(each.old, each.new) for each in changes(held(old), held(new))] == [("1", "4")]


@pytest.mark.parametrize("amount", [-1, "NaN", "", None, [], {}, True, float("inf")])
def test_what_is_no_price_has_no_percent(amount: Any) -> None:
    assert one("price-unclear", priced(price(3)), priced(price(amount))).percent is None


def test_a_list_that_became_empty_accuses_no_field() -> None:
    assert found((BEFORE, [])) == {"model-removed"}


def test_a_field_inside_one_that_vanished_is_not_told_as_well() -> None:
    fields = [each.subject for each in changes(held([model()]), held([model(price=...)])) if each.what == "field"]

    assert fields == ["/data/*/price"]


def test_models_that_a_file_has_no_room_for_are_neither_gone_nor_new() -> None:
    every = [model(id=f"{number:03}") for number in range(5)]

    assert changes(held(every).first(2), held(every)) == ()
    assert {each.rule.id for each in changes(held(every).first(2), held(every[1:]))} == {"model-removed"}


@pytest.mark.parametrize(
    ("new", "sure"),
    [
        ([model(id="other/LARGE-1")], "sure"),
        ([model(id="shop/large-1.0")], "likely"),
        ([model(id="turtle")], "perhaps"),
        ([model(id="other/LARGE-1", context=1)], "perhaps"),
    ],
)
def test_a_renaming_says_how_sure_it_is(new: list[Any], sure: str) -> None:
    change = one("model-renamed", BEFORE, [SMALL, *new])

    assert (change.was, change.subject, change.sure) == ("shop/large-1", new[0]["id"], sure)


def test_models_with_the_same_facts_are_no_renaming() -> None:
    assert found(([model(id="a"), model(id="b")], [model(id="a"), model(id="c")])) == {"model-removed", "model-added"}


def test_ids_that_differ_in_their_vendor_are_one_model_also_where_facts_do_not_tell() -> None:
    old, new = [model(id="a"), model(id="b")], [model(id="x/a"), model(id="x/b")]

    assert [(each.was, each.subject, each.sure) for each in changes(held(old), held(new))] == [
        ("a", "x/a", "likely"),
        ("b", "x/b", "likely"),
    ]


def test_what_changed_of_a_renamed_model_is_told_too() -> None:
    change = one("context-shrunk", BEFORE, [SMALL, model(id="other/LARGE-1", context=1)])

    assert (change.subject, change.was) == ("other/LARGE-1", "shop/large-1")


def test_of_two_that_a_model_may_have_become_the_surer_one_is_told() -> None:
    by_facts, by_id = model(id="turtle"), model(id="other/LARGE-1", context=1)
    told = {(each.rule.id, each.was, each.subject) for each in changes(held(BEFORE), held([SMALL, by_facts, by_id]))}

    assert {each for each in told if each[0].startswith("model")} == {
        ("model-renamed", "shop/large-1", "other/LARGE-1"),
        ("model-added", "", "turtle"),
    }


def test_a_price_that_is_none_in_another_unit_is_the_same() -> None:
    assert changes(held(priced(price("ask", "perK"))), held(priced(price("ask", "perM")))) == ()


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        ({"type": ["integer", "null"]}, {"number", "null"}),
        ({"const": "a"}, {"string"}),
        ({"enum": [1, None]}, {"number", "null"}),
        ({"anyOf": [{"type": "array"}, {"const": True}]}, {"array", "boolean"}),
        ({"oneOf": [{"type": "array"}, {"minLength": 1}]}, set()),
        ({}, set()),
    ],
)
def test_the_contract_tells_types_in_several_ways(schema: Any, types: set[str]) -> None:
    assert types_of(schema) == types
