from __future__ import annotations

from typing import Any

import pytest

from specs.errors import SpecError
from specs.tests.small_provider import MUTANT, SmallProvider, answer


def refused(small: SmallProvider) -> str:
    """The sentence with which *small* is refused."""
    with pytest.raises(SpecError) as caught:
        small.load()
    return str(caught.value)


def test_a_recording_that_breaks_its_schema_names_file_pointer_found_and_expected(small: SmallProvider) -> None:
    small.record("listModels/200-catalogue", answer({"data": [{"id": "a"}, {"id": 7}]}))
    assert refused(small) == (
        f"{small.root}/fixtures/small/listModels/200-catalogue.json at /body/data/1/id: found 7, expected type 'string' "
        "(as openapi.yaml asks at /components/schemas/Model/properties/id/type)"
    )


def test_a_recording_without_a_required_member_names_the_member(small: SmallProvider) -> None:
    small.record("retrieveModel/200-documented", answer({}))
    assert "retrieveModel/200-documented.json at /body/id: found 'absent', expected required 'present'" in refused(small)


def test_a_text_where_a_body_is_documented_is_refused(small: SmallProvider) -> None:
    recording = answer(None)
    del recording["body"]
    small.record("listModels/200-empty", {**recording, "default": True, "text": "[]"})
    assert "200-empty.json at /text: found text, expected a body of application/json" in refused(small)


def test_a_status_without_a_schema_may_have_any_body(small: SmallProvider) -> None:
    small.record("listModels/401-no-key", answer("No key.", status=401))
    small.record("listModels/503-down", answer(None, status=503))
    assert small.load().recording("listModels", 503) is not None


def test_two_recordings_of_a_status_need_a_default(small: SmallProvider) -> None:
    small.record("listModels/200-empty", answer({"data": []}))
    sentence = "json at /default: found 2 recordings of status 200, expected exactly one of them with default: true"
    assert sentence in refused(small)


def test_two_defaults_of_a_status_are_refused(small: SmallProvider) -> None:
    small.record("listModels/200-catalogue", answer({"data": []}, default=True))
    assert "expected exactly one of them with default: true" in refused(small)


def test_one_recording_of_a_status_needs_no_default(small: SmallProvider) -> None:
    small.record("listModels/401-no-key", answer({}, status=401))
    assert small.load().recording("listModels", 401) is not None


def test_a_folder_that_is_no_operation_is_refused(small: SmallProvider) -> None:
    small.record("listmodels/500-error", answer({}, status=500))
    sentence = "found the operation 'listmodels', expected one of listModels, retrieveModel"
    assert f"fixtures/small/listmodels/500-error.json: {sentence}" in refused(small)


def test_a_requirement_of_an_unknown_capability_is_refused(small: SmallProvider) -> None:
    small.replace("requirements.yaml", "    says: The list", "    when: retrieving\n    says: The list")
    assert "at /requirements/0/when: found the capability 'retrieving', expected one of none" in refused(small)


def test_a_requirement_of_an_unknown_operation_is_refused(small: SmallProvider) -> None:
    small.replace("requirements.yaml", "[listModels, retrieveModel]", "[listModels, getModel]")
    sentence = "/requirements/1/operations: found the operation 'getModel', expected one of listModels, retrieveModel"
    assert sentence in refused(small)


@pytest.mark.parametrize("place", ["/components/schemas/Nothing", "/components/schemas/Model/properties/name/required"])
def test_a_requirement_at_a_place_where_nothing_is_is_refused(small: SmallProvider, place: str) -> None:
    small.replace("requirements.yaml", "/components/schemas/Model]", f"{place}]")
    assert f"/requirements/1/check/schema: found '{place}', where nothing is" in refused(small)


def test_a_requirement_may_own_that_a_member_is_there(small: SmallProvider) -> None:
    small.replace("requirements.yaml", "/components/schemas/Model]", "/components/schemas/Model/properties/id/required]")
    assert small.load().requirement("SMA-ID-01").check.places == ("/components/schemas/Model/properties/id/required",)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("requirements.yaml", "lines: '2', quote: an id"),
        ("contradictions.yaml", "lines: '2'"),
        ("unchecked.yaml", "lines: '2'"),
    ],
)
def test_a_citation_of_an_unknown_page_is_refused(small: SmallProvider, file: str, line: str) -> None:
    small.replace(file, f"page: models, {line}", f"page: prices, {line}")
    sentence = refused(small)
    assert sentence.startswith(f"{small.root}/providers/small/{file}:")
    assert "found the page 'prices', expected one of models (pages are named at the top of requirements.yaml)" in sentence


