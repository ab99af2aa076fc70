from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from specs import load, load_all, on_demand, provider_ids
from specs.errors import SpecError
from specs.tests.small_provider import SmallProvider


def test_a_folder_becomes_a_provider(small: SmallProvider) -> None:
    provider = small.load()
    assert (provider.id, provider.title, provider.hosts) == ("small", "Small Gateway", ("small.example",))
    assert list(provider.operations) == ["listModels", "retrieveModel"]


def test_the_first_operation_answers_unknown_paths_unless_another_is_named(small: SmallProvider) -> None:
    assert small.load().unmatched == "listModels"
    small.replace("openapi.yaml", "title: Small Gateway", "title: Small, unmatched: retrieveModel")
    assert small.load().unmatched == "retrieveModel"


def test_the_ids_of_providers_are_the_names_of_their_folders(small: SmallProvider) -> None:
    shutil.copytree(small.root / "providers" / "small", small.root / "providers" / "a-copy")
    (small.root / "providers" / "no-contract").mkdir()
    assert provider_ids(small.root / "providers") == ("a-copy", "small")


def test_all_providers_are_loaded_by_their_id(small: SmallProvider) -> None:
    assert list(load_all(small.root / "providers", small.root / "fixtures")) == ["small"]


def test_a_provider_that_is_only_served_is_the_same_but_for_what_no_answer_depends_on() -> None:
    for name, whole in load_all().items():
        served = load(name, served=True)
        assert (served.mutants, served.contradictions, served.unchecked) == ((), (), ())
        assert served.requirements == whole.requirements
        assert served.recordings == whole.recordings
        assert served.operations == whole.operations
        assert (served.departures, served.capabilities, served.document) == (
            whole.departures,
            whole.capabilities,
            whole.document,
        )


@pytest.mark.parametrize("name", ["contradictions.yaml", "unchecked.yaml"])
def test_what_no_answer_depends_on_is_not_read_for_serving(small: SmallProvider, name: str) -> None:
    small.write(name, "[")
    folders = small.root / "providers", small.root / "fixtures"

    assert list(load_all(*folders, served=True)) == ["small"]
    with pytest.raises(SpecError, match=name):
        load_all(*folders)


@pytest.mark.parametrize("name", ["openapi.yaml", "requirements.yaml"])
def test_what_answers_depend_on_is_read_for_serving(small: SmallProvider, name: str) -> None:
    small.write(name, "[")
    with pytest.raises(SpecError, match=name):
        load_all(small.root / "providers", small.root / "fixtures", served=True)


def test_a_provider_on_demand_is_loaded_when_it_is_asked_for_and_once(small: SmallProvider) -> None:
    shutil.copytree(small.root / "providers" / "small", small.root / "providers" / "broken")
    (small.root / "providers" / "broken" / "openapi.yaml").write_text("[", encoding="utf-8")

    providers = on_demand(small.root / "providers", small.root / "fixtures")

    assert (list(providers), len(providers)) == (["broken", "small"], 2)
    assert providers["small"] is providers["small"]
    assert "other" not in providers
    with pytest.raises(SpecError, match=r"openapi.yaml:.*malformed YAML"):
        providers["broken"]


@pytest.mark.parametrize("name", ["large", "", "../providers/small", "Small", "small/"])
def test_an_unknown_provider_is_an_error_that_names_the_known_ones(small: SmallProvider, name: str) -> None:
    with pytest.raises(SpecError, match="found no such provider, expected one of small"):
        load(name, small.root / "providers", small.root / "fixtures")


def test_a_folder_whose_name_no_provider_can_have_is_refused_with_the_names_that_can_be(small: SmallProvider) -> None:
    (small.root / "providers" / "small").rename(small.root / "providers" / "Zen_Mux")
    with pytest.raises(SpecError, match=r"/providers/Zen_Mux: found this name, expected a name of a-z, 0-9 and hyphens"):
        load_all(small.root / "providers", small.root / "fixtures")


def test_a_folder_of_providers_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"nowhere: found what cannot be read [(]No such file"):
        load_all(tmp_path / "nowhere", tmp_path)


def test_the_overlay_is_applied(small: SmallProvider) -> None:
    action = "{target: $.components.schemas.Model, update: {required: [name]}}"
    small.write("overlay.yaml", f"overlay: 1.0.0\nactions:\n  - {action}\n")
    with pytest.raises(SpecError, match="at /body/data/0/name: found 'absent'"):
        small.load()


def test_an_overlay_that_does_not_fit_is_named(small: SmallProvider) -> None:
    small.write("overlay.yaml", "overlay: 1.0.0\nactions:\n  - {target: $.nothing, update: {}}\n")
    with pytest.raises(SpecError, match=r"^/.*/providers/small/overlay.yaml at /actions/0/target: found nothing"):
        small.load()


def test_schemas_can_stand_in_files_of_their_own(small: SmallProvider) -> None:
    small.write("schemas/model.yaml", "Model: {type: object, required: [id], properties: {id: {const: a}}}\n")
    small.replace("openapi.yaml", "items: {$ref: '#/components/schemas/Model'}", "items: {$ref: 'schemas/model.yaml#/Model'}")
    with pytest.raises(SpecError, match="at /body/data/1/id: found 'b', expected const 'a'"):
        small.load()


def test_a_ref_out_of_the_folder_stops_the_load(small: SmallProvider) -> None:
    small.replace("openapi.yaml", "items: {$ref: '#/components/schemas/Model'}", "items: {$ref: 'https://a.example/m'}")
    with pytest.raises(SpecError, match=r"^/.*/providers/small/openapi.yaml at .*: found [$]ref 'https://a.example/m'"):
        small.load()


@pytest.mark.parametrize("name", ["requirements", "contradictions", "unchecked"])
def test_a_file_that_is_not_there_is_an_error(small: SmallProvider, name: str) -> None:
    Path(small.root / "providers" / "small" / f"{name}.yaml").unlink()
    with pytest.raises(SpecError, match=f"^/.*/providers/small/{name}.yaml: found no such file"):
        small.load()


def test_an_error_in_the_contract_names_its_line(small: SmallProvider) -> None:
    small.replace("openapi.yaml", "x-items: {at: /data, id: id}", "x-items: {at: data, id: id}")
    with pytest.raises(
        SpecError, match=r"^/.*/providers/small/openapi.yaml:12 at /paths/~1models/get/x-items/at: found 'data'"
    ):
        small.load()


def test_an_error_in_a_requirement_names_its_line(small: SmallProvider) -> None:
    small.replace("requirements.yaml", "level: SHOULD", "level: COULD")
    with pytest.raises(SpecError, match=r"^/.*/providers/small/requirements.yaml:14 at /requirements/1/level: found 'COULD'"):
        small.load()


def test_loading_twice_gives_equal_recordings_and_requirements(small: SmallProvider) -> None:
    first, second = small.load(), small.load()
    assert (first.requirements, first.recordings, first.mutants) == (second.requirements, second.recordings, second.mutants)
