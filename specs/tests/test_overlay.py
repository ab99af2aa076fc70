from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonpath import finditer

from specs import overlay as overlay_module
from specs.errors import SpecError
from specs.overlay import apply


def overlay(*actions: Any) -> dict[str, Any]:
    return {"overlay": "1.0.0", "actions": list(actions)}


def test_an_update_is_merged_into_an_object() -> None:
    document = {"info": {"title": "a", "contact": {"name": "b"}}}
    changes = overlay({"target": "$.info", "update": {"contact": {"url": "c"}, "title": "d"}})
    assert apply(document, changes, "o.yaml") == {"info": {"title": "d", "contact": {"name": "b", "url": "c"}}}


def test_an_update_is_appended_to_an_array() -> None:
    assert apply({"tags": [1]}, overlay({"target": "$.tags", "update": {"name": 2}}), "o.yaml") == {"tags": [1, {"name": 2}]}


def test_an_array_in_an_update_is_joined_to_the_array_it_meets() -> None:
    assert apply({"tags": [1]}, overlay({"target": "$", "update": {"tags": [2]}}), "o.yaml") == {"tags": [1, 2]}


def test_an_update_takes_place_wherever_the_target_is() -> None:
    document: dict[str, Any] = {"a": {"get": {}}, "b": {"get": {}}}
    assert apply(document, overlay({"target": "$.*.get", "update": {"x": 1}}), "o.yaml") == {
        "a": {"get": {"x": 1}},
        "b": {"get": {"x": 1}},
    }


def test_what_is_put_in_two_places_is_not_shared() -> None:
    result = apply({"a": {}, "b": {}}, overlay({"target": "$.*", "update": {"x": {}}}), "o.yaml")
    assert result["a"]["x"] is not result["b"]["x"]


def test_a_removal_takes_a_member_away() -> None:
    assert apply({"a": 1, "b": 2}, overlay({"target": "$.a", "remove": True}), "o.yaml") == {"b": 2}


@pytest.mark.parametrize("target", ["$.list[?@ > 1]", "$.list[2,1]", "$.list[1,2,2]"])
def test_a_removal_takes_all_items_away_in_whichever_order_they_are_named(target: str) -> None:
    assert apply({"list": [1, 2, 3]}, overlay({"target": target, "remove": True}), "o.yaml") == {"list": [1]}


def test_a_removal_of_nested_places_takes_the_outer_one_away() -> None:
    assert apply({"a": {"a": {"b": 1}}, "c": 2}, overlay({"target": "$..a", "remove": True}), "o.yaml") == {"c": 2}


def test_actions_are_applied_in_order() -> None:
    changes = overlay({"target": "$", "update": {"a": {}}}, {"target": "$.a", "update": {"b": 1}})
    assert apply({}, changes, "o.yaml") == {"a": {"b": 1}}


def test_an_overlay_without_actions_changes_nothing() -> None:
    assert apply({"a": 1}, {"overlay": "1.0.0"}, "o.yaml") == {"a": 1}


def test_the_result_is_a_copy() -> None:
    document = {"a": {"b": [1]}}
    result = apply(document, overlay({"target": "$.a.b", "update": 2}), "o.yaml")
    assert (document, result) == ({"a": {"b": [1]}}, {"a": {"b": [1, 2]}})


def test_a_target_that_selects_nothing_is_an_error() -> None:
    with pytest.raises(SpecError, match=r"^o.yaml at /actions/0/target: found nothing at '\$.zz', expected a place"):
        apply({}, overlay({"target": "$.zz", "update": {}}), "o.yaml")


@pytest.mark.parametrize("document", [{"overlay": "2.0.0"}, {"actions": []}, [], None])
def test_another_version_is_an_error(document: Any) -> None:
    with pytest.raises(SpecError, match=r"expected '1.0.0', the version of the Overlay Specification"):
        apply({}, document, "o.yaml")


@pytest.mark.parametrize("target", ["$.[", "not a path", 5, None])
def test_a_target_that_is_no_jsonpath_is_an_error_of_one_line(target: Any) -> None:
    with pytest.raises(SpecError, match=r"expected a JSONPath \(RFC 9535\)$") as caught:
        apply({}, overlay({"target": target, "update": {}}), "o.yaml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "action",
    [
        "remove it",
        {"update": {}},
        {"target": "$.a"},
        {"target": "$.a", "remove": False},
        {"target": "$.a", "remove": True, "update": {}},
    ],
)
def test_an_action_that_is_neither_an_update_nor_a_removal_is_an_error(action: Any) -> None:
    with pytest.raises(SpecError, match="expected an object with target, and either update or remove: true"):
        apply({"a": {}}, overlay(action), "o.yaml")


def test_the_whole_document_cannot_be_removed() -> None:
    with pytest.raises(SpecError, match="the whole document, expected a part of it"):
        apply({"a": 1}, overlay({"target": "$", "remove": True}), "o.yaml")


def test_an_update_of_a_number_is_an_error() -> None:
    with pytest.raises(SpecError, match=r"at /actions/0/update: .*expected an object to merge"):
        apply({"a": 1}, overlay({"target": "$.a", "update": {"b": 2}}), "o.yaml")


PLAIN = st.lists(st.tuples(st.sampled_from([".{}", "['{}']"]), st.sampled_from(["a", "b_1", "_"])), max_size=3)
QUOTED = st.text(st.characters(codec="utf-8", exclude_characters="'\\", exclude_categories=("Cc", "Cs")), max_size=3)
DOCUMENT = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.sampled_from(["a", "b_1", "_"]), inner) | st.lists(inner, max_size=2)
)


@settings(deadline=None, derandomize=True)
@given(DOCUMENT, PLAIN)
def test_a_query_for_one_member_after_another_finds_what_any_jsonpath_does(document: Any, steps: list[tuple[str, str]]) -> None:
    query = "$" + "".join(step.format(name) for step, name in steps)
    assert list(overlay_module._targets(query, document, "o.yaml", "")) == [each.parts for each in finditer(query, document)]


@settings(deadline=None, derandomize=True)
@given(QUOTED)
def test_a_quoted_name_is_any_text(name: str) -> None:
    document: dict[str, Any] = {name: {}}
    query = f"$['{name}']"
    assert apply(document, overlay({"target": query, "update": {"x": 1}}), "o.yaml") == {name: {"x": 1}}
    assert [each.parts for each in finditer(query, document)] == [(name,)]
