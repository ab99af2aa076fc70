from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from specs import Provider, load
from specs.citations import mistakes
from specs.mutation import mutate
from specs.scaffold import Draft
from specs.scaffold.__main__ import main
from specs.scaffold.draft import prefix_of

TODAY = datetime.date(2026, 11, 21)


@pytest.fixture
def providers(tmp_path: Path) -> Path:
    folder = tmp_path / "providers"
    folder.mkdir()
    return folder


@pytest.fixture
def fixtures(tmp_path: Path) -> Path:
    return tmp_path / "fixtures"


@pytest.fixture
def acme(providers: Path, fixtures: Path) -> Provider:
    Draft("acme", "ACM", TODAY).write(providers, fixtures)
    return load("acme", providers, fixtures)


def test_a_draft_loads_as_a_list_behind_a_bearer_token(acme: Provider) -> None:
    operation = acme.operations["listModels"]
    assert (acme.title, acme.hosts) == ("Acme", ("acme.example",))
    assert (operation.path, operation.authentication.value) == ("/v1/models", "required")


def test_the_openapi_document_of_a_draft_is_valid(acme: Provider) -> None:
    validate(acme.document)


def test_every_schema_place_of_a_draft_has_an_owner(acme: Provider) -> None:
    responses = [response for operation in acme.operations.values() for response in operation.responses.values()]
    places = [place for response in responses if response.schema for place in acme.schemas.keywords(response.schema)]
    assert places
    assert [place for place in places if acme.owner(place) is None] == []


def test_every_requirement_of_a_draft_has_a_mutant(acme: Provider) -> None:
    assert {each.id for each in acme.requirements} == {each.breaks for each in acme.mutants}


def test_every_mutant_of_a_draft_can_be_made(acme: Provider) -> None:
    for mutant in acme.mutants:
        mutate(acme, mutant)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 429, 500, 502, 503, 504])
def test_a_draft_has_a_recording_of_every_usual_error(acme: Provider, status: int) -> None:
    recording = acme.recording("listModels", status)
    assert recording is not None
    assert recording.json()["error"]["message"]


@pytest.mark.parametrize(("status", "label"), [(401, "expired-key"), (403, "banned-key"), (429, "out-of-quota")])
def test_a_draft_has_a_recording_for_each_kind_of_key_that_is_refused(acme: Provider, status: int, label: str) -> None:
    assert acme.recording("listModels", status, label) is not None


def test_recordings_of_a_draft_say_that_they_are_made_and_when(acme: Provider) -> None:
    assert {(each.provenance, each.date) for each in acme.recordings} == {("synthetic", "2026-11-21")}


def test_without_a_page_a_draft_cites_standards_only(acme: Provider, tmp_path: Path) -> None:
    assert acme.pages == {}
    assert list(mistakes(acme, tmp_path)) == []


def test_with_a_page_a_draft_names_it_by_its_sha256(providers: Path, fixtures: Path, tmp_path: Path) -> None:
    page = tmp_path / "acme: models #1.txt"
    page.write_text("Acme's models\n", encoding="utf-8")
    assert main(["acme", "--page", str(page)], providers, fixtures) == 0
    provider = load("acme", providers, fixtures)
    assert provider.pages["models"].file == page.name
    assert list(mistakes(provider, tmp_path)) == []


def test_it_says_what_was_made_and_what_to_do_next(providers: Path, fixtures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["acme"], providers, fixtures) == 0
    output = capsys.readouterr().out
    assert str(providers / "acme" / "openapi.yaml") in output
    assert str(fixtures / "acme" / "listModels" / "200-catalogue.json") in output
    assert "Acme: 10 requirements" in output
    assert "make conform TARGET=http://127.0.0.1:8080/acme" in output


@pytest.mark.parametrize("name", ["Acme", "-acme", "acme_ai", "acme/ai", "..", ""])
def test_a_name_that_is_no_id_is_refused_in_one_sentence(
    name: str, providers: Path, fixtures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--", name], providers, fixtures) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"the name {name!r} cannot be a provider's")
    assert error.count("\n") == 1
    assert list(providers.iterdir()) == []


def test_the_name_all_is_refused(providers: Path, fixtures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["all"], providers, fixtures) == 2
    assert "no provider can be called 'all'" in capsys.readouterr().err


@pytest.mark.parametrize("parent", ["providers", "fixtures"])
def test_nothing_is_overwritten(
    parent: str, tmp_path: Path, providers: Path, fixtures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / parent / "acme").mkdir(parents=True)
    assert main(["acme"], providers, fixtures) == 2
    assert f"there is a folder {parent}/acme already" in capsys.readouterr().err
    assert list((tmp_path / parent / "acme").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "prefix"), [("acme", "ACM"), ("a1", "AXX"), ("302ai", "AIX"), ("my-gateway", "MYG"), ("42", "XXX")]
)
def test_the_prefix_is_made_of_the_names_first_letters(name: str, prefix: str) -> None:
    assert prefix_of(name) == prefix


def test_a_prefix_that_another_provider_has_is_refused(
    acme: Provider, providers: Path, fixtures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["acme-two"], providers, fixtures) == 2
    assert f"the requirements of {acme.id} begin with ACM already; choose three other letters" in capsys.readouterr().err


def test_another_prefix_can_be_chosen(acme: Provider, providers: Path, fixtures: Path) -> None:
    assert main(["acme-two", "--prefix", "TWO"], providers, fixtures) == 0
    assert load("acme-two", providers, fixtures).requirements[0].id == "TWO-LIST-01"


def test_a_prefix_that_is_not_three_capitals_is_refused(
    providers: Path, fixtures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["acme", "--prefix", "A1"], providers, fixtures) == 2
    assert capsys.readouterr().err.startswith("the prefix 'A1' cannot begin the ids of requirements")


def test_a_page_that_is_not_there_is_refused(providers: Path, fixtures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["acme", "--page", "nowhere.txt"], providers, fixtures) == 2
    assert capsys.readouterr().err.startswith("the page nowhere.txt cannot be read: No such file")


def test_a_page_that_is_not_utf_8_is_refused(
    providers: Path, fixtures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.txt").write_bytes("Modèles".encode("latin-1"))
    assert main(["acme", "--page", str(tmp_path / "page.txt")], providers, fixtures) == 2
    assert "is not UTF-8" in capsys.readouterr().err


def test_a_broken_contract_beside_it_is_named(
    acme: Provider, providers: Path, fixtures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (fixtures / "acme" / "mutants.json").write_text(json.dumps({}), encoding="utf-8")
    assert main(["other"], providers, fixtures) == 2
    assert "fixtures/acme/mutants.json" in capsys.readouterr().err
