from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import pytest

from specs import Provider
from specs.requirement import PageCitation
from specs.schema import Schemas
from specs.tests.small_provider import MUTANT, SmallProvider


def parts(value: Any) -> Iterator[Any]:
    """*value* and everything of ours that it is made of."""
    yield value
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.name != "document":  # plain JSON, which validators want as dict and list
                yield from parts(getattr(value, field.name))
    elif isinstance(value, MappingProxyType):
        for each in value.values():
            yield from parts(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from parts(each)


@pytest.fixture
def provider(small: SmallProvider) -> Provider:
    """A provider that has a part of every kind."""
    parameter = (
        "      parameters:\n        - {name: type, in: query, x-filter: {field: type, match: member, aliases: {old: new}}}\n"
        "        - {name: by, in: query, x-sort: {orders: {price: {number: /price}}}}\n"
    )
    small.replace("openapi.yaml", "      x-items", f"{parameter}      x-items")
    small.replace("openapi.yaml", "title: Small Gateway", "title: G, rate_limit: {requests: 1, window_s: 1, per: key}")
    small.replace("openapi.yaml", "          description: The list.\n", "          headers: {ETag: {schema: {type: string}}}\n")
    small.mutants({**MUTANT, "responses": [{"when": {"query": {"a": "*"}}, "headers": {"ETag": None}}]})
    return small.load()


def test_a_provider_and_its_parts_refuse_assignment(provider: Provider) -> None:
    values = [each for each in parts(provider) if dataclasses.is_dataclass(each)]
    kinds = {type(each).__name__ for each in values}
    assert {"Provider", "Operation", "Filter", "Sort", "Order", "Response", "ResponseHeader", "RateLimit", "Items"} <= kinds
    assert {"Requirement", "Check", "Page", "PageCitation", "StandardCitation", "Contradiction", "UncheckedClaim"} <= kinds
    assert {"Recording", "Mutant", "Rewrite", "When", "Parameter", "Retrieves"} <= kinds
    for value in values:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, dataclasses.fields(value)[0].name, None)


def test_the_mappings_of_a_provider_refuse_items(provider: Provider) -> None:
    for value in parts(provider):
        assert not isinstance(value, dict | list | set) or is_patch(value)
        if isinstance(value, MappingProxyType):
            with pytest.raises(TypeError):
                value["new"] = None  # type: ignore[index]  # that it cannot be assigned is the point


def is_patch(value: Any) -> bool:
    """One operation of a JSON Patch is plain JSON."""
    return isinstance(value, dict) and {"op", "path"} <= value.keys()


def test_the_parts_of_a_provider_are_values_of_known_kinds(provider: Provider) -> None:
    for value in parts(provider):
        known = isinstance(value, str | int | bytes | tuple | MappingProxyType | Schemas | None) or dataclasses.is_dataclass(
            value
        )
        assert known or is_patch(value) or hasattr(value, "name"), value  # the last are members of an enum


def test_requirements_and_mutants_are_found_by_id(provider: Provider) -> None:
    assert provider.requirement("SMA-ID-02").id == "SMA-ID-02"
    assert provider.mutant("SMA-ID-01/number").id == "SMA-ID-01/number"


def test_an_unknown_id_raises_key_error(provider: Provider) -> None:
    with pytest.raises(KeyError):
        provider.requirement("SMA-ID-09")
    with pytest.raises(KeyError):
        provider.mutant("SMA-ID-09/x")


def test_the_requirement_with_the_longest_pointer_owns_a_place(small: SmallProvider) -> None:
    small.replace("requirements.yaml", "/components/schemas/Model]", "/components/schemas/List/properties/data]")
    provider = small.load()
    owners = [provider.owner(f"/components/schemas/List/{keyword}") for keyword in ("type", "properties/data/type")]
    assert [owner and owner.id for owner in owners] == ["SMA-LIST-01", "SMA-ID-01"]


def test_a_requirement_owns_its_own_place_and_none_that_only_begins_like_it(provider: Provider) -> None:
    owners = [provider.owner(f"/components/schemas/{name}") for name in ("Model", "Models", "Other")]
    assert [owner and owner.id for owner in owners] == ["SMA-ID-01", None, None]


def test_the_answers_of_a_status_begin_with_the_default_one(provider: Provider) -> None:
    assert [each.label for each in provider.answers("listModels", 200)] == ["empty", "catalogue"]


def test_a_recording_is_found_by_its_label_or_is_the_default_one(provider: Provider) -> None:
    found = [provider.recording("listModels", 200, label) for label in (None, "catalogue", "nothing")]
    assert [each and each.label for each in found] == ["empty", "catalogue", None]
    assert provider.recording("listModels", 404) is None


def test_every_citation_has_the_name_of_what_cites(provider: Provider) -> None:
    names = [name for name, _ in provider.citations() if not name.startswith("CLIENT-")]
    claim = "unchecked: The models are good models."
    assert names == ["SMA-LIST-01", "SMA-ID-01", "SMA-ID-01", "SMA-ID-02", "SMA-C-01", claim]


def test_a_citation_reads_as_file_lines_and_quote(provider: Provider) -> None:
    citations = [str(citation) for requirement in provider.requirements for citation in requirement.citations]
    assert citations[:3] == [
        "models.txt:1-2 «the list has data»",
        "models.txt:2 «each model has an id»",
        "RFC 8259 section 4",
    ]


def test_a_check_is_read_with_its_parameters(small: SmallProvider) -> None:
    small.replace("requirements.yaml", "{invariant: unique, at: /data/*/id}", "{probe: filter, the-parameter: type}")
    check = small.load().requirement("SMA-ID-02").check
    assert (check.kind, check.name, check.places, check.parameters) == ("probe", "filter", (), {"the_parameter": "type"})


def test_an_invariant_is_told_from_a_probe_and_a_schema(provider: Provider) -> None:
    kinds = [requirement.check.kind for requirement in provider.requirements]
    assert kinds[:3] == ["schema", "schema", "invariant"]
    assert set(kinds[3:]) == {"client"}


def test_a_page_knows_its_file_and_address(provider: Provider) -> None:
    page = provider.pages["models"]
    assert (page.file, page.url) == ("models.txt", None)
    assert all(citation.page is page for _, citation in provider.citations() if isinstance(citation, PageCitation))
