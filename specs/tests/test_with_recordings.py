"""Recordings of one's own, laid over the shipped ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from specs import Provider, SpecError, with_recordings
from specs.tests.small_provider import SmallProvider, answer


def save(folder: Path, name: str, content: Any) -> None:
    path = folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def laid_over(small: SmallProvider, folder: Path) -> Provider:
    return with_recordings({"small": small.load()}, folder)["small"]


def test_a_recording_replaces_the_one_of_its_name_and_is_the_default_one_if_that_was(
    small: SmallProvider, tmp_path: Path
) -> None:
    save(tmp_path / "own", "small/listModels/200-empty", answer({"data": [{"id": "own"}]}))
    recordings = laid_over(small, tmp_path / "own").answers("listModels", 200)

    assert [(each.label, each.default) for each in recordings] == [("empty", True), ("catalogue", False)]
    assert recordings[0].json() == {"data": [{"id": "own"}]}


def test_a_new_recording_is_added_and_the_default_one_stays(small: SmallProvider, tmp_path: Path) -> None:
    save(tmp_path / "own", "small/listModels/200-mine", answer({"data": []}))
    recordings = laid_over(small, tmp_path / "own").answers("listModels", 200)

    assert [each.label for each in recordings] == ["empty", "catalogue", "mine"]


def test_a_default_one_of_ones_own_comes_before_the_shipped_one(small: SmallProvider, tmp_path: Path) -> None:
    save(tmp_path / "own", "small/listModels/200-mine", answer({"data": []}, default=True))
    recordings = laid_over(small, tmp_path / "own").answers("listModels", 200)

    assert [(each.label, each.default) for each in recordings] == [("mine", True), ("catalogue", False), ("empty", False)]


def test_beside_a_single_shipped_recording_no_default_is_needed(small: SmallProvider, tmp_path: Path) -> None:
    save(tmp_path / "own", "small/retrieveModel/200-mine", answer({"id": "mine"}))
    save(tmp_path / "own", "small/retrieveModel/503-down", answer({}, status=503))
    provider = laid_over(small, tmp_path / "own")

    assert [each.label for each in provider.answers("retrieveModel", 200)] == ["documented", "mine"]
    assert [each.label for each in provider.answers("retrieveModel", 503)] == ["down"]


def test_hidden_files_copies_of_editors_and_files_beside_the_folders_are_left_alone(
    small: SmallProvider, tmp_path: Path
) -> None:
    save(tmp_path / "own", ".git/config", "x")
    save(tmp_path / "own", "notes", "x")
    save(tmp_path / "own", "small/listModels/.200-mine.json.swp", "x")
    (tmp_path / "own" / "small" / "listModels" / "200-mine.json~").write_text("x")

    assert [each.name for each in laid_over(small, tmp_path / "own").recordings] == [
        each.name for each in small.load().recordings
    ]


def test_providers_without_own_recordings_stay_the_very_same(small: SmallProvider, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    shipped = {"small": small.load()}

    assert with_recordings(shipped, tmp_path / "own")["small"] is shipped["small"]


WRONG: dict[str, tuple[Any, str]] = {
    "small/listModels/200-mine": ({"data": 3}, "/body/data: found 3, expected type 'array'"),
    "small/listmodels/200-mine": ({"data": []}, "found the operation 'listmodels', expected one of listModels"),
    "small/listModels/mine": ({"data": []}, "found this name, expected <status>-<label>.json"),
    "other/listModels/200-mine": ({"data": []}, "other: found a folder of no provider, expected one of small"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_one_is_named_where_it_is(small: SmallProvider, tmp_path: Path, name: str) -> None:
    body, sentence = WRONG[name]
    save(tmp_path / "own", name, answer(body))
    with pytest.raises(SpecError) as refused:
        laid_over(small, tmp_path / "own")

    assert sentence in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path / "own" / name.partition("/")[0]))


def test_two_defaults_of_ones_own_are_refused(small: SmallProvider, tmp_path: Path) -> None:
    save(tmp_path / "own", "small/listModels/200-a", answer({"data": []}, default=True))
    save(tmp_path / "own", "small/listModels/200-b", answer({"data": []}, default=True))
    with pytest.raises(SpecError, match="expected exactly one of them with default: true"):
        laid_over(small, tmp_path / "own")


def test_half_a_file_is_refused(small: SmallProvider, tmp_path: Path) -> None:
    save(tmp_path / "own", "small/listModels/200-a", '{"provenance": "synth')
    with pytest.raises(SpecError, match="found JSON that cannot be read"):
        laid_over(small, tmp_path / "own")


def test_a_folder_that_is_not_there_is_refused(small: SmallProvider, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="own: found what cannot be read"):
        laid_over(small, tmp_path / "own")


def test_a_captured_answer_that_says_where_it_departs_is_taken_as_it_came(small: SmallProvider, tmp_path: Path) -> None:
    departing = {
        **answer({"data": [{"id": 7}]}),
        "provenance": "captured",
        "departs": ["at /data/0/id: found 7"],
        "default": True,
    }
    save(tmp_path / "own", "small/listModels/200-live", departing)

    assert laid_over(small, tmp_path / "own").answers("listModels", 200)[0].json() == {"data": [{"id": 7}]}


def test_a_captured_answer_that_does_not_say_so_is_refused(small: SmallProvider, tmp_path: Path) -> None:
    save(tmp_path / "own", "small/listModels/200-live", {**answer({"data": [{"id": 7}]}), "provenance": "captured"})

    with pytest.raises(SpecError, match="at /body/data/0/id: found 7"):
        laid_over(small, tmp_path / "own")


def test_only_what_was_captured_may_depart(small: SmallProvider, tmp_path: Path) -> None:
    save(
        tmp_path / "own", "small/listModels/200-live", {**answer({"data": [{"id": 7}]}), "departs": ["at /data/0/id: found 7"]}
    )

    with pytest.raises(SpecError, match="/departs: found this in a synthetic recording, expected it in captured ones only"):
        laid_over(small, tmp_path / "own")


def test_a_recording_that_comes_along_never_departs(small: SmallProvider) -> None:
    departing = {**answer({"data": [{"id": 7}]}), "provenance": "captured", "departs": ["at /data/0/id: found 7"]}
    small.record("listModels/200-catalogue", departing)

    with pytest.raises(SpecError, match="/departs: found one that does not, expected an answer that keeps the contract"):
        small.load()
