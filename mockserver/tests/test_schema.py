from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from mockserver.admin.schema import SCHEMAS, SchemaError, Schemas
from mockserver.admin.validating import URI
from mockserver.errors import UsageError
from mockserver.faults import FAULTS
from mockserver.journal import Cause, Ring, entry_of
from specs import pointer

DOCUMENT = Schemas().document
OPERATIONS = [
    (path, method)
    for path, item in DOCUMENT["paths"].items()
    for method in item
    if method in ("get", "post", "patch", "delete")
]
BODIES = ("NewSession", "SessionPatch", "ClockChange", "Expectations")


def below(schema: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """*schema* and every schema inside it or behind its ``$ref``, by where it is used."""
    while "$ref" in schema:
        schema = {**pointer.resolve(DOCUMENT, schema["$ref"][1:]), **{k: v for k, v in schema.items() if k != "$ref"}}
    yield at, schema
    for name, each in schema.get("properties", {}).items():
        yield from below(each, f"{at}/{name}")
    for keyword in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(keyword), dict):
            yield from below(schema[keyword], f"{at}/{keyword}")


def examples(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every example of *value*, with the pointer of the schema that it is one of; the document has none outside of schemas."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name == "examples":
                yield from ((at, example) for example in each)
            else:
                yield from examples(each, f"{at}/{pointer.escape(name)}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from examples(each, f"{at}/{index}")


PLACES = [(f"{name}{at}", schema) for name in BODIES for at, schema in below({"$ref": f"#/components/schemas/{name}"})]


def sentence(name: str, value: Any) -> str:
    with pytest.raises(SchemaError) as refused:
        SCHEMAS.check(name, value)
    return str(refused.value)


def test_the_description_is_a_valid_openapi_document() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_it_is_served_as_json() -> None:
    assert json.loads(SCHEMAS.content) == DOCUMENT


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_has_an_id_a_summary_and_the_refusals_of_the_guard(path: str, method: str) -> None:
    operation = DOCUMENT["paths"][path][method]

    assert operation["operationId"]
    assert operation["summary"].endswith(".")
    assert operation.get("security") == [] or {"401", "403"} <= operation["responses"].keys()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_body_is_bounded_and_of_a_media_type(path: str, method: str) -> None:
    operation = DOCUMENT["paths"][path][method]

    assert ("requestBody" in operation) == ({"413", "415"} <= operation["responses"].keys())


@pytest.mark.parametrize(("place", "schema"), PLACES, ids=[place for place, _ in PLACES])
def test_every_part_of_a_body_is_described_typed_and_bounded(place: str, schema: Any) -> None:
    types = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    named = place.rsplit("/", 1)[-1]

    assert schema.get("description") or named == "additionalProperties"
    assert types or "enum" in schema
    if "string" in types:
        assert "maxLength" in schema
    if {"number", "integer"} & set(types):
        assert "maximum" in schema
        assert "minimum" in schema or "exclusiveMinimum" in schema
    if "array" in types:
        assert "maxItems" in schema
    if "object" in types:
        assert schema["additionalProperties"] is False or "maxProperties" in schema


@pytest.mark.parametrize("name", BODIES)
def test_a_body_has_an_example_of_each_use(name: str) -> None:
    assert DOCUMENT["components"]["schemas"][name]["examples"]


def test_every_example_fits_the_schema_that_it_stands_in() -> None:
    registry: Registry[Any] = Registry().with_resource(URI, DRAFT202012.create_resource(DOCUMENT))
    found = list(examples(DOCUMENT))
    wrong = [
        f"{at}: {error.message}"
        for at, example in found
        for error in Draft202012Validator({"$ref": f"{URI}#{at}"}, registry=registry).iter_errors(example)
    ]

    assert wrong == []
    assert {"/components/schemas/SessionId", "/components/schemas/NewSession"} <= {at for at, _ in found}


def test_every_schema_is_used() -> None:
    text = SCHEMAS.content.decode()

    assert [name for name in DOCUMENT["components"]["schemas"] if f'"#/components/schemas/{name}"' not in text] == []
    assert [name for name in DOCUMENT["components"]["responses"] if f'"#/components/responses/{name}"' not in text] == []


def test_a_full_session_fits() -> None:
    settings = {
        "provider": "acme",
        "seed": 7,
        "ttl_s": 0.5 + 1,
        "fault": "HUGE, size=5000",
        "serve": "without=gpt-4o",
        "sequences": [{"provider": "acme", "steps": [{"prefer": "code=429", "times": 2}, {"for_s": 30}], "on_end": "loop"}],
        "chaos": {"rates": {"429": 0.1, "TRUNCATE": 0}, "ttl_s": 60},
        "limit": {
            "requests": 2,
            "window_s": 60,
            "strategy": "token-bucket",
            "per": "session",
            "headers": "ietf",
            "penalty_s": 5,
        },
        "keys": {"keys": [{"key": "sk-a", "models": ["openai/*"], "state": "out-of-quota"}]},
    }

    SCHEMAS.check("NewSession", settings)
    SCHEMAS.check("SessionPatch", settings)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_every_fault_can_be_drawn_by_chaos(name: str) -> None:
    SCHEMAS.check("NewSession", {"chaos": {"rates": {name: 0.5}}})


def test_a_patch_takes_settings_back() -> None:
    names = DOCUMENT["components"]["schemas"]["SessionPatch"]["properties"]

    SCHEMAS.check("SessionPatch", dict.fromkeys(names))
    assert names.keys() == DOCUMENT["components"]["schemas"]["NewSession"]["properties"].keys()


@pytest.mark.parametrize("member", ["id", "base_url", "base_urls", "api_key"])
@pytest.mark.parametrize("name", ["NewSession", "SessionPatch"])
def test_what_the_mock_decides_cannot_be_set(name: str, member: str) -> None:
    assert f'found the member "{member}", expected only provider, seed' in sentence(name, {member: "x"})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("NewSession", [], "The body: found an array of 0 items, expected an object."),
        ("NewSession", {"seed": -1}, "The body at /seed: found -1, expected a whole number from 0 to 9007199254740991."),
        ("NewSession", {"seed": True}, "The body at /seed: found true, expected a whole number from 0 to 9007199254740991."),
        ("NewSession", {"ttl_s": 0}, "The body at /ttl_s: found 0, expected a number from 1 to 604800."),
        ("NewSession", {"ttl_s": math.nan}, "The body at /ttl_s: found NaN, expected a number from 1 to 604800."),
        ("NewSession", {"ttl_s": math.inf}, "The body at /ttl_s: found Infinity, expected a number from 1 to 604800."),
        (
            "NewSession",
            {"fault": ""},
            'The body at /fault: found "", expected a string of 1 to 1000 characters such as "TRUNCATE".',
        ),
        (
            "NewSession",
            {"sequences": [{"steps": []}]},
            "The body at /sequences/0/steps: found an array of 0 items, expected an array of 1 to 1000 items.",
        ),
        (
            "NewSession",
            {"sequences": [{"steps": [{}], "on_end": "stop"}]},
            'The body at /sequences/0/on_end: found "stop", expected one of stay, loop, fail.',
        ),
        (
            "NewSession",
            {"sequences": [{"steps": [{"times": 1, "for_s": 1}]}]},
            "The body at /sequences/0/steps/0: found times and for_s in one step, expected one of them.",
        ),
        (
            "NewSession",
            {"sequences": [{"steps": [{"for_s": 0}]}]},
            "The body at /sequences/0/steps/0/for_s: found 0, expected a number from 0.001 to 604800.",
        ),
        ("NewSession", {"sequences": [{}]}, "The body at /sequences/0: found no member steps, expected the members steps."),
        (
            "NewSession",
            {"chaos": {"rates": {"429": 1.5}}},
            "The body at /chaos/rates/429: found 1.5, expected a number from 0 to 1.",
        ),
        (
            "NewSession",
            {"chaos": {"rates": {"a b": 1}}},
            'The body at /chaos/rates: found a member called "a b", expected a string of 0 to 64 characters such as "429".',
        ),
        (
            "NewSession",
            {"chaos": {"rates": {f"F{index}": 0 for index in range(101)}}},
            "The body at /chaos/rates: found an object of 101 members, expected an object of at most 100 members.",
        ),
        (
            "NewSession",
            {"limit": {"requests": 1}},
            "The body at /limit: found no member window_s, expected the members requests, window_s.",
        ),
        ("NewSession", {"limit": 5}, "The body at /limit: found 5, expected an object or true or false."),
        ("SessionPatch", {}, "The body: found an object of 0 members, expected an object with at least one member."),
        (
            "SessionPatch",
            {"seed": "x"},
            'The body at /seed: found "x", expected a whole number from 0 to 9007199254740991 or null.',
        ),
        (
            "ClockChange",
            {"freeze": "yesterday"},
            (
                'The body at /freeze: found "yesterday", expected true or false or a number from 0 to 4102444800 or '
                'a string of 0 to 40 characters such as "2026-01-31T12:00:00Z".'
            ),
        ),
        ("ClockChange", {"reset": 1}, "The body at /reset: found 1, expected true or false."),
        ("Expectations", {}, "The body: found no member expectations, expected the members expectations."),
        (
            "Expectations",
            {"expectations": [{"count": -1}]},
            (
                "The body at /expectations/0/count: found -1, expected a whole number from 0 to 1000000000 or an object with "
                "at least one member."
            ),
        ),
        (
            "Expectations",
            {"expectations": [{"match": {"status": "9xx"}}]},
            (
                'The body at /expectations/0/match/status: found "9xx", expected a whole number from 100 to 599 or a string '
                'of 3 characters such as "4xx".'
            ),
        ),
    ],
    ids=str,
)
def test_a_wrong_body_is_one_sentence(name: str, value: Any, said: str) -> None:
    assert sentence(name, value) == said


