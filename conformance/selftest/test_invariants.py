from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conformance.case import NotApplicable
from conformance.invariants import INVARIANTS
from conformance.invariants.absence import Absent
from conformance.invariants.identity import Equal, Unique
from conformance.invariants.invariant import Invariant
from conformance.invariants.member_list import Members
from conformance.invariants.text import StrictJson
from conformance.invariants.tier import Tiers
from conformance.invariants.time import DAY, EARLIEST, EpochSeconds
from conformance.selftest.bench import NOW, exchange
from specs import formats

FORBIDDEN = ("overlap", "gap", "inverted")


def found(invariant: Invariant, body: Any) -> list[tuple[str, str]]:
    """What *invariant* finds in *body*: (pointer, kind)."""
    return [(each.at, each.kind) for each in invariant.violations(exchange(body), NOW)]


def test_every_invariant_that_a_contract_may_name_is_there() -> None:
    _, invariant, _ = formats.schema("requirements")["$defs"]["check"]["oneOf"]

    assert set(invariant["properties"]["invariant"]["enum"]) == set(INVARIANTS)


# unique


def test_values_that_differ_are_unique() -> None:
    assert found(Unique("/data/*/id"), {"data": [{"id": "a"}, {"id": "A"}, {"id": "a "}]}) == []


def test_the_second_and_third_of_equal_values_are_named() -> None:
    data = {"data": [{"id": "a"}, {"id": "b"}, {"id": "a"}, {"id": "a"}]}

    assert found(Unique("/data/*/id"), data) == [("/data/2/id", "duplicate"), ("/data/3/id", "duplicate")]


def test_a_number_and_its_digits_are_different_values() -> None:
    assert found(Unique("/data/*/id"), {"data": [{"id": 1}, {"id": "1"}]}) == []


def test_a_duplicate_names_the_first_holder() -> None:
    (violation,) = Unique("/data/*/id").violations(exchange({"data": [{"id": "a"}, {"id": "a"}]}), NOW)

    assert violation.expected == "a value of its own, /data/0/id has this one"


@pytest.mark.parametrize("body", [{"data": []}, {}, [], "text", {"data": [{"id": None}, {"id": []}, {"id": {}}]}])
def test_without_values_uniqueness_does_not_apply(body: Any) -> None:
    with pytest.raises(NotApplicable, match="nothing stands at /data/\\*/id"):
        found(Unique("/data/*/id"), body)


@given(st.lists(st.text() | st.integers()))
def test_uniqueness_counts_as_a_set_does(values: list[str | int]) -> None:
    assume(values)
    doubles = len(values) - len({(type(each), each) for each in values})

    assert len(found(Unique("/*"), values)) == doubles


# equal


def test_equal_members_are_equal() -> None:
    assert found(Equal("/data/*", ["id", "root"]), {"data": [{"id": "a", "root": "a"}]}) == []


def test_members_that_differ_are_named_at_the_second() -> None:
    assert found(Equal("/data/*", ["id", "root"]), {"data": [{"id": "a", "root": "b"}]}) == [("/data/0/root", "differs")]


@pytest.mark.parametrize("body", [{"data": []}, {"data": [{"id": "a"}, {"root": "b"}, 7]}])
def test_without_both_members_equality_does_not_apply(body: Any) -> None:
    with pytest.raises(NotApplicable, match="no object at /data/\\* has both id and root"):
        found(Equal("/data/*", ["id", "root"]), body)


# epoch-seconds


@pytest.mark.parametrize("value", [EARLIEST, 1_700_000_000, int(NOW), int(NOW) + DAY, 1_700_000_000.5])
def test_plausible_seconds_are_kept(value: float) -> None:
    assert found(EpochSeconds("/created"), {"created": value}) == []


@pytest.mark.parametrize(
    "value", [-1, 0, 1, EARLIEST - 1, int(NOW) + DAY + 1, 10**15, 10**300, -(10**300), 1e308, float("inf"), float("nan")]
)
def test_implausible_seconds_are_a_violation(value: float) -> None:
    assert found(EpochSeconds("/created"), {"created": value}) == [("/created", "implausible")]


def test_zero_is_allowed_where_the_contract_says_so() -> None:
    assert found(EpochSeconds("/created", zero=True), {"created": 0}) == []
    assert found(EpochSeconds("/created", zero=True), {"created": 1}) == [("/created", "implausible")]


@pytest.mark.parametrize(("factor", "unit"), [(10**3, "milliseconds"), (10**6, "microseconds"), (10**9, "nanoseconds")])
def test_another_unit_is_guessed(factor: int, unit: str) -> None:
    (violation,) = EpochSeconds("/created").violations(exchange({"created": 1_700_000_000 * factor}), NOW)

    assert violation.actual.endswith(f"plausible in {unit}")


