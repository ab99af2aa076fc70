"""Documents drawn from schemas."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from mockserver.catalogue.document import Drawing, UngenerableError
from specs.schema import Schemas


def schemas(schema: Any, **more: Any) -> Schemas:
    return Schemas("acme", {"openapi.yaml": {"root": schema, **more}})


def draw(schema: Any, seed: int = 7, **more: Any) -> Any:
    return Drawing(schemas(schema, **more), random.Random(seed), {}).value(["/root"])


SCHEMAS: list[Any] = [
    True,
    {},
    {"type": "string", "minLength": 3, "maxLength": 5},
    {"type": "string", "pattern": "^[a-c]+$"},
    {"type": ["integer", "null"], "minimum": 0, "maximum": 7},
    {"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5},
    {"type": "number", "exclusiveMinimum": 0},
    {"type": "number", "minimum": -3, "maximum": -2},
    {"enum": ["a", 1, None]},
    {"const": {"a": 1}},
    {"type": "boolean"},
    {"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": True, "minItems": 1, "maxItems": 2},
    {"type": "array", "items": {"type": "string"}, "minItems": 7},
    {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}}, "additionalProperties": False}
    | {"properties": {"a": {}, "b": {}}},
    {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
    {"type": "object", "properties": {name: {} for name in "abcdef"}, "maxProperties": 2},
    {"allOf": [{"type": ["string", "integer"]}, {"type": ["integer", "null"], "minimum": 2}, {"minimum": 4}]},
    {"anyOf": [{"type": "string"}, {"type": "null"}]},
    {"oneOf": [{"type": "integer"}, {"type": "string"}]},
    {"$ref": "#/other"},
    {"enum": ["a", "b", "c"], "allOf": [{"enum": ["b", "c", "d"]}]},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=[json.dumps(each)[:60] for each in SCHEMAS])
def test_what_is_drawn_is_valid(schema: Any) -> None:
    known = schemas(schema, other={"type": "array", "items": {"type": "integer", "description": "a number"}})

    for seed in range(200):
        drawn = Drawing(known, random.Random(seed), {}).value(["/root"])
        assert [each.message for each in known.errors("/root", drawn)] == []


def test_members_that_are_optional_come_and_go_and_unknown_ones_come_too() -> None:
    schema = {"type": "object", "required": ["id"], "properties": {"id": {}, "note_a": {}, "note_b": {}}}
    names = {frozenset(draw(schema, seed)) for seed in range(100)}

    assert all("id" in each for each in names)
    assert {each & {"note_a", "note_b"} for each in names} == {
        frozenset(),
        frozenset({"note_a"}),
        frozenset({"note_b"}),
        frozenset({"note_a", "note_b"}),
    }
    assert any(each - {"id", "note_a", "note_b"} for each in names)


def test_texts_and_numbers_are_of_all_kinds() -> None:
    texts = {draw({"type": "string"}, seed) for seed in range(300)}
    numbers = {draw({"type": "integer", "minimum": 3, "maximum": 900}, seed) for seed in range(300)}

    assert "" in texts
    assert any(not each.isascii() for each in texts)
    assert any('"' in each for each in texts)
    assert {3, 900} <= numbers


def test_a_schema_within_itself_comes_to_an_end() -> None:
    node = {
        "type": "object",
        "properties": {"child": {"$ref": "#/root"}, "more": {"type": "array", "items": {"$ref": "#/root"}}},
    }

    assert isinstance(draw(node), dict)


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [
        ({"not": {"type": "string"}}, "the keyword 'not' at /root"),
        ({"type": "array", "contains": {}}, "the keyword 'contains' at /root"),
        (False, "a schema that allows nothing at /root"),
        ({"type": "string", "allOf": [{"type": "null"}]}, "types that exclude each other at /root"),
        ({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/root"}}}, "a schema without end"),
        ({"type": "string", "pattern": "(?=a)"}, "in a regular expression at /root"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_place(schema: Any, sentence: str) -> None:
    with pytest.raises(UngenerableError, match=re.escape(sentence)):
        draw(schema)
