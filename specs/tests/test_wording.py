from __future__ import annotations

from typing import Any

import pytest

from specs.refusing import best
from specs.wording import Wording, wording

TWO = {"properties": {"depth": {}, "seed": {}}, "additionalProperties": False}
NAMED = [{"required": ["requirement"]}, {"required": ["fingerprint"]}]


@pytest.mark.parametrize(
    ("schema", "value", "found", "expected"),
    [
        ({"required": ["id", "reason"]}, {"id": 1}, "no member reason", "the members id, reason"),
        ({"anyOf": NAMED}, {"target": "*"}, "none of the members requirement, fingerprint", "one of them"),
        (
            {"oneOf": NAMED},
            {"requirement": 1, "fingerprint": 2},
            "the members requirement and fingerprint together",
            "one of requirement, fingerprint alone",
        ),
        ({"minLength": 5}, "x", "'x'", "at least 5 characters"),
        ({"minLength": 1}, "", "''", "at least 1 character"),
        ({"maxLength": 2}, "abc", "'abc'", "at most 2 characters"),
        ({"minItems": 1}, [], "[]", "at least 1 item"),
        ({"maxItems": 1}, [1, 2], "[1, 2]", "at most 1 item"),
        ({"minProperties": 1}, {}, "{}", "at least 1 member"),
        ({"maxProperties": 1}, {"a": 1, "b": 2}, "{'a': 1, 'b': 2}", "at most 1 member"),
        ({"minimum": 1}, 0, "0", "a number of at least 1"),
        ({"maximum": 1}, 2, "2", "a number of at most 1"),
        ({"exclusiveMinimum": 0}, 0, "0", "a number above 0"),
        ({"exclusiveMaximum": 0}, 0, "0", "a number below 0"),
        ({"multipleOf": 2}, 3, "3", "a multiple of 2"),
        ({"pattern": r"^\w+$(?!\n)"}, "-", "'-'", r"a text that matches ^\w+$(?!\n)"),
        ({"pattern": "a" * 200}, "A", "'A'", f"a text that matches {'a' * 120}…"),
        ({"propertyNames": {"pattern": "^/"}}, {"v1": 1}, "a member called 'v1'", "a text that matches ^/"),
        ({"uniqueItems": True}, [1, 1], "[1, 1]", "each item once"),
        ({"contains": {"const": "a"}}, ["b"], "['b']", "an item that is 'a'"),
        ({"not": {"const": "all"}}, "all", "'all'", "anything but 'all'"),
        ({"not": {"minLength": 3}}, "all", "'all'", "anything but another value"),
        ({"const": "a"}, "b", "'b'", "'a'"),
        ({"enum": ["a", 2]}, "b", "'b'", "one of a, 2"),
        ({"type": "integer"}, "b", "'b'", "a JSON integer"),
        ({"type": ["string", "null"]}, 1, "1", "a JSON string or null"),
        ({"anyOf": [{"type": "string"}, {"type": "array"}]}, 1, "1", "a JSON string or a JSON array"),
        ({"properties": {"a": False}}, {"a": 1}, "1", "nothing there"),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, "{'a': 1}", "dependentRequired {'a': ['b']}"),
    ],
    ids=str,
)
def test_what_is_refused_is_said_in_words(schema: Any, value: Any, found: str, expected: str) -> None:
    assert said(schema, value) == Wording(found, expected)


def test_an_unknown_member_is_named_with_the_one_that_may_have_been_meant() -> None:
    assert said(TWO, {"depht": 1}) == Wording("the unknown member 'depht'", "only the members depth, seed", "depth")
    assert said(TWO, {"x": 1}) == Wording("the unknown member 'x'", "only the members depth, seed")


def test_of_several_forms_each_is_told_by_what_it_has_and_by_its_name() -> None:
    schema = {"$defs": {"pick": {"type": "object"}}, "oneOf": [{"required": ["a"], "type": "object"}, {"$ref": "#/$defs/pick"}]}

    assert said(schema, {"a": 1}).expected == "an object with the member a or a pick"


def said(schema: Any, value: Any) -> Wording:
    error = best(schema, value)
    assert error is not None
    return wording(error)
