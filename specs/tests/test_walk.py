from __future__ import annotations

from typing import Any

import pytest

from specs.walk import keywords


def names(document: Any) -> list[str]:
    return [name for _, name, _ in keywords(document)]


def test_keywords_are_named_with_their_place_and_value() -> None:
    assert list(keywords({"a/b": [{"$ref": "#/x"}]})) == [
        ("/a~1b", "a/b", [{"$ref": "#/x"}]),
        ("/a~1b/0/$ref", "$ref", "#/x"),
    ]


@pytest.mark.parametrize("holder", ["properties", "patternProperties", "$defs", "responses", "headers", "schemas"])
def test_a_name_that_an_author_chose_is_no_keyword(holder: str) -> None:
    assert names({holder: {"$ref": {"type": "string"}, "x-name": {}}}) == [holder, "type"]


def test_what_a_property_called_default_holds_is_entered() -> None:
    assert "$ref" in names({"properties": {"default": {"$ref": "#/x"}}})


def test_what_a_property_called_properties_holds_is_entered() -> None:
    assert "$ref" in names({"properties": {"properties": {"$ref": "#/x"}}})


@pytest.mark.parametrize("data", ["example", "examples", "const", "enum", "default", "x-items"])
def test_data_and_extensions_are_not_entered(data: str) -> None:
    assert names({data: {"$ref": "#/x"}}) == [data]
