from __future__ import annotations

from typing import Any

import pytest

from specs.errors import SpecError
from specs.schema import Schemas


def schemas(schema: Any, **others: Any) -> Schemas:
    """The schemas of a folder whose openapi.yaml has *schema* at /schema, and *others* beside it."""
    return Schemas("small", {"openapi.yaml": {"schema": schema, **others}})


def places(judge: Schemas, body: Any) -> list[tuple[str, str]]:
    return [(error.place, error.at) for error in judge.errors("/schema", body)]


def test_an_error_says_what_refuses_what() -> None:
    (error,) = schemas({"properties": {"n": {"minimum": 0}}}).errors("/schema", {"n": -1})
    assert (error.place, error.at) == ("/schema/properties/n/minimum", "/n")
    assert (error.keyword, error.expected, error.actual) == ("minimum", 0, -1)
    assert error.message == "-1 is less than the minimum of 0"


def test_a_body_that_keeps_the_schema_has_no_errors() -> None:
    assert places(schemas({"type": "object", "required": ["a"]}), {"a": 1}) == []


def test_an_error_behind_a_ref_is_at_the_place_of_the_keyword() -> None:
    model = {"properties": {"id": {"$ref": "#/id"}}}
    judge = schemas({"items": {"$ref": "#/model"}}, model=model, id={"type": "string"})
    assert places(judge, [{"id": "a"}, {"id": 1}]) == [("/id/type", "/1/id")]


def test_errors_beside_and_behind_a_ref_are_told_apart() -> None:
    judge = schemas({"properties": {"a": {"$ref": "#/b", "type": "integer"}}}, b={"type": "string"})
    assert places(judge, {"a": None}) == [("/b/type", "/a"), ("/schema/properties/a/type", "/a")]


@pytest.mark.parametrize("other", [True, 1.5, "1", None, [1], {"n": 1}])
def test_an_item_that_was_good_vouches_for_no_other(other: Any) -> None:
    judge = schemas({"items": {"properties": {"n": {"type": "integer"}}}})
    assert places(judge, [{"n": 1}]) == []
    assert places(judge, [{"n": 1}, {"n": other}]) == [("/schema/items/properties/n/type", "/1/n")]


def test_an_item_that_was_good_under_one_schema_is_judged_under_another() -> None:
    judge = schemas({"properties": {"a": {"items": {"minProperties": 1}}, "b": {"items": {"minProperties": 2}}}})
    assert places(judge, {"a": [{"n": 1}], "b": [{"n": 1}]}) == [("/schema/properties/b/items/minProperties", "/b/0")]


def test_an_item_that_was_refused_is_refused_again() -> None:
    judge = schemas({"items": {"required": ["n"]}})
    assert places(judge, [{}]) == places(judge, [{}]) == [("/schema/items/properties/n/required", "/0/n")]


def test_a_schema_that_refers_to_itself_can_be_judged() -> None:
    judge = schemas({"type": "array", "items": {"$ref": "#/schema"}})
    assert places(judge, [[], [1]]) == [("/schema/type", "/1/0")]


def test_a_ref_to_another_file_of_the_folder_is_followed() -> None:
    judge = Schemas(
        "small",
        {
            "openapi.yaml": {"schema": {"$ref": "schemas/model.yaml#/Model"}},
            "schemas/model.yaml": {"Model": {"properties": {"id": {"$ref": "#/Id"}}}, "Id": {"type": "string"}},
        },
    )
    judge.check_references()
    assert places(judge, {"id": 1}) == [("schemas/model.yaml#/Id/type", "/id")]
    assert list(judge.keywords("/schema")) == ["schemas/model.yaml#/Id/type"]


def test_a_missing_member_belongs_to_where_it_should_be() -> None:
    (error,) = schemas({"$ref": "#/model"}, model={"required": ["id"], "properties": {"id": {}}}).errors("/schema", {})
    assert (error.place, error.at) == ("/model/properties/id/required", "/id")
    assert (error.keyword, error.expected, error.actual) == ("required", "present", "absent")