def test_a_requirement_id_that_stands_twice_is_refused(small: SmallProvider) -> None:
    small.replace("requirements.yaml", "SMA-ID-02", "SMA-ID-01")
    assert "found the requirement id 'SMA-ID-01' 2 times, expected each once" in refused(small)


def test_a_contradiction_id_that_stands_twice_is_refused(small: SmallProvider) -> None:
    one = "  - {id: SMA-C-01, says: It disagrees., cites: [{page: models, lines: '1', quote: x}], accepted: Both of them.}\n"
    small.write("contradictions.yaml", "contradictions:\n" + one + one)
    assert "contradictions.yaml at /contradictions: found the id 'SMA-C-01' 2 times" in refused(small)


def test_a_contradiction_of_an_unknown_requirement_is_refused(small: SmallProvider) -> None:
    small.replace("contradictions.yaml", "[SMA-ID-01]", "[SMA-ID-01, SMA-ID-09]")
    sentence = "/contradictions/0/requirements: found the requirement 'SMA-ID-09', expected an id of requirements.yaml"
    assert sentence in refused(small)


@pytest.mark.parametrize("change", [{"breaks": "SMA-ID-09", "id": "SMA-ID-09/x"}, {"breaks": "SMA-ID-02"}])
def test_a_mutant_breaks_a_requirement_that_its_id_begins_with(small: SmallProvider, change: Any) -> None:
    small.mutants({**MUTANT, **change})
    sentence = f"/mutants/0/breaks: found '{change['breaks']}', expected a requirement, and the first part of the id"
    assert sentence in refused(small)


def test_a_mutant_of_an_unknown_recording_is_refused(small: SmallProvider) -> None:
    patch = [{"op": "remove", "path": "/body"}]
    small.mutants({**MUTANT, "recordings": [{"recording": "listModels/200-nothing", "patch": patch}]})
    assert "/mutants/0/recordings: found 'listModels/200-nothing', expected a recording" in refused(small)


def test_a_mutant_of_one_recording_twice_is_refused(small: SmallProvider) -> None:
    small.mutants({**MUTANT, "recordings": [*MUTANT["recordings"], *MUTANT["recordings"]]})
    assert "/mutants/0/recordings: found the recording 'listModels/200-catalogue' 2 times" in refused(small)


def test_a_mutant_without_any_recording_of_200_is_told_that_there_is_none(small: SmallProvider) -> None:
    for path in (small.root / "fixtures" / "small").glob("*/200-*.json"):
        path.unlink()
    assert "/mutants/0/serves: found 'catalogue', expected a label of a 200 recording: there is none yet" in refused(small)


def test_a_mutant_that_serves_an_unknown_label_is_refused(small: SmallProvider) -> None:
    small.mutants({**MUTANT, "serves": "catalog"})
    sentence = "/mutants/0/serves: found 'catalog', expected a label of a 200 recording: catalogue, documented, empty"
    assert sentence in refused(small)


def test_a_mutant_id_that_stands_twice_is_refused(small: SmallProvider) -> None:
    small.mutants(MUTANT, MUTANT)
    assert "found the mutant id 'SMA-ID-01/number' 2 times, expected each once" in refused(small)


def test_a_keyword_that_json_schema_does_not_have_is_refused(small: SmallProvider) -> None:
    small.replace("openapi.yaml", "id: {type: string}", "id: {type: string, nullable: true}")
    assert "at /components/schemas/Model/properties/id/nullable: found the keyword 'nullable'" in refused(small)


def test_a_fact_at_a_member_that_is_not_documented_is_refused(small: SmallProvider) -> None:
    small.replace("openapi.yaml", "      x-items", "      x-facts: {owner: /owned_by}\n      x-items")
    with pytest.raises(SpecError, match="found owner at '/owned_by', which the schema of an item in listModels does not know"):
        small.load()


def test_a_fact_at_a_documented_member_is_not(small: SmallProvider) -> None:
    small.replace(
        "openapi.yaml",
        "      x-items",
        "      x-facts: {name: /id, prices: {kinds: {all: /id}, currency: {is: USD}}}\n      x-items",
    )
    assert small.load().operations["listModels"].facts.name == "/id"