@pytest.mark.parametrize("value", ["1700000000", None, True, []])
def test_what_is_no_number_is_passed_over(value: Any) -> None:
    with pytest.raises(NotApplicable, match="no number stands at /created"):
        found(EpochSeconds("/created"), {"created": value})


# members


@pytest.mark.parametrize("value", ["", "  ", "text", "text,image", " text , image ", ["text", "image"], []])
def test_documented_members_are_kept(value: Any) -> None:
    assert found(Members("/m", ["text", "image"]), {"m": value}) == []


@pytest.mark.parametrize("value", ["Text", "text,audio", "text,", "text;image", ["text", 7], ["text", None], [["text"]]])
def test_an_undocumented_member_is_a_violation(value: Any) -> None:
    assert found(Members("/m", ["text", "image"]), {"m": value}) == [("/m", "undocumented")]


def test_another_separator_may_stand_between() -> None:
    assert found(Members("/m", ["text", "image"], separator="->"), {"m": "text->image"}) == []


@pytest.mark.parametrize("value", [None, 7, {}])
def test_what_is_no_list_is_passed_over(value: Any) -> None:
    with pytest.raises(NotApplicable, match="no list stands at /m"):
        found(Members("/m", ["text"]), {"m": value})


# strict-json


def test_json_by_the_letter_is_kept() -> None:
    assert found(StrictJson(), {"data": ["ä", 1e300, None]}) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "not-json"),
        (b"<html>", "not-json"),
        (b"\xff\xfe{\x00}\x00", "not-json"),
        (b"[" * 100_000, "not-json"),
        (b"\xef\xbb\xbf{}", "byte-order-mark"),
        (b"[NaN]", "not-a-number"),
        (b'{"a":1,"a":2}', "duplicate-member"),
    ],
)
def test_what_is_not_json_is_named_by_its_kind(body: bytes, kind: str) -> None:
    assert found(StrictJson(), body) == [("body", kind)]


def test_many_faults_of_one_kind_are_one_violation() -> None:
    assert found(StrictJson(), b"[" + b"NaN," * 1000 + b"NaN]") == [("body", "not-a-number")]


def test_what_is_not_json_is_shown_by_its_beginning() -> None:
    (violation,) = StrictJson().violations(exchange(b"<html>" + b"x" * 1000), NOW)

    assert 'it begins "<html>xxx' in violation.actual
    assert len(violation.actual) < 200


# tiers


def price(condition: str = "prompt", /, **limits: float | None) -> dict[str, Any]:
    """A price that holds where *condition* lies within *limits*."""
    return {"value": 1, "conditions": {condition: limits}}


def tiers(prices: Sequence[Any], forbid: str) -> list[tuple[str, str]]:
    """What is wrong with *prices*."""
    return found(Tiers("/data/*/prices", ["prompt", "completion"], forbid), {"data": [{"prices": prices}]})


@pytest.mark.parametrize("forbid", FORBIDDEN)
@pytest.mark.parametrize(
    "prices",
    [
        [price(gte=0, lt=128), price(gte=128, lt=256), price(gte=256)],
        [price(gte=0, lt=128), price(gte=128, lt=None)],
        [price(lt=128), price(gte=128)],
        [price(lte=128), price(gt=128)],
        [price(gte=128), price(lt=128)],
        [price(gte=None, lt=128), price(gte=128)],
        [price(gte=5, lt=10)],
        [price(gte=0, lt=128), price(gte=128), price("completion", gte=0, lt=64), price("completion", gte=64)],
        [price(gte=0, lt=0.5), price(gte=0.5)],
        [price(lt=128), {"value": 2}, {"value": 2}],
    ],
)
def test_tiers_that_fit_together_are_kept(prices: list[Any], forbid: str) -> None:
    assert tiers(prices, forbid) == []


@pytest.mark.parametrize(
    ("prices", "kind", "at"),
    [
        ([price(lt=128), price(gte=100)], "overlap", 1),
        ([price(lte=128), price(gte=128)], "overlap", 1),
        ([price(), price(gte=128)], "overlap", 1),
        ([price(gte=0, lt=None), price(gte=128)], "overlap", 1),
        ([price(lt=128), price(gte=129)], "gap", 1),
        ([price(lt=128), price(gt=128)], "gap", 1),
        ([price(gte=256), price(lt=128)], "gap", 0),
        ([price(gte=128, lt=128)], "inverted", 0),
        ([price(gte=256, lt=128)], "inverted", 0),
        ([price(gt=128, lte=128)], "inverted", 0),
    ],
)
def test_tiers_that_do_not_fit_are_named_by_their_fault_alone(prices: list[Any], kind: str, at: int) -> None:
    assert {forbid: tiers(prices, forbid) for forbid in FORBIDDEN} == {
        forbid: [(f"/data/0/prices/{at}", kind)] if forbid == kind else [] for forbid in FORBIDDEN
    }


