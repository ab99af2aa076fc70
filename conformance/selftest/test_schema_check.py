from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.message import Request
from conformance.schema_check import MOST_ERRORS, NOTHING, SchemaCheck
from conformance.selftest.bench import exchange
from specs import Provider

SOUND = {"id": "a", "types": "chat"}


def violations(provider: Provider, body: Any, **members: Any) -> dict[str, list[tuple[str, str]]]:
    """What the schemas refuse in *body*, by requirement: (pointer, keyword)."""
    found = SchemaCheck(provider).verdict(exchange(body, **members)).violations
    return {name: [(each.at, each.kind) for each in all_] for name, all_ in found.items()}


def test_a_sound_body_has_no_violations(provider: Provider) -> None:
    assert violations(provider, {"data": [SOUND]}) == {}


@pytest.mark.parametrize(
    ("body", "owner", "at", "kind"),
    [
        ([], "ACM-LIST-01", "", "type"),
        ({}, "ACM-LIST-01", "/data", "required"),
        ({"data": {}}, "ACM-LIST-01", "/data", "type"),
        ({"data": ["x"]}, "ACM-MODEL-01", "/data/0", "type"),
        ({"data": [SOUND, {"id": "a"}]}, "ACM-MODEL-01", "/data/1/types", "required"),
        ({"data": [{"id": "a", "types": 1}]}, "ACM-MODEL-01", "/data/0/types", "type"),
        ({"data": [{"types": "chat"}]}, "ACM-ID-01", "/data/0/id", "required"),
        ({"data": [{"id": 7, "types": "chat"}]}, "ACM-ID-01", "/data/0/id", "type"),
        ({"data": [{"id": "", "types": "chat"}]}, "ACM-ID-01", "/data/0/id", "minLength"),
        ({"data": [{**SOUND, "created": -1}]}, "ACM-MODEL-01", "/data/0/created", "minimum"),
    ],
)
def test_an_error_belongs_to_the_requirement_with_the_longest_pointer(
    provider: Provider, body: Any, owner: str, at: str, kind: str
) -> None:
    assert violations(provider, body) == {owner: [(at, kind)]}


@pytest.mark.parametrize(
    ("keyword", "body", "expected", "actual"),
    [
        ("required", {}, "it is present", "it is absent"),
        ("type", {"data": "absent"}, "a JSON array", '"absent"'),
        ("type", {"data": {}}, "a JSON array", "{}"),
        ("minLength", {"data": [{"id": "", "types": "chat"}]}, "a string of at least 1 characters", '""'),
        ("minimum", {"data": [{**SOUND, "created": -1}]}, "a number of at least 0", "-1"),
    ],
)
def test_a_violation_is_worded_by_its_keyword(provider: Provider, keyword: str, body: Any, expected: str, actual: str) -> None:
    ((violation,),) = SchemaCheck(provider).verdict(exchange(body)).violations.values()

    assert (violation.kind, violation.expected, violation.actual) == (keyword, expected, actual)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{const: model}", '"model"'),
        ("{enum: [chat, image]}", 'one of ["chat", "image"]'),
        ("{type: [string, 'null']}", "a JSON string or null"),
        ("{type: number, maximum: 3}", "maximum 3"),
        ("{type: string, pattern: '^a'}", "a string that matches ^a"),
    ],
)
def test_other_keywords_are_worded_too(contract: Callable[..., Provider], schema: str, expected: str) -> None:
    provider = contract(("types: {type: string}", f"types: {schema}"))
    body = {"data": [{"id": "a", "types": "b" if "pattern" in schema else 7}]}

    ((violation,),) = SchemaCheck(provider).verdict(exchange(body)).violations.values()

    assert violation.expected == expected


def test_a_long_value_is_cut(provider: Provider) -> None:
    ((violation,),) = SchemaCheck(provider).verdict(exchange({"data": "x" * 10_000})).violations.values()

    assert len(violation.actual) == 160


def test_each_status_has_a_schema_of_its_own(provider: Provider) -> None:
    assert violations(provider, {"error": 7}, status=401) == {"ACM-ERROR-01": [("/error", "type")]}
    assert violations(provider, {"error": "no"}, status=401) == {}


@pytest.mark.parametrize("status", [304, 418, 429, 500])
def test_an_answer_without_a_documented_schema_is_not_judged(provider: Provider, status: int) -> None:
    assert SchemaCheck(provider).verdict(exchange({}, status=status)) == NOTHING


def test_another_method_than_get_is_not_judged(provider: Provider) -> None:
    assert SchemaCheck(provider).verdict(exchange([], request=Request("listModels", method="POST"))) == NOTHING


def test_what_is_not_json_is_not_judged(provider: Provider) -> None:
    assert SchemaCheck(provider).verdict(exchange(b"<html>")) == NOTHING


def test_members_that_the_contract_does_not_know_are_listed_without_indices(provider: Provider) -> None:
    body = {"data": [{**SOUND, "owner": {"a": 1}}, {**SOUND, "owner": 2, "a/b": 3}], "took": 5}

    assert SchemaCheck(provider).verdict(exchange(body)).undeclared == {"/data/*/owner", "/data/*/a~1b", "/took"}


@pytest.mark.parametrize(
    ("id", "body", "applies"),
    [
        ("ACM-LIST-01", {}, True),
        ("ACM-MODEL-01", {"data": []}, False),
        ("ACM-MODEL-01", {"data": [1]}, True),
        ("ACM-ID-01", {"data": [{}]}, True),
        ("ACM-ID-01", {"data": []}, False),
        ("ACM-ERROR-01", {"data": [SOUND]}, False),
    ],
)
def test_a_requirement_applies_where_the_answer_holds_what_it_speaks_of(
    provider: Provider, id: str, body: Any, applies: bool
) -> None:
    assert SchemaCheck(provider).applies(provider.requirement(id), exchange(body)) is applies


def test_an_optional_member_that_is_absent_is_nothing_to_judge(contract: Callable[..., Provider]) -> None:
    provider = contract(
        checks={"ACM-TIME-02": ("MUST", "listModels", "{schema: [/components/schemas/Model/properties/created]}")}
    )
    check = SchemaCheck(provider)

    assert not check.applies(provider.requirements[0], exchange({"data": [SOUND]}))
    assert check.applies(provider.requirements[0], exchange({"data": [{**SOUND, "created": 1}]}))


def test_of_a_body_with_countless_errors_the_first_ones_are_looked_at(provider: Provider) -> None:
    ((_, found),) = SchemaCheck(provider).verdict(exchange({"data": [7] * (MOST_ERRORS + 50)})).violations.items()

    assert len(found) == MOST_ERRORS


def test_an_error_answer_that_is_no_json_breaks_the_owner_of_its_schema(provider: Provider) -> None:
    assert violations(provider, b"<html>login</html>", status=401) == {"ACM-ERROR-01": [("body", "not-json")]}
