"""Two versions of a schema: nothing that matters to a client is missed, and nothing is accused that allows the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gateway_contracts.changes.change import Severity
from gateway_contracts.compat import schemas
from gateway_contracts.compat.operations import ANSWER, PARAMETER
from gateway_contracts.compat.rules import RULES
from gateway_contracts.compat.schemas import Place, Step, Way, compare
from specs.errors import SpecError
from specs.schema import Schemas

STEADY = settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
AT = "/components/schemas/S"
BACK = {Way.MORE: Way.LESS, Way.LESS: Way.MORE, Way.OTHER: Way.OTHER}


def place(schema: Any, **others: Any) -> Place:
    """*schema* in a contract that has *others* beside it."""
    document = {"components": {"schemas": {"S": schema, **others}}}
    return Place(Schemas("acme", {"openapi.yaml": document}), frozenset({AT}))


def steps(old: Any, new: Any) -> list[tuple[str, Way, str]]:
    return sorted(((each.aspect, each.way, each.at) for each in compare(place(old), place(new))), key=str)


TYPES = st.sampled_from(["string", "integer", "number", "null", "boolean", "object", "array"])
VALUES = [
    None,
    True,
    0,
    1,
    1.0,
    1.5,
    -1,
    "",
    "a",
    "b",
    [],
    ["a"],
    [1],
    [None],
    {},
    {"x": 1},
    {"x": "a"},
    {"y": None},
    {"x": "a", "y": 1},
]
SIMPLE = st.fixed_dictionaries(
    {},
    optional={
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
        "enum": st.lists(st.sampled_from([None, True, 0, 1, 1.5, "a", "b"]), min_size=1, max_size=3, unique_by=repr),
        "const": st.sampled_from([1, "a", None]),
        "minimum": st.integers(-1, 2),
        "exclusiveMaximum": st.integers(0, 2),
        "minLength": st.integers(0, 2),
        "maxItems": st.integers(0, 1),
        "uniqueItems": st.booleans(),
        "pattern": st.sampled_from(["a", "^b"]),
        "multipleOf": st.sampled_from([1, 0.5]),
        "description": st.sampled_from(["one", "other"]),
    },
)
SCHEMAS = st.recursive(
    SIMPLE | st.booleans() | st.just({"$ref": "#/components/schemas/T"}),
    lambda inside: st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES,
            "properties": st.dictionaries(st.sampled_from(["x", "y"]), inside, max_size=2),
            "required": st.lists(st.sampled_from(["x", "y"]), max_size=2, unique=True),
            "additionalProperties": inside,
            "items": inside,
            "allOf": st.lists(inside, min_size=1, max_size=2),
            "oneOf": st.lists(inside, min_size=1, max_size=2),
            "anyOf": st.lists(st.builds(lambda name: {"type": name}, TYPES), min_size=1, max_size=3),
            "not": inside,
        },
    ),
    max_leaves=4,
)


def pair(schema: Any, other: Any) -> Place:
    return place(schema, T=other)


@STEADY
@given(schema=SCHEMAS, other=SIMPLE)
def test_nothing_differs_from_a_schema_to_itself(schema: Any, other: Any) -> None:
    assert list(compare(pair(schema, other), pair(schema, other))) == []


@STEADY
@given(one=SCHEMAS, other=SCHEMAS, beside=SIMPLE)
def test_what_is_more_is_less_on_the_way_back(one: Any, other: Any, beside: Any) -> None:
    there, back = (compare(pair(old, beside), pair(new, beside)) for old, new in ((one, other), (other, one)))
    turned = [Step(each.aspect, BACK[each.way], each.at, each.new, each.old) for each in back]

    assert sorted(there, key=repr) == sorted(turned, key=repr)


def allowed(schema: Any, beside: Any) -> list[Any]:
    """Which of some values *schema* allows, by another reading of JSON Schema than ours."""
    document = {"$ref": f"#{AT}", "components": {"schemas": {"S": schema, "T": beside}}}
    validator = Draft202012Validator(document)
    return [value for value in VALUES if validator.is_valid(value)]


@STEADY
@given(old=SCHEMAS, new=SCHEMAS, beside=SIMPLE)
def test_an_answer_that_becomes_possible_is_never_mere_information(old: Any, new: Any, beside: Any) -> None:
    before, now = pair(old, beside), pair(new, beside)
    found = [RULES[ANSWER.get((each.aspect, each.way), "answer-rule-changed")] for each in compare(before, now)]

    if all(each.severity is Severity.INFORMATION for each in found):
        assert [value for value in allowed(new, beside) if repr(value) not in map(repr, allowed(old, beside))] == []


@STEADY
@given(old=SCHEMAS, new=SCHEMAS, beside=SIMPLE)
def test_a_request_that_is_refused_now_is_never_mere_information(old: Any, new: Any, beside: Any) -> None:
    before, now = pair(old, beside), pair(new, beside)
    found = [RULES[PARAMETER.get((each.aspect, each.way), "parameter-rule-changed")] for each in compare(before, now)]

    if all(each.severity is Severity.INFORMATION for each in found):
        assert [value for value in allowed(old, beside) if repr(value) not in map(repr, allowed(new, beside))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "integer"}, {"type": ["integer"]}),
        ({"type": ["string", "integer"]}, {"oneOf": [{"type": "integer"}, {"type": "string"}]}),
        ({"type": ["integer", "number"]}, {"type": "number"}),
        ({"const": 1}, {"enum": [1.0]}),
        ({"type": "string", "const": "a"}, {"const": "a"}),
        ({"allOf": [{"type": ["array", "object"]}, {"type": "array"}]}, {"type": "array"}),
        ({"type": "string", "description": "One."}, {"type": "string", "description": "Other."}),
        ({"properties": {"a": {"type": "string"}}}, {"allOf": [{"properties": {"a": {"type": "string"}}}]}),
        ({"minimum": 3}, {"minimum": 3.0}),
        ({}, True),
    ],
)
def test_what_allows_the_same_is_no_difference(old: Any, new: Any) -> None:
    assert steps(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "is_"),
    [
        ({"type": "string"}, {"type": ["string", "null"]}, [("type", Way.MORE, "")]),
        ({"type": "number"}, {"type": "integer"}, [("type", Way.LESS, "")]),
        ({"type": "string"}, {"type": "integer"}, [("type", Way.OTHER, "")]),
        ({"enum": ["a", "b"]}, {"enum": ["a", "c"]}, [("value", Way.LESS, ""), ("value", Way.MORE, "")]),
        ({"const": "a"}, {"const": "b"}, [("values", Way.OTHER, "")]),
        ({"const": "a"}, {"type": "string"}, [("values", Way.MORE, "")]),
        ({"minLength": 1}, {"minLength": 2}, [("bound", Way.LESS, "")]),
        ({"maximum": 1}, {}, [("bound", Way.MORE, "")]),
        ({"properties": {"a": {}}, "required": ["a"]}, {}, [("field", Way.MORE, "/a")]),
        ({"properties": {"a": {}}}, {}, [("optional field", Way.MORE, "/a")]),
        ({"properties": {"a": {}}, "required": ["a"]}, {"properties": {"a": {}}}, [("presence", Way.MORE, "/a")]),
        ({"items": {"type": "string"}}, {"items": {"type": "integer"}}, [("type", Way.OTHER, "/*")]),
        ({}, {"additionalProperties": False}, [("further fields", Way.LESS, "")]),
        ({"additionalProperties": False}, {"additionalProperties": {}}, [("anything", Way.MORE, "/*")]),
        ({"format": "date"}, {"format": "date-time"}, [("format", Way.OTHER, "")]),
        ({"not": {"const": 1}}, {"not": {"const": 2}}, [("rule", Way.OTHER, "")]),
    ],
)
def test_a_difference_has_its_aspect_its_way_and_its_place(old: Any, new: Any, is_: Any) -> None:
    assert steps(old, new) == is_


def test_a_schema_that_holds_itself_is_compared_once() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": f"#{AT}"}, "id": {"type": "string"}}}
    wider = {"type": "object", "properties": {"next": {"$ref": f"#{AT}"}, "id": {"type": ["string", "null"]}}}

    assert steps(node, wider) == [("type", Way.MORE, "/id")]
    assert steps({"not": {"$ref": f"#{AT}"}}, {"not": {"$ref": f"#{AT}"}}) == []


def test_what_a_reference_points_to_is_compared_also_where_the_rule_is_only_written() -> None:
    rule = {"not": {"$ref": "#/components/schemas/T"}}

    (step,) = compare(place(rule, T={"const": 1}), place(rule, T={"const": 2}))

    assert (step.aspect, step.way) == ("rule", Way.OTHER)


def test_a_schema_with_more_places_than_can_be_looked_at_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "MOST_PLACES", 100)
    levels: dict[str, Any] = {
        f"L{number}": {"properties": {name: {"$ref": f"#/components/schemas/L{number + 1}"} for name in "ab"}}
        for number in range(10)
    }
    root = {"properties": {"a": {"$ref": "#/components/schemas/L0"}}}
    with pytest.raises(SpecError, match="a schema with more places than can be looked at"):
        list(compare(place(root, **levels, L10={}), place(root, **levels, L10={"type": "null"})))
