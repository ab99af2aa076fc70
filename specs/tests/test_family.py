from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from specs import Provider, family, load, load_all
from specs.citations import mistakes
from specs.errors import SpecError
from specs.fixtures import read_mutants
from specs.requirement import Lens, Level, Requirement, SourceCitation
from specs.scaffold import Draft
from specs.tests.small_provider import SmallProvider
from specs.tests.test_scaffold import TODAY

DEPARTURES = """\
departures:
  - requirement: CLIENT-ID-01
    operations: [listModels]
    says: The models of this list have no id.
    cites:
      - {page: models, lines: '2', quote: an id}
"""


def of_clients(provider: Provider) -> list[Requirement]:
    """The requirements that every provider has."""
    return [each for each in provider.requirements if each.lens is Lens.CLIENTS]


def broken(provider: Provider, requirement: str) -> Iterator[set[str | None]]:
    """The operations whose answers each mutant of *requirement* rewrites."""
    for mutant in provider.mutants:
        if mutant.breaks == requirement:
            yield {rewrite.when.operation for rewrite in mutant.rewrites}


def test_every_provider_has_the_requirements_of_the_clients_after_its_own(small: SmallProvider) -> None:
    ids = [each.id.partition("-")[0] for each in small.load().requirements]

    assert ids[:3] == ["SMA"] * 3
    assert set(ids[3:]) == {"CLIENT"}


def test_they_are_recommendations_with_reasons_and_citations_of_no_page(small: SmallProvider) -> None:
    for each in of_clients(small.load()):
        assert each.level is Level.SHOULD
        assert each.because
        assert any(isinstance(citation, SourceCitation) for citation in each.citations), each.id


def test_a_new_provider_has_them_without_doing_anything(tmp_path: Path) -> None:
    Draft("acme", "ACM", TODAY).write(tmp_path / "providers", tmp_path / "fixtures")
    acme = load("acme", tmp_path / "providers", tmp_path / "fixtures")

    assert len(of_clients(acme)) > 10
    assert {each.id for each in of_clients(acme)} <= {each.breaks for each in acme.mutants}


def test_a_requirement_speaks_of_the_operations_to_which_it_applies(small: SmallProvider) -> None:
    provider = small.load()

    assert provider.requirement("CLIENT-ID-01").operations == ("listModels",)
    assert provider.requirement("CLIENT-GET-01").operations == ("retrieveModel",)
    assert provider.requirement("CLIENT-JSON-01").operations == ("listModels", "retrieveModel")


def test_one_that_applies_to_no_operation_is_none_of_the_providers(small: SmallProvider) -> None:
    small.replace("openapi.yaml", "security:\n  - bearerAuth: []\n", "security: []\n")

    assert "CLIENT-AUTH-01" not in {each.id for each in small.load().requirements}


def test_a_mutant_breaks_every_operation_of_which_its_requirement_speaks(small: SmallProvider) -> None:
    assert next(broken(small.load(), "CLIENT-TYPE-01")) == {"listModels", "retrieveModel"}


def test_without_a_catalogue_there_is_nothing_to_break(small: SmallProvider) -> None:
    (small.root / "fixtures" / "small" / "listModels" / "200-catalogue.json").unlink()
    small.mutants()

    assert small.load().mutants == ()


def test_where_the_page_asks_for_it_itself_nothing_is_broken(small: SmallProvider) -> None:
    small.write("departures.yaml", DEPARTURES)
    provider = small.load()

    departure = provider.departure("CLIENT-ID-01", "listModels")
    assert departure is not None
    assert departure.says == "The models of this list have no id."
    assert provider.departure("CLIENT-ID-01", "retrieveModel") is None
    assert provider.departure("CLIENT-ID-02", "listModels") is None
    assert list(broken(provider, "CLIENT-ID-01")) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("CLIENT-ID-01", "CLIENT-ID-99", r"at /departures/0/requirement: found 'CLIENT-ID-99', expected one of CLIENT-"),
        ("[listModels]", "[retrieveModel]", r"at /departures/0/operations: found 'retrieveModel', expected an operation that"),
        ("CLIENT-ID-01", "SMA-ID-01", r"at /departures/0/requirement: found 'SMA-ID-01'"),
        ("page: models", "page: others", r"at /departures/0/cites/0/page: found the page 'others', expected one of models"),
    ],
)
def test_a_departure_from_nothing_is_an_error(small: SmallProvider, old: str, new: str, found: str) -> None:
    small.write("departures.yaml", DEPARTURES.replace(old, new))

    with pytest.raises(SpecError, match=found):
        small.load()


def test_a_departure_stands_once(small: SmallProvider) -> None:
    small.write("departures.yaml", DEPARTURES + DEPARTURES.partition("\n")[2])

    with pytest.raises(SpecError, match="found the departure from 'CLIENT-ID-01 of listModels' 2 times, expected each once"):
        small.load()


def test_what_a_departure_quotes_is_compared_with_the_page(small: SmallProvider) -> None:
    small.write("departures.yaml", DEPARTURES)

    assert "departure from CLIENT-ID-01" in [name for name, _ in small.load().citations()]


def test_sources_are_not_looked_for_among_the_pages(tmp_path: Path) -> None:
    Draft("acme", "ACM", TODAY).write(tmp_path / "providers", tmp_path / "fixtures")

    assert list(mistakes(load("acme", tmp_path / "providers", tmp_path / "fixtures"), tmp_path)) == []


def test_a_source_is_cited_by_package_version_file_and_name() -> None:
    cited = SourceCitation("openai-node", "7.57.0", "client.mjs", "shouldRetry")

    assert str(cited) == "openai-node 7.57.0 client.mjs shouldRetry"


def test_each_id_and_each_mutant_of_the_family_is_there_once_and_known() -> None:
    every = {each.id for provider in load_all().values() for each in of_clients(provider)}
    mutants = read_mutants(family.FOLDER, family.NAME)

    assert {each.breaks for each in mutants} == every
    assert len({each.id for each in mutants}) == len(mutants)
    assert all(each.id.startswith(f"{each.breaks}/") and each.needs == ("strict",) for each in mutants)