def test_a_refusal_says_where_what_and_instead_of_what() -> None:
    with pytest.raises(UsageError) as refused:
        SCHEMAS.check("NewSession", {"limit": {"requests": 0, "window_s": 60}})

    assert isinstance(refused.value, SchemaError)
    assert (refused.value.pointer, refused.value.found, refused.value.expected) == (
        "/limit/requests",
        "0",
        "a whole number from 1 to 1000000",
    )


@pytest.mark.parametrize(
    "keys",
    [
        "sk-secret",
        ["sk-secret"],
        {"sk-secret": {}},
        [{"sk-secret": "good"}],
        [None],
        [{"key": "sk-secret key"}],
        [{"key": ["sk-secret"]}],
        [{"key": "sk-1", "models": "sk-secret"}],
        [{"key": "sk-1", "models": [{"sk-secret": 1}]}],
        [{"key": "sk-1", "state": "sk-secret"}],
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["NewSession", "SessionPatch"])
def test_no_refusal_quotes_a_key(name: str, keys: Any) -> None:
    said = sentence(name, {"keys": keys})

    assert "secret" not in said
    assert said.startswith("The body at /keys")


@pytest.mark.parametrize(
    "match", [{"key": "sk-secret"}, {"header": {"cookie": ["sk-secret"]}}, {"header": "sk-secret"}], ids=str
)
def test_nor_does_one_of_what_may_be_a_key(match: Any) -> None:
    said = sentence("Expectations", {"expectations": [{"match": match}]})

    assert "secret" not in said


@pytest.mark.parametrize(
    "value",
    [
        {"\ud800": 1},
        {"x" * 100_000: 1},
        {"fault": ["y" * 100_000]},
        {"fault": "y" * 100_000},
        {"chaos": {"rates": {"\ud800": 5}}},
        {"chaos": {"rates": {"z" * 100_000: 5}}},
        {"seed": 10**4000},
    ],
    ids=range(7),
)
def test_whatever_is_sent_the_sentence_is_short_and_can_be_sent(value: Any) -> None:
    assert len(sentence("NewSession", value).encode()) < 700


def test_a_journals_answer_is_described_as_it_is() -> None:
    entry = entry_of(
        number=1,
        at=0.0,
        session="",
        provider="acme",
        operation="listModels",
        method="GET",
        path="/v1/models",
        query="",
        headers={},
        token=None,
        status=200,
        fields=(),
        content=b"{}",
        cause=Cause.RECORDING,
    )
    ring = Ring()
    ring.append(entry)
    answer = {**ring.journal().json(), "entries": [entry.json()]}
    schemas = DOCUMENT["components"]["schemas"]

    SCHEMAS.check("Journal", answer)
    assert answer.keys() == schemas["Journal"]["properties"].keys()
    assert entry.json().keys() == schemas["Entry"]["properties"].keys()


def test_a_whole_number_may_be_written_with_a_fraction_of_zero() -> None:
    SCHEMAS.check("NewSession", json.loads('{"seed": 7.0}'))