def test_each_missing_member_is_an_error_of_its_own() -> None:
    names = ["id", "i", "a/b", "it's"]
    found = places(schemas({"required": names}), {"i": 1})
    assert found == [
        ("/schema/properties/id/required", "/id"),
        ("/schema/properties/a~1b/required", "/a~1b"),
        ("/schema/properties/it's/required", "/it's"),
    ]


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ({"type": "object"}, 1),
        ({"required": ["a"]}, {}),
        ({"properties": {"a": {"type": "string"}}}, {"a": 1}),
        ({"properties": {"a/b": {"const": 1}}}, {"a/b": 2}),
        ({"properties": {"$ref": {"type": "string"}}}, {"$ref": 1}),
        ({"patternProperties": {"^a#": {"type": "string"}}}, {"a#": 1}),
        ({"additionalProperties": {"type": "string"}}, {"a": 1}),
        ({"additionalProperties": False}, {"a": 1}),
        ({"propertyNames": {"pattern": "^b"}}, {"a": 1}),
        ({"items": {"enum": ["a"]}}, ["b"]),
        ({"prefixItems": [True, {"type": "string"}]}, [1, 2]),
        ({"prefixItems": [True], "items": False}, [1, 2]),
        ({"contains": {"const": 1}}, []),
        ({"contains": {"const": 1}, "minContains": 2}, [1]),
        ({"contains": {"const": 1}, "maxContains": 1}, [1, 1]),
        ({"allOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"a": 1}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, 1),
        ({"not": {"type": "integer"}}, 1),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"a": 1}),
        ({"if": {"required": ["a"]}, "else": {"required": ["b"]}}, {}),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}),
        ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1}),
        ({"unevaluatedProperties": False}, {"a": 1}),
        ({"unevaluatedItems": False}, [1]),
        ({"pattern": "^b", "minLength": 2, "maxLength": 0}, "a"),
        ({"minimum": 2, "exclusiveMinimum": 1, "multipleOf": 2}, 1),
        ({"maximum": 0, "exclusiveMaximum": 1}, 1),
        ({"minItems": 3, "maxItems": 1, "uniqueItems": True}, [1, 1]),
        ({"minProperties": 2}, {"a": 1}),
        ({"maxProperties": 0}, {"a": 1}),
        ({"$ref": "#/other"}, 1),
        ({"properties": {"a": {"$ref": "#/other"}}}, {"a": 1}),
    ],
)
def test_keywords_lists_every_place_that_errors_can_name(schema: Any, body: Any) -> None:
    judge = schemas(schema, other={"type": "string"})
    found = {error.place for error in judge.errors("/schema", body)}
    assert found
    assert found <= set(judge.keywords("/schema"))


def test_keywords_lists_nothing_that_only_describes() -> None:
    schema = {"title": "t", "description": "d", "example": 1, "format": "uri", "default": 1, "properties": {"a": True}}
    assert list(schemas(schema).keywords("/schema")) == []


def test_keywords_lists_a_place_once() -> None:
    judge = schemas({"properties": {"a": {"$ref": "#/b"}, "c": {"$ref": "#/b"}}}, b={"type": "string"})
    assert list(judge.keywords("/schema")) == ["/b/type"]


@pytest.mark.parametrize("keyword", ["nullable", "minLenght", "$dynamicRef", "dependencies"])
def test_a_keyword_that_json_schema_does_not_have_is_refused(keyword: str) -> None:
    message = rf"^specs/providers/small/openapi.yaml at /schema/{keyword.replace('$', '[$]')}: found the keyword"
    with pytest.raises(SpecError, match=message):
        list(schemas({keyword: True}).keywords("/schema"))


@pytest.mark.parametrize("schema", [{"properties": {"a": False}}, {"items": [{"type": "string"}]}, {"allOf": [1]}])
def test_what_is_no_schema_is_refused(schema: Any) -> None:
    with pytest.raises(SpecError, match="expected a schema that is an object, or true"):
        list(schemas(schema).keywords("/schema"))


