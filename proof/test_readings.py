"""What a contract forbids, as read by the code that says whose a mutant is: against JSON Schema's own words."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from proof.readings import allows, breaks
from specs.requirement import Check, Level, Requirement

NOW = 1_795_219_200.0

SCHEMAS: list[dict[str, Any]] = [
    {"type": "integer"},
    {"type": "number"},
    {"type": ["string", "null"]},
    {"type": "boolean"},
    {"type": "array"},
    {"type": "object"},
    {"const": 1},
    {"const": True},
    {"enum": ["a", 1, None]},
    {"pattern": "^a"},
    {"minLength": 2},
    {"minimum": 1},
    {"minItems": 1},
    {"uniqueItems": True},
    {"required": ["a"]},
    {"anyOf": [{"type": "string"}, {"minimum": 2}]},
    {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
]
VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    1.5,
    2,
    -1,
    "",
    "a",
    "ab",
    "b",
    [],
    [1],
    [1, 1],
    ["a", "b"],
    {},
    {"a": 1},
    {"b": 1},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_a_keyword_allows_what_json_schema_allows(schema: dict[str, Any]) -> None:
    library = Draft202012Validator(schema)

    assert [value for value in VALUES if allows(schema, value)] == [value for value in VALUES if library.is_valid(value)]


def test_a_keyword_that_is_no_assertion_allows_everything() -> None:
    assert allows({"title": "a model", "properties": {"a": {"type": "string"}}}, {"a": 7})


def forbidden(name: str, body: Any, **parameters: Any) -> bool:
    """Whether *body* breaks the invariant *name*."""
    check = Check("invariant", name, (), parameters)
    return breaks(Requirement("ACM-X-01", Level.MUST, "It is so.", None, ("listModels",), (), check), body, NOW)


@pytest.mark.parametrize(("ids", "broken"), [(["a", "b"], False), (["a", "a"], True), ([1, True], False), ([{}, {}], False)])
def test_ids_that_are_the_same_are_not_unique(ids: list[Any], broken: bool) -> None:
    assert forbidden("unique", {"data": [{"id": each} for each in ids]}, at="/data/*/id") is broken


@pytest.mark.parametrize(
    ("item", "broken"), [({"id": "a", "root": "a"}, False), ({"id": "a", "root": "b"}, True), ({"id": "a"}, False)]
)
def test_members_that_differ_are_not_equal(item: dict[str, str], broken: bool) -> None:
    assert forbidden("equal", {"data": [item]}, at="/data/*", members=["id", "root"]) is broken


@pytest.mark.parametrize(
    ("created", "zero", "broken"),
    [
        (1_700_000_000, False, False),
        (1_700_000_000_000, False, True),
        (NOW + 3600, False, False),
        (NOW + 100_000, False, True),
        (1_262_303_999, False, True),
        (1_262_304_000, False, False),
        (0, False, True),
        (0, True, False),
        ("2024-01-01", False, False),
    ],
)
def test_a_time_is_in_seconds_between_2010_and_tomorrow(created: Any, zero: bool, broken: bool) -> None:
    assert forbidden("epoch-seconds", {"data": [{"created": created}]}, at="/data/*/created", zero=zero) is broken


@pytest.mark.parametrize(
    ("held", "broken"),
    [("a,b", False), ("a, b", False), ("", False), ("a,c", True), (["a"], False), (["c"], True), ([7], True)],
)
def test_a_list_of_members_has_known_ones_only(held: Any, broken: bool) -> None:
    assert forbidden("members", {"f": held}, at="/f", values=["a", "b"], separator=",") is broken


@pytest.mark.parametrize(
    ("ranges", "wrong"),
    [
        ([{"gte": 0, "lt": 10}, {"gte": 10}], set()),
        ([{"gte": 0, "lt": 10}, {"gte": 5}], {"overlap"}),
        ([{"gte": 0, "lte": 10}, {"gte": 10}], {"overlap"}),
        ([{"gte": 0, "lt": 10}, {"gte": 12}], {"gap"}),
        ([{"gte": 0, "lt": 10}, {"gt": 10}], {"gap"}),
        ([{"gte": 10, "lt": 0}], {"inverted"}),
        ([{"gte": 0, "lt": 10}, {"gte": 10, "lt": None}], set()),
    ],
)
def test_ranges_of_prices_fit_together(ranges: list[dict[str, Any]], wrong: set[str]) -> None:
    prices = [{"unit": "perMTokens", "conditions": {"prompt_tokens": each}} for each in ranges]

    found = {
        forbid
        for forbid in ("overlap", "gap", "inverted")
        if forbidden("tiers", {"p": prices}, at="/p", conditions=["prompt_tokens"], forbid=forbid)
    }

    assert found == wrong


def test_prices_of_two_kinds_are_not_compared() -> None:
    limits = {"gte": 0, "lt": 10}
    prices = [{"conditions": {name: limits}} for name in ("prompt_tokens", "completion_tokens")]

    assert not forbidden("tiers", {"p": prices}, at="/p", conditions=["prompt_tokens", "completion_tokens"], forbid="overlap")
