"""What holds for the providers that are shipped: each is a folder of data, and these are the rules for it."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from specs import Provider, load, pointer, provider_ids, strict_yaml
from specs.loader import FIXTURES, PROVIDERS
from specs.mutation import mutate
from specs.requirement import Lens, Requirement

IDS = provider_ids()
ERRORS = (400, 401, 403, 404, 405, 429, 500, 502, 503, 504)

shipped = cache(load)  # a provider is immutable, and loading one checks everything


def named(found: list[tuple[str, ...]]) -> Any:
    """Parameters that read as prose in a failure."""
    return [pytest.param(*each, id="-".join(each)) for each in found]


def operations() -> list[tuple[str, ...]]:
    """(provider, operationId) of each operation, read from the files alone so that a broken one can be reported."""
    documents = {name: strict_yaml.read(PROVIDERS / name / "openapi.yaml", name).value for name in IDS}
    return [
        (name, method["operationId"])
        for name, document in documents.items()
        for item in document["paths"].values()
        for method in item.values()
        if "operationId" in method
    ]


def mutants() -> list[tuple[str, ...]]:
    """(provider, mutant id) of each mutant, read from the files alone."""
    files = {name: FIXTURES / name / "mutants.json" for name in IDS}
    return [
        (name, each["id"]) for name, path in files.items() if path.exists() for each in json.loads(path.read_bytes())["mutants"]
    ]


def catalogue(provider: Provider, operation: str) -> list[Any]:
    """The items of the catalogue of the list *operation*."""
    recording = provider.recording(operation, 200, "catalogue")
    items = provider.operations[operation].items
    assert recording is not None
    assert items is not None
    found: list[Any] = pointer.resolve(recording.json(), items.at)
    return found


def own(provider: Provider) -> list[Requirement]:
    """The requirements of its document, without those that all providers have."""
    return [each for each in provider.requirements if each.lens is Lens.DOCUMENT]


def test_there_are_providers() -> None:
    assert IDS


@pytest.mark.parametrize("id", IDS)
def test_a_provider_loads(id: str) -> None:
    assert shipped(id).id == id


@pytest.mark.parametrize("id", IDS)
def test_openapi_yaml_is_valid_openapi_as_it_stands(id: str) -> None:
    document = strict_yaml.read(PROVIDERS / id / "openapi.yaml", "openapi.yaml").value
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


@pytest.mark.parametrize("id", IDS)
def test_openapi_yaml_is_valid_openapi_after_the_overlay(id: str) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(shipped(id).document).iter_errors()] == []


@pytest.mark.parametrize("id", IDS)
def test_every_schema_keyword_of_an_answer_has_a_requirement_that_owns_it_and_names_the_operation(id: str) -> None:
    provider = shipped(id)
    places = {
        (operation.id, place)
        for operation in provider.operations.values()
        for response in operation.responses.values()
        if response.schema
        for place in provider.schemas.keywords(response.schema)
    }
    owners = {(operation, place): provider.owner(place) for operation, place in places}
    assert sorted(each for each, owner in owners.items() if owner is None or each[0] not in owner.operations) == []


@pytest.mark.parametrize("id", IDS)
def test_no_place_of_a_schema_is_owned_by_two_requirements(id: str) -> None:
    owned = Counter(place for requirement in shipped(id).requirements for place in requirement.check.places)
    assert [place for place, count in owned.items() if count > 1] == []


@pytest.mark.parametrize("id", IDS)
def test_every_requirement_owns_or_checks_something_of_its_operations(id: str) -> None:
    provider = shipped(id)
    idle = []
    for requirement in provider.requirements:
        if requirement.check.kind != "schema":
            continue
        schemas = [each.schema for name in requirement.operations for each in provider.operations[name].responses.values()]
        places = {place for schema in schemas if schema for place in provider.schemas.keywords(schema)}
        if not any(provider.owner(place) == requirement for place in places):
            idle.append(requirement.id)
    assert idle == []


@pytest.mark.parametrize("id", IDS)
def test_every_requirement_has_a_mutant(id: str) -> None:
    provider = shipped(id)
    broken = {mutant.breaks for mutant in provider.mutants}
    assert [requirement.id for requirement in provider.requirements if requirement.id not in broken] == []


@pytest.mark.parametrize(("id", "mutant"), named(mutants()))
def test_a_mutant_applies(id: str, mutant: str) -> None:
    provider = shipped(id)
    broken = mutate(provider, provider.mutant(mutant))
    changed = broken.recordings != provider.recordings or broken.document != provider.document
    assert changed or provider.mutant(mutant).rewrites


@pytest.mark.parametrize(("id", "operation"), named(operations()))
def test_the_answer_that_the_page_shows_is_recorded(id: str, operation: str) -> None:
    if not shipped(id).pages:  # a draft, which cites standards only
        return
    recording = shipped(id).recording(operation, 200, "documented")
    assert recording is not None
    assert recording.provenance == "documented"


@pytest.mark.parametrize("id", IDS)
def test_a_recording_has_no_fields_that_are_the_mocks_own(id: str) -> None:
    own = {"connection", "content-length", "date", "keep-alive", "server", "trailer", "transfer-encoding", "upgrade"}
    assert [each.name for each in shipped(id).recordings if own & {name.lower() for name in each.headers}] == []


@pytest.mark.parametrize("id", IDS)
def test_a_recording_has_the_documented_media_type(id: str) -> None:
    provider = shipped(id)
    for recording in provider.recordings:
        response = provider.operations[recording.operation].responses.get(recording.status)
        if response and response.media_type:
            fields = {name.lower(): value for name, value in recording.headers.items()}
            assert fields["content-type"].partition(";")[0] == response.media_type, recording.name


@pytest.mark.parametrize(("id", "operation"), named(operations()))
def test_a_list_has_an_empty_answer_and_a_catalogue_of_25_items(id: str, operation: str) -> None:
    provider = shipped(id)
    items = provider.operations[operation].items
    if items is None:
        assert provider.operations[operation].retrieves
        return
    empty = provider.recording(operation, 200, "empty")
    assert empty is not None
    assert pointer.resolve(empty.json(), items.at) == []
    assert len(catalogue(provider, operation)) >= 25


@pytest.mark.parametrize("status", ERRORS)
@pytest.mark.parametrize(("id", "operation"), named(operations()))
def test_an_operation_can_answer_each_error(id: str, operation: str, status: int) -> None:
    assert shipped(id).recording(operation, status) is not None


@pytest.mark.parametrize(("id", "operation"), named(operations()))
def test_the_200_answers_of_an_operation_have_no_item_twice(id: str, operation: str) -> None:
    provider = shipped(id)
    items = provider.operations[operation].items
    if items is not None:
        names = Counter(item[items.id] for item in catalogue(provider, operation))
        assert [name for name, count in names.items() if count > 1] == []


def test_providers_do_not_share_the_first_part_of_their_ids() -> None:
    prefixes = {name: {requirement.id.partition("-")[0] for requirement in own(shipped(name))} for name in IDS}
    assert [name for name, own in prefixes.items() if len(own) != 1] == []
    assert len(set.union(*prefixes.values())) == len(IDS)


@pytest.mark.parametrize("id", IDS)
def test_contradictions_have_the_first_part_of_the_requirements(id: str) -> None:
    provider = shipped(id)
    ids = [each.id for each in own(provider)] + [each.id for each in provider.contradictions]
    assert len({each.partition("-")[0] for each in ids}) == 1
