"""Whose requirement a mutant breaks, by the contract of a shipped provider."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from proof.attribution import first, of_body, probe
from specs import load

DIMILINKS, AIHUBMIX = load("dimilinks"), load("aihubmix")


def body(**changes: Any) -> tuple[Any, Any]:
    """The list that DimiLinks documents, and the same with *changes* to its first model."""
    recording = DIMILINKS.recording("listModels", 200)
    assert recording
    before = recording.json()
    after = deepcopy(before)
    after["data"][0].update(changes)
    return before, after


def owner(before: Any, after: Any, status: int = 200) -> str | None:
    return of_body(DIMILINKS, DIMILINKS.operations["listModels"], before, after, status)


def test_of_several_requirements_the_first_that_is_reported_is_it() -> None:
    wanted = [each for each in DIMILINKS.requirements if each.id in ("DIM-ID-01", "DIM-LIST-01")]

    assert first(DIMILINKS, reversed(wanted)) == "DIM-LIST-01"
    assert first(DIMILINKS, []) is None


def test_a_probe_is_found_by_its_name_its_operation_and_its_parameters() -> None:
    assert probe(AIHUBMIX, "listModelInfo", "filter", parameter="type") == "AIH-TYPE-01"
    assert probe(AIHUBMIX, "listModelInfo", "filter", parameter="modalities") == "AIH-MODALITIES-01"
    assert probe(AIHUBMIX, "listModels", "filter", parameter="type") is None
    assert probe(AIHUBMIX, "listModelInfo", "no-such-probe") is None


def test_a_parameter_that_is_a_list_fits_where_it_holds_the_one_asked_for() -> None:
    assert probe(AIHUBMIX, "listModelInfo", "bad-value", parameters="sort_by") == "AIH-ERROR-01"
    assert probe(AIHUBMIX, "listModelInfo", "bad-value", parameters="model") is None


def test_a_body_that_is_as_good_as_before_breaks_nothing() -> None:
    before, after = body(unheard_of=True)

    assert owner(before, before) is None
    assert owner(before, after) is None


def test_a_wrong_type_breaks_the_requirement_that_owns_its_place() -> None:
    assert owner(*body(id=7)) == "DIM-ID-01"


def test_an_id_twice_breaks_what_says_that_they_differ() -> None:
    before, after = body()
    after["data"][1]["id"] = after["data"][0]["id"]

    assert owner(before, after) == "DIM-ID-02"


def test_what_was_wrong_before_is_not_the_mutants() -> None:
    before, _ = body()
    before["data"][0]["id"] = 7
    after = deepcopy(before)
    after["data"][1]["unheard_of"] = True

    assert owner(before, after) is None


def test_a_status_without_a_schema_breaks_nothing() -> None:
    assert owner({}, {"id": 7}, 418) is None


@pytest.mark.parametrize(
    ("change", "breaks"),
    [
        ({"owned_by": "somebody else"}, "AIH-GET-RETRIEVE-02"),
        ({"id": "another-model"}, "AIH-GET-RETRIEVE-01"),
        ({}, None),
    ],
)
def test_an_item_by_itself_has_to_be_its_entry_in_the_list(change: dict[str, Any], breaks: str | None) -> None:
    recording = AIHUBMIX.recording("listModels", 200)
    assert recording
    entry = recording.json()["data"][0]

    assert of_body(AIHUBMIX, AIHUBMIX.operations["retrieveModel"], entry, {**entry, **change}) == breaks


def test_a_number_that_is_spelled_otherwise_is_no_difference() -> None:
    recording = AIHUBMIX.recording("listModels", 200)
    assert recording
    entry = recording.json()["data"][0]
    again = {**dict(reversed(entry.items())), "created": float(entry["created"])}

    assert of_body(AIHUBMIX, AIHUBMIX.operations["retrieveModel"], entry, again) is None
