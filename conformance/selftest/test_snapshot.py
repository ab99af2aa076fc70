from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import specs
from conformance.facts import LONGEST
from conformance.snapshot import DEEPEST, MOST_FIELDS, MOST_MODELS, NoList, Snapshot, from_json, read, snapshot, to_json
from specs.contract import Authentication, Facts, Items, Operation, Prices

STEADY = settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
LIST = Operation(
    id="listModels",
    method="GET",
    path="/models",
    authentication=Authentication.NONE,
    parameters=(),
    responses={},
    items=Items("/data", "id"),
    retrieves=None,
    facts=Facts(
        owner="/by",
        limits={"context": "/size"},
        lists={"feature": "/can"},
        flags={"free": "/free"},
        prices=Prices({"input": "/price"}, currency="USD"),
    ),
)
NAMES = st.sampled_from(["id", "size", "*", "~/"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**50), 10**50) | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(NAMES, inside, max_size=3),
    max_leaves=8,
)
ITEMS = st.lists(
    st.fixed_dictionaries({}, optional=dict.fromkeys(("id", "by", "size", "can", "free", "price"), VALUES)) | VALUES,
    max_size=6,
)


def test_the_fields_are_counted_by_pointer_and_type() -> None:
    held = snapshot({"data": [{"id": "a", "size": 1}, {"id": "b", "size": None}], "n": []}, LIST)

    assert held.fields == {
        "": {"object": 1},
        "/data": {"array": 1},
        "/data/*": {"object": 2},
        "/data/*/id": {"string": 2},
        "/data/*/size": {"null": 1, "number": 1},
        "/n": {"array": 1},
    }


@STEADY
@given(ITEMS, st.integers(0, 7))
def test_the_first_models_are_those_of_all(items: list[Any], most: int) -> None:
    twice = {"data": [*items, *({**each, "by": "again"} for each in items if isinstance(each, dict))]}

    assert to_json(snapshot(twice, LIST, most)) == to_json(snapshot(twice, LIST).first(most))


def test_what_has_no_id_is_counted() -> None:
    held = snapshot({"data": [{"id": "a"}, {"id": 7}, {}, "b", None]}, LIST)

    assert ([each.id for each in held.models], held.nameless) == (["a"], 4)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"error": {}}', "nothing stands at /data"),
        (b'{"data": null}', "nothing stands at /data"),
        (b'{"data": {}}', "JSON's object stands at /data"),
        (b"[]", "nothing stands at /data"),
        (b"<html>", "the body is not JSON"),
        (b"", "the body is empty"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_body_without_a_list_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(NoList, match=says):
        read(body, LIST)


def test_an_operation_that_lists_nothing_is_refused() -> None:
    with pytest.raises(NoList, match="listModels lists nothing"):
        snapshot({}, replace(LIST, items=None))


def test_numbers_are_exact() -> None:
    (held,) = read(b'{"data": [{"id": "a", "price": 0.10000000000000000000001}]}', LIST).models

    assert f"{held.prices[0].amount:f}" == "0.10000000000000000000001"


@STEADY
@given(items=ITEMS, data=st.data())
def test_the_order_of_models_and_members_is_no_matter(items: list[Any], data: st.DataObject) -> None:
    moved = [
        dict(data.draw(st.permutations(list(each.items())))) if isinstance(each, dict) else each
        for each in data.draw(st.permutations(items))
    ]

    assert snapshot({"data": moved}, LIST) == snapshot({"data": items}, LIST)


@STEADY
@given(items=ITEMS)
def test_a_snapshot_that_was_kept_is_the_same_one(items: list[Any]) -> None:
    held = snapshot({"data": items}, LIST)

    assert from_json(json.loads(json.dumps(to_json(held)))) == held


def test_a_file_holds_a_bounded_number_of_models_and_says_how_many_it_lacks() -> None:
    held = snapshot({"data": [{"id": f"{number:05}"} for number in range(MOST_MODELS + 3)]}, LIST)

    kept = from_json(to_json(held))

    assert (len(kept.models), kept.left_out, kept.total) == (MOST_MODELS, 3, MOST_MODELS + 3)
    assert kept.is_known("00000")
    assert not kept.is_known(f"{MOST_MODELS:05}")


def test_names_without_end_are_bounded() -> None:
    held = snapshot({"data": [], **{f"{number:06}" * 100: 1 for number in range(10_000)}}, LIST)

    assert len(held.fields) == MOST_FIELDS
    assert max(map(len, held.fields)) <= LONGEST + 1


@pytest.mark.parametrize("id", specs.provider_ids())
def test_every_documented_list_can_be_kept(id: str) -> None:
    provider = specs.load(id)
    for operation in provider.operations.values():
        for recording in provider.answers(operation.id, 200) if operation.items else ():
            held: Snapshot = read(recording.content, operation)

            assert from_json(json.loads(json.dumps(to_json(held)))) == held
            assert held.nameless == 0


def test_what_is_deeper_than_any_list_is_not_told_apart() -> None:
    body: Any = {"data": []}
    for _ in range(DEEPEST + 5):
        body = {"data": [], "in": body}

    assert max(at.count("/") for at in snapshot(body, LIST).fields) == DEEPEST


def test_a_number_in_a_file_that_is_out_of_all_bounds_is_a_text() -> None:
    value = to_json(snapshot({"data": [{"id": "a", "size": 7}]}, LIST))
    value["models"][0]["limits"]["context"] = "7" * 150

    assert from_json(value).models[0].limits == {"context": "7" * 150}