@pytest.mark.parametrize(
    "reference", ["https://json-schema.org/draft/2020-12/schema", "http://127.0.0.1/x", "../other/openapi.yaml#/a", "x.yaml#/a"]
)
def test_a_ref_that_leaves_the_folder_is_refused(reference: str) -> None:
    with pytest.raises(SpecError, match=r"expected a place in openapi.yaml .it may not leave the folder"):
        schemas({"$ref": reference}).check_references()


@pytest.mark.parametrize("reference", ["#/nothing", "#anchor", "#/schema/properties/a"])
def test_a_ref_to_a_place_that_does_not_exist_is_refused(reference: str) -> None:
    with pytest.raises(SpecError, match=r"openapi.yaml at /schema/items/[$]ref: .*expected a place that exists"):
        schemas({"items": {"$ref": reference}}).check_references()


def test_a_ref_that_is_no_string_is_refused() -> None:
    with pytest.raises(SpecError, match="expected a string"):
        schemas({"$ref": 1}).check_references()


@pytest.mark.parametrize("name", ["default", "properties", "enum"])
def test_a_ref_is_checked_whatever_the_property_is_called(name: str) -> None:
    with pytest.raises(SpecError, match="may not leave the folder"):
        schemas({"properties": {name: {"$ref": "https://a.example/"}}}).check_references()


def test_a_property_may_be_called_ref() -> None:
    schemas({"properties": {"$ref": {"type": "string"}}}).check_references()


def test_a_ref_in_an_example_is_data() -> None:
    schemas({"example": {"$ref": "https://a.example/"}}).check_references()


def visited(judge: Schemas, body: Any) -> dict[tuple[str, str], Any]:
    """What each (place, pointer) that is visited holds."""
    return {(place, at): value for place, at, value in judge.visits("/schema", body)}


def test_visits_names_each_value_that_a_schema_speaks_of() -> None:
    model = {"properties": {"id": {"type": "string"}, "name": {}}}
    judge = schemas({"properties": {"data": {"items": {"$ref": "#/model"}}}}, model=model)
    assert visited(judge, {"data": [{"id": "a", "other": 1}]}) == {
        ("/schema", ""): {"data": [{"id": "a", "other": 1}]},
        ("/schema/properties/data", "/data"): [{"id": "a", "other": 1}],
        ("/schema/properties/data/items", "/data/0"): {"id": "a", "other": 1},
        ("/model", "/data/0"): {"id": "a", "other": 1},
        ("/model/properties/id", "/data/0/id"): "a",
    }


def test_visits_follows_additional_properties_where_the_member_has_no_schema_of_its_own() -> None:
    judge = schemas({"properties": {"a": True}, "additionalProperties": {"type": "string"}})
    assert set(visited(judge, {"a": 1, "b/c": 2})) == {
        ("/schema", ""),
        ("/schema/properties/a", "/a"),
        ("/schema/additionalProperties", "/b~1c"),
    }


def test_visits_follows_every_schema_of_all_of() -> None:
    judge = schemas({"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]})
    assert {"/schema/allOf/0/properties/a", "/schema/allOf/1/properties/b"} <= {
        at for at, _ in visited(judge, {"a": 1, "b": 2})
    }


def test_visits_ends_for_schemas_that_refer_to_each_other() -> None:
    judge = schemas({"$ref": "#/other"}, other={"$ref": "#/schema"})
    assert set(visited(judge, 1)) == {("/schema", ""), ("/other", "")}


def test_visits_names_places_in_another_file() -> None:
    documents = {
        "openapi.yaml": {"schema": {"$ref": "schemas/m.yaml#/M"}},
        "schemas/m.yaml": {"M": {"items": {"type": "string"}}},
    }
    judge = Schemas("small", documents)
    assert ("schemas/m.yaml#/M/items", "/0") in visited(judge, ["a"])
