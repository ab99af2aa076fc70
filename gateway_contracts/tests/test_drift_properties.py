"""What holds of drift whatever two lists hold."""

from __future__ import annotations

import json
import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.snapshot import Snapshot, from_json, to_json
from gateway_contracts.changes.change import Comparison, Severity, ordered
from gateway_contracts.changes.document import document
from gateway_contracts.changes.markdown import lines as markdown_lines
from gateway_contracts.changes.telling import lines
from gateway_contracts.drift.rules import RULES
from gateway_contracts.tests.shop import SMALL, changes, held
from specs import formats

STEADY = settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
IDS = st.sampled_from(["a", "A", "x/a", "b", "b-1", "c", "", "\ud800", "é", "*"])
ODD = st.none() | st.booleans() | st.sampled_from(["", "NaN", "1e999", "$1", "3", -1, 0, 3, 1.5, 10**400, float("inf"), [], {}])
AMOUNTS = st.sampled_from([0, 1, 2, 2.5, "2", "NaN", None, -1, float("nan")])
WHEN = st.sampled_from([None, {}, {"a": 1}, {"a": {"b": 2}}, "x"])
PRICE = st.fixed_dictionaries(
    {"value": AMOUNTS, "unit": st.sampled_from(["perM", "perK", "x"])},
    optional={"currency": st.sampled_from(["USD", "EUR", 1]), "when": WHEN},
)
PRICES = st.lists(PRICE, max_size=3) | PRICE | ODD
WORDS = st.lists(st.sampled_from(["text", "image", 3, None]), max_size=3) | st.sampled_from(["text,image", "text，", ""]) | ODD
MODELS = st.fixed_dictionaries(
    {},
    optional={
        "id": IDS | ODD,
        "title": IDS | ODD,
        "created": st.integers(0, 2) | ODD,
        "leaves": st.sampled_from([True, False, "soon", "2027"]) | ODD,
        "context": st.integers(0, 3) | ODD,
        "takes": WORDS,
        "can": WORDS,
        "thinks": st.booleans() | ODD,
        "price": st.fixed_dictionaries({}, optional={"in": PRICES, "out": PRICES}) | ODD,
    },
)
LISTS = st.lists(MODELS | ODD, max_size=6)
ENVELOPES = st.dictionaries(IDS, ODD, max_size=2)
SNAPSHOTS = st.builds(lambda items, more, most: held(items, **more).first(most), LISTS, ENVELOPES, st.integers(0, 7))


def compared(old: Snapshot, new: Snapshot) -> Comparison:
    return Comparison("drift", "shop", "old", "new", changes(old, new), sizes={"listModels": (old.total, new.total)})


@STEADY
@given(same=SNAPSHOTS)
def test_nothing_changes_from_a_list_to_itself(same: Snapshot) -> None:
    assert changes(same, same) == ()


@STEADY
@given(old=SNAPSHOTS, new=SNAPSHOTS)
def test_each_change_has_its_opposite_on_the_way_back(old: Snapshot, new: Snapshot) -> None:
    assert ordered(each.mirrored(RULES) for each in changes(old, new)) == changes(new, old)


@STEADY
@given(old=SNAPSHOTS, new=SNAPSHOTS)
def test_up_is_up_and_down_is_down(old: Snapshot, new: Snapshot) -> None:
    for each in changes(old, new):
        if each.percent is not None and each.rule.id.startswith("price"):
            assert (each.percent > 0) == (each.rule.id == "price-up")
            assert each.percent >= -100


@STEADY
@given(items=LISTS, new=SNAPSHOTS, data=st.data())
def test_the_order_of_models_is_no_matter(items: list[Any], new: Snapshot, data: st.DataObject) -> None:
    moved = data.draw(st.permutations(items))

    assert changes(held(moved), new) == changes(held(items), new)


@STEADY
@given(old=SNAPSHOTS, new=SNAPSHOTS)
def test_models_that_come_and_go_account_for_the_size_of_the_list(old: Snapshot, new: Snapshot) -> None:
    if old.left_out or new.left_out:
        return
    found = changes(old, new)
    added, removed = (sum(each.rule.id == rule for each in found) for rule in ("model-added", "model-removed"))
    repeated = sum(int(each.new or 0) - int(each.old or 0) for each in found if each.what == "entries of one id")

    assert new.total - old.total == added - removed + repeated


@STEADY
@given(old=SNAPSHOTS, new=SNAPSHOTS)
def test_a_report_of_it_is_as_good_as_the_list_itself(old: Snapshot, new: Snapshot) -> None:
    assert changes(from_json(json.loads(json.dumps(to_json(old)))), new) == changes(old, new)


@STEADY
@given(old=SNAPSHOTS, new=SNAPSHOTS)
def test_whatever_changes_can_be_told(old: Snapshot, new: Snapshot) -> None:
    comparison = compared(old, new)
    value = document(comparison, Severity.BREAKING)

    formats.check(json.loads(json.dumps(value)), "changes", "found")
    assert sum(value["counts"].values()) == len(comparison.changes) == len(value["changes"])
    assert all("\n" not in line for line in [*lines(comparison, whole=True), *markdown_lines(comparison, whole=True)])


def test_ten_thousand_models_take_seconds() -> None:
    old = held({**SMALL, "id": f"a/{number}", "created": number} for number in range(10_000))
    begun = time.process_time()

    new = held({**SMALL, "id": f"b/{number}", "created": number, "context": 100} for number in range(10_000))
    found = changes(old, new)

    assert time.process_time() - begun < 15
    assert len([each for each in found if each.rule.id == "model-renamed"]) == 10_000
    assert len(list(lines(compared(old, new)))) < 40