def test_one_number_is_a_range() -> None:
    assert tiers([price(gte=5, lte=5)], "inverted") == []


def test_a_tier_within_an_earlier_one_overlaps_although_its_neighbour_ends_before() -> None:
    prices = [price(lt=100), price(gte=10, lt=20), price(gte=50, lt=60)]

    assert [at for at, _ in tiers(prices, "overlap")] == ["/data/0/prices/1", "/data/0/prices/2"]


def test_prices_of_different_units_are_of_different_kinds() -> None:
    per_count = {**price(gte=0), "unit": "perCount"}
    per_token = {**price(gte=0), "unit": "perMTokens"}

    assert [tiers([per_count, per_token], forbid) for forbid in FORBIDDEN] == [[], [], []]


def test_two_conditions_at_once_are_no_tier_and_may_fill_a_gap() -> None:
    both = {"value": 1, "conditions": {"prompt": {"gte": 32}, "completion": {"gte": 1}}}

    with pytest.raises(NotApplicable):
        tiers([price(lt=32), price(gte=64), both], "gap")


@pytest.mark.parametrize("forbid", FORBIDDEN)
@pytest.mark.parametrize(
    "prices", [[], [{}], [{"conditions": None}], [{"conditions": []}], [{"conditions": {"prompt": 5}}], [None, 7]]
)
def test_without_conditions_tiers_do_not_apply(prices: list[Any], forbid: str) -> None:
    with pytest.raises(NotApplicable, match="no price at /data/\\*/prices has conditions"):
        tiers(prices, forbid)


@pytest.mark.parametrize("limit", ["128", True, [], {}])
def test_a_bound_that_is_no_number_is_no_bound(limit: Any) -> None:
    assert tiers([price(gte=0, lt=limit), price(gte=0)], "overlap") == [("/data/0/prices/1", "overlap")]


def test_a_huge_bound_is_a_bound() -> None:
    assert tiers([price(lt=10**300), price(gte=10**300)], "overlap") == []


BOUNDS = st.lists(st.integers(1, 10_000), min_size=1, max_size=8, unique=True).map(sorted)


@st.composite
def partitions(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Prices that share out all numbers from zero, in any order and in any way of writing a bound."""
    bounds = draw(BOUNDS)
    closed = [draw(st.booleans()) for _ in bounds]
    prices = []
    for number in range(len(bounds) + 1):
        limits: dict[str, float | None] = {}
        if number:
            limits["gt" if closed[number - 1] else "gte"] = bounds[number - 1]
        elif draw(st.booleans()):
            limits["gte"] = draw(st.sampled_from([0, None]))
        if number < len(bounds):
            limits["lte" if closed[number] else "lt"] = bounds[number]
        elif draw(st.booleans()):
            limits["lt"] = None
        prices.append(price(**limits))
    return draw(st.permutations(prices))


@given(partitions())
def test_any_partition_is_kept(prices: list[dict[str, Any]]) -> None:
    assert [tiers(prices, forbid) for forbid in FORBIDDEN] == [[], [], []]


@given(prices=partitions(), data=st.data())
def test_any_bound_that_is_moved_is_noticed(prices: list[dict[str, Any]], data: st.DataObject) -> None:
    movable = [
        (index, name)
        for index, each in enumerate(prices)
        for name, value in each["conditions"]["prompt"].items()
        if value and name in ("gte", "gt", "lt", "lte")
    ]
    index, name = data.draw(st.sampled_from(movable))
    shift = data.draw(st.integers(1, 20_000) | st.integers(-20_000, -1))
    limits = prices[index]["conditions"]["prompt"]
    limits[name] += shift

    assert any(tiers(prices, forbid) for forbid in FORBIDDEN)


@given(prices=partitions(), data=st.data())
def test_a_tier_that_stands_twice_overlaps(prices: list[dict[str, Any]], data: st.DataObject) -> None:
    prices.append(data.draw(st.sampled_from(prices)))

    assert tiers(prices, "overlap")


@given(bounds=BOUNDS, data=st.data())
def test_a_tier_that_is_missing_between_two_is_a_gap(bounds: list[int], data: st.DataObject) -> None:
    assume(len(bounds) >= 2)
    prices = [price(gte=low, lt=high) for low, high in zip([0, *bounds], [*bounds, None], strict=True)]
    del prices[data.draw(st.integers(1, len(prices) - 2))]

    assert tiers(prices, "gap")


def test_every_invariant_is_a_value() -> None:
    for each in INVARIANTS.values():
        assert dataclasses.is_dataclass(each)


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"data": []}, []),
        ({"error": None}, []),
        ([], []),
        ({"error": {"message": "no"}}, ["/error"]),
        ({"error": ""}, ["/error"]),
    ],
)
def test_what_must_be_absent_is_absent_or_null(body: object, at: list[str]) -> None:
    assert [each.at for each in Absent("/error").violations(exchange(body), NOW)] == at
