from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from specs import Provider, formats, load, provider_ids, strict_yaml
from specs.evident import BEYOND, TABLE, Evident, Numbered
from specs.loader import FIXTURES, PROVIDERS
from specs.mutation import mutate
from specs.refusing import Refusing
from specs.schema import MAIN, Schemas

STEADY = settings(deadline=None, derandomize=True, max_examples=200)

NAMES = st.sampled_from(["a", "b", "ab", "ba"])
SCALARS = st.none() | st.booleans() | st.sampled_from([0, 1, 2, -1, 1.0, 0.5, 10**30, "", "a", "ab\n", "\ud800"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
TYPES = st.sampled_from(["array", "boolean", "integer", "null", "number", "object", "string"])
NUMBERS = st.sampled_from([0, 1, 0.5, 2])
COUNTS = st.integers(0, 3)
PATTERNS = st.sampled_from(["", "a", "^a$", "b|a", "^.b"])
MODEL = {"required": ["id"], "properties": {"id": {"type": "string"}, "size": {"enum": [1]}}}


def schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas of up to three keywords of those that are known, with schemas of *inner* in them."""
    several, by_name = st.lists(inner, min_size=1, max_size=2), st.dictionaries(NAMES, inner, max_size=2)
    wanted: dict[str, st.SearchStrategy[Any]] = {
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=2),
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "const": VALUES,
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), NUMBERS),
        **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), COUNTS),
        "pattern": PATTERNS,
        "uniqueItems": st.booleans(),
        "required": st.lists(NAMES, max_size=2),
        **dict.fromkeys(("items", "additionalProperties", "propertyNames", "not", "if", "then", "else"), inner),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), several),
        "properties": by_name,
        "patternProperties": st.dictionaries(PATTERNS, inner, max_size=2),
        "$ref": st.sampled_from(["#", "#/$defs/a"]),
    }
    assert set(wanted) - {"then", "else", "$ref"} == set(TABLE)
    keywords = st.lists(st.sampled_from(sorted(wanted)), max_size=3, unique=True)
    return keywords.flatmap(lambda names: st.fixed_dictionaries({name: wanted[name] for name in names}))


SCHEMAS = st.recursive(st.booleans(), schemas, max_leaves=5)


def evident(schema: Any) -> Evident:
    """What *schema* evidently allows, at the place "": its ``$ref`` may be to itself and to ``a``, a string."""
    places = {"": schema, "/$defs/a": {"type": "string"}}
    return Evident(places.__getitem__, lambda _place, reference: reference[1:])


def at(judge: Schemas, body: Any) -> list[str]:
    """Where the errors of *body* are."""
    return [error.at for error in judge.errors("/schema", body)]


@STEADY
@given(SCHEMAS, VALUES)
def test_what_is_evidently_allowed_is_just_what_jsonschema_allows(schema: Any, value: Any) -> None:
    whole = {**schema, "$defs": {"a": {"type": "string"}}} if isinstance(schema, dict) else schema
    try:
        expected = Draft202012Validator(whole).is_valid(value)
    except RecursionError:  # a schema that refers to itself for the same value has no meaning
        return
    assert evident(schema).allows("", value) == expected


@STEADY
@given(
    SCHEMAS, SCHEMAS, st.lists(VALUES, min_size=1, max_size=4), st.lists(st.lists(st.integers(0, 3), min_size=1), max_size=5)
)
def test_items_that_are_numbered_are_allowed_wherever_they_would_be_without(
    items: Any, others: Any, values: list[Any], arrays: list[list[int]]
) -> None:
    judge = evident({**(others if isinstance(others, dict) else {}), "items": items})
    for numbers in arrays:
        held = [values[number % len(values)] for number in numbers]
        plain = evident({**(others if isinstance(others, dict) else {}), "items": items})
        try:
            expected = plain.allows("", held)
        except RecursionError:  # a schema that refers to itself for the same value has no meaning
            return
        assert judge.allows("", Numbered(zip(numbers, held, strict=True))) == expected


def test_what_was_right_of_a_numbered_array_is_forgotten_before_it_takes_much_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("specs.evident.MOST_RIGHT", 2)
    judge = evident({"items": {"type": "string"}})

    for number in range(0, 30, 3):
        assert judge.allows("", Numbered((each, "a") for each in range(number, number + 3)))

    assert not judge.allows("", Numbered([(40, 1)]))


def test_every_keyword_of_jsonschema_is_known_or_left_to_it() -> None:
    reference = set(Draft202012Validator.VALIDATORS)
    assert reference - set(TABLE) - BEYOND == {"$ref", "format"}  # which `Evident` follows, and which asserts nothing
    assert set(TABLE) <= reference


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ({"contains": {"const": 1}}, [2]),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}),
        ({"dependentSchemas": {"a": {"maxProperties": 0}}}, {"a": 1}),
        ({"multipleOf": 2}, 3),
        ({"prefixItems": [True], "unevaluatedItems": False}, [1, 2]),
        ({"properties": {"a": True}, "unevaluatedProperties": False}, {"b": 1}),
        ({"type": "object", "not": {"not": {"multipleOf": 2}}}, {}),
        ({"anyOf": [{"not": {"multipleOf": 1}}, {"const": 1}]}, 2),
    ],
)
def test_what_cannot_be_said_is_left_to_jsonschema(schema: Any, body: Any) -> None:
    assert not evident(schema).allows("", body)
    assert bool(at(Schemas("small", {MAIN: {"schema": schema}}), body)) != Draft202012Validator(schema).is_valid(body)


@pytest.mark.parametrize("keyword", ["$schema", "$id", "$anchor", "$dynamicAnchor"])
def test_a_schema_that_is_more_than_its_place_is_left_to_jsonschema(keyword: str) -> None:
    assert not evident({keyword: "x"}).allows("", 1)


@pytest.mark.parametrize("schema", [{"type": "text"}, {"type": ["text"]}, [], None, "true"])
def test_what_is_no_schema_allows_nothing_evidently(schema: Any) -> None:
    assert not evident(schema).allows("", 1)


def answers(provider: Provider) -> Iterator[tuple[str, Any]]:
    """The place of the schema, and the body, of each answer of *provider*, as it is recorded and as mutants have it."""
    broken = (mutate(provider, each).recordings for each in provider.mutants if each.recordings)
    recordings = {(each.operation, each.status, each.content): each for many in (provider.recordings, *broken) for each in many}
    for each in recordings.values():
        response = provider.operations[each.operation].responses.get(each.status)
        if each.is_json and response is not None and response.schema is not None:
            yield response.schema, each.json()


@pytest.mark.parametrize("id", provider_ids())
def test_what_is_evidently_allowed_of_every_mutant_is_what_jsonschema_allows(id: str) -> None:
    provider = load(id)
    base = f"https://specs.invalid/{id}/"
    evidently = Evident(provider.schemas.schema, provider.schemas.referred)
    refusing = Refusing({base + MAIN: provider.document}, lambda _schema, _value: False)
    seen = set()
    for place, body in answers(provider):
        allowed = evidently.allows(place, body)
        assert allowed == (next(refusing.errors(f"{base}{MAIN}#{place}", body), None) is None)
        seen.add(allowed)
    assert seen == {True, False}


def entries() -> Iterator[tuple[str, Any]]:
    """A format of our files, and the file of a provider with one of its entries only."""
    for folder in sorted(path.parent for path in PROVIDERS.glob(f"*/{MAIN}")):
        files = {name: folder / f"{name}.yaml" for name in ("requirements", "contradictions", "unchecked", "departures")}
        for name, path in (*files.items(), ("mutants", FIXTURES / folder.name / "mutants.json")):
            if path.exists():
                value = strict_yaml.read(path, path.name).value if path.suffix == ".yaml" else json.loads(path.read_bytes())
                member = "claims" if name == "unchecked" else name
                yield from ((name, {**value, member: [each]}) for each in value[member])


ENTRIES = list(entries())


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each array or object in *value* with each of its indices or names."""
    for name, member in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, name
        if isinstance(member, dict | list):
            yield from places(member)


@STEADY
@given(st.data())
def test_what_is_evidently_allowed_of_a_damaged_file_is_what_jsonschema_allows(data: st.DataObject) -> None:
    name, value = copy.deepcopy(data.draw(st.sampled_from(ENTRIES)))
    holder, key = data.draw(st.sampled_from(list(places(value))))
    match data.draw(st.sampled_from(["remove", "replace", "add"])):
        case "remove":
            del holder[key]
        case "replace":
            holder[key] = data.draw(VALUES)
        case "add" if isinstance(holder, dict):
            holder["another"] = data.draw(VALUES)
        case _:
            holder.append(data.draw(VALUES))
    assert formats.evident(name).allows("", value) == Draft202012Validator(formats.schema(name)).is_valid(value)


def test_an_error_is_where_its_item_stands_whatever_is_right_before_it() -> None:
    judge = Schemas("small", {MAIN: {"schema": {"items": MODEL}}})

    assert at(judge, [{"id": 1}, {"id": "a"}]) == ["/0/id"]
    assert at(judge, [{"id": "a"}, {"id": "b"}, {"id": 1}]) == ["/2/id"]


def test_an_item_that_one_schema_allows_is_looked_at_by_another() -> None:
    judge = Schemas("small", {MAIN: {"schema": {"properties": {"a": {"items": MODEL}, "b": {"items": {"type": "array"}}}}}})

    assert at(judge, {"a": [{"id": "x"}]}) == []
    assert at(judge, {"a": [{"id": "x"}], "b": [{"id": "x"}]}) == ["/b/0"]


def test_values_that_only_python_takes_for_equal_are_different_items() -> None:
    judge = Schemas("small", {MAIN: {"schema": {"items": MODEL}}})

    assert at(judge, [{"id": "a", "size": 1}]) == []
    assert at(judge, [{"id": "a", "size": True}]) == ["/0/size"]


def test_half_of_a_surrogate_pair_is_no_trouble() -> None:
    judge = Schemas("small", {MAIN: {"schema": {"items": MODEL}}})

    assert at(judge, [{"id": "\ud800"}, {}]) == ["/1/id"]


def test_what_stands_behind_a_prefix_is_looked_at_by_its_own_schema() -> None:
    judge = Schemas("small", {MAIN: {"schema": {"prefixItems": [{"type": "object"}], "items": MODEL}}})

    assert at(judge, [{}, {"id": 1}]) == ["/1/id"]
    assert at(judge, [1, {"id": "a"}]) == ["/0"]


def test_jsonschema_is_asked_of_no_item_that_is_evidently_right() -> None:
    asked: list[Any] = []

    def allows(_schema: Any, value: object) -> bool:
        asked.append(value)
        return value != 1

    refusing = Refusing({"https://specs.invalid/a": {"items": {"type": "string"}}}, allows)

    assert [error.instance for error in refusing.errors("https://specs.invalid/a", [2, 1, "a"])] == [1]
    assert asked == [2, 1, "a"]
