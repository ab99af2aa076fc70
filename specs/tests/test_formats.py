from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from specs import formats, pointer
from specs.errors import SpecError
from specs.tests.small_provider import MUTANT, answer

NAMES = sorted(path.name.removesuffix(".schema.json") for path in formats.FOLDER.glob("*.schema.json"))
# The members of a JSON Patch operation are those of RFC 6902; what a rewrite waits for is what an exchange has;
# a citation is described in requirements.schema.json.
SELF_EVIDENT = {
    "mutants": {"op", "path", "from", "value", "operation", "method", "status"},
    "contradictions": {"page", "lines", "quote", "standard", "section"},
    "unchecked": {"page", "lines", "quote", "standard", "section"},
}


def properties(schema: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every property that *schema* describes, by its pointer."""
    if isinstance(schema, list):
        for index, item in enumerate(schema):
            yield from properties(item, f"{at}/{index}")
    elif isinstance(schema, dict):
        for name, member in schema.items():
            place = f"{at}/{pointer.escape(name)}"
            if name == "properties":
                yield from ((f"{place}/{pointer.escape(key)}", each) for key, each in member.items())
            yield from properties(member, place)


def requirement(**members: Any) -> dict[str, Any]:
    """The value of a requirements.yaml with one requirement, which has *members*."""
    cites = [{"standard": "RFC 9110", "section": "9"}]
    one = {"id": "SMA-ID-01", "level": "MUST", "says": "It is as it is.", "operations": ["a"], "cites": cites}
    page = {"file": "a.txt", "sha256": "0" * 64}
    return {"pages": {"a": page}, "requirements": [{**one, "check": {"probe": "answers"}, **members}]}


@pytest.mark.parametrize("name", NAMES)
def test_a_format_is_a_json_schema_of_2020_12(name: str) -> None:
    schema = formats.schema(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", NAMES)
def test_a_format_has_a_title(name: str) -> None:
    assert formats.schema(name)["title"]


@pytest.mark.parametrize("name", NAMES)
def test_every_property_of_a_format_is_described(name: str) -> None:
    document = formats.schema(name)
    for place, schema in properties(document):
        described = pointer.resolve(document, schema["$ref"][1:]) if "$ref" in schema else {}
        condition = "/if/" in place
        if place.rpartition("/")[2] not in SELF_EVIDENT.get(name, set()) and not condition:
            assert schema.get("description") or described.get("description"), f"{place} of {name} has no description"


def test_a_value_of_the_format_is_accepted() -> None:
    formats.check(answer({}), "recording", "f.json")
    formats.check({"mutants": [MUTANT]}, "mutants", "f.json")
    formats.check(requirement(), "requirements", "f.yaml")


def test_a_missing_member_is_named_with_those_that_are_needed() -> None:
    with pytest.raises(SpecError, match="found no member expires, expected the members target, reason, expires"):
        formats.check({"waivers": [{"requirement": "A", "target": "*", "reason": "known"}]}, "waivers", "w.yaml")


def test_an_unknown_member_is_named_with_those_that_are_known() -> None:
    with pytest.raises(SpecError, match=r"found the unknown member 'hint', expected only the members provenance, source, date"):
        formats.check(answer({}, hint="x"), "recording", "f.json")


def test_a_value_out_of_a_closed_list_is_named_with_the_list() -> None:
    with pytest.raises(SpecError, match="at /provenance: found 'made up', expected one of documented, captured, synthetic"):
        formats.check(answer({}, provenance="made up"), "recording", "f.json")


def test_a_value_of_another_type_is_named_with_the_type() -> None:
    with pytest.raises(SpecError, match="at /status: found '200', expected a JSON integer"):
        formats.check(answer({}, status="200"), "recording", "f.json")


def test_several_types_are_named_with_or_between() -> None:
    rewrite = {"when": {}, "headers": {"ETag": 1}}
    mutant = {"id": "SMA-ID-01/x", "breaks": "SMA-ID-01", "says": "It is broken.", "responses": [rewrite]}
    with pytest.raises(SpecError, match="at /mutants/0/responses/0/headers/ETag: found 1, expected a JSON string or null"):
        formats.check({"mutants": [mutant]}, "mutants", "f.json")


def test_another_keyword_is_named_with_its_value() -> None:
    with pytest.raises(SpecError, match="at /source: found 'x', expected at least 5 characters"):
        formats.check(answer({}, source="x"), "recording", "f.json")


def test_an_error_names_the_format_and_the_line() -> None:
    with pytest.raises(SpecError, match=r"^f.yaml:9 at /date: .* described in specs/formats/recording.schema.json"):
        formats.check(answer({}, date="today"), "recording", "f.yaml", lines={"/date": 9})


def test_a_part_of_a_format_is_checked_where_it_stands() -> None:
    with pytest.raises(SpecError, match="at /paths/x-items/at: found 'data'"):
        formats.check({"at": "data", "id": "id"}, "extensions", "f.yaml", definition="x-items", at="/paths/x-items")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"level": "SHOULD"}, "expected the members because"),
        ({"level": "must"}, "expected one of MUST, SHOULD, MAY"),
        ({"id": "small-1"}, "at /requirements/0/id: found 'small-1'"),
        ({"cites": []}, "at /requirements/0/cites: "),
        ({"cites": [{"page": "a", "lines": "0", "quote": "x"}]}, "at /requirements/0/cites/0/lines: found '0'"),
        ({"operations": []}, "at /requirements/0/operations: "),
        ({"check": {"probe": "guess"}}, "at /requirements/0/check/probe: found 'guess', expected one of answers"),
        ({"check": {"schema": ["components"]}}, "at /requirements/0/check/schema/0: found 'components'"),
    ],
)
def test_a_requirement_of_another_format_is_refused(members: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        formats.check(requirement(**members), "requirements", "f.yaml")


def test_an_answer_has_either_a_body_or_a_text() -> None:
    with pytest.raises(SpecError):
        formats.check(answer({}, text=""), "recording", "f.json")


def test_a_mutant_breaks_something() -> None:
    with pytest.raises(SpecError):
        formats.check({"mutants": [{"id": "SMA-ID-01/x", "breaks": "SMA-ID-01", "says": "It is broken."}]}, "mutants", "f.json")


def test_a_waiver_names_a_requirement_or_a_fingerprint() -> None:
    with pytest.raises(SpecError):
        formats.check({"waivers": [{"target": "*", "reason": "known", "expires": "2027-01-01"}]}, "waivers", "w.yaml")


def test_a_waiver_of_one_violation_may_say_whose_it_is() -> None:
    of = {"requirement": "SMA-ID-01", "fingerprint": "0" * 12}
    formats.check({"waivers": [{"target": "*", "reason": "known", "expires": "2027-01-01", **of}]}, "waivers", "w.yaml")
