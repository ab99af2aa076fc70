from __future__ import annotations

from pathlib import Path

import pytest

from specs.errors import SpecError
from specs.fixtures import MAX_BYTES, read_mutants, read_recordings
from specs.tests.small_provider import MUTANT, SmallProvider, answer

HEAD = '{"provenance": "synthetic", "source": "made up", "date": "2026-11-21", "status": 200, "headers": {}, '


@pytest.fixture
def empty(tmp_path: Path) -> SmallProvider:
    """A provider without any file."""
    return SmallProvider(tmp_path)


def folder(provider: SmallProvider) -> Path:
    return provider.root / "fixtures" / "small"


def test_a_recording_is_read(empty: SmallProvider) -> None:
    empty.record("listModels/404-not-found", answer({"b": 1, "a": "é"}, status=404, headers={"X-Id": "1"}, note="Odd."))
    (recording,) = read_recordings(folder(empty), "fixtures/small")
    assert (recording.name, recording.operation, recording.status) == ("listModels/404-not-found", "listModels", 404)
    assert (recording.label, recording.provenance, recording.source) == ("not-found", "synthetic", "made for a test")
    assert (recording.date, recording.default, recording.headers) == ("2026-11-21", False, {"X-Id": "1"})
    assert recording.is_json


def test_a_body_is_encoded_compactly_in_its_order_and_in_utf_8(empty: SmallProvider) -> None:
    empty.record("listModels/200-a", answer({"b": 1, "a": ["é", 1.5]}))
    (recording,) = read_recordings(folder(empty), "fixtures/small")
    assert recording.content == '{"b":1,"a":["é",1.5]}'.encode()


def test_each_reader_of_a_body_has_a_value_of_its_own(empty: SmallProvider) -> None:
    empty.record("listModels/200-a", answer({"a": []}))
    (recording,) = read_recordings(folder(empty), "fixtures/small")
    recording.json()["a"].append(1)
    assert recording.json() == {"a": []}


def test_a_text_is_kept_as_it_is(empty: SmallProvider) -> None:
    empty.record("listModels/502-html", HEAD.replace("200", "502") + '"text": "<h1>Bad é"}')
    (recording,) = read_recordings(folder(empty), "fixtures/small")
    assert (recording.content, recording.is_json) == ("<h1>Bad é".encode(), False)


def test_recordings_are_in_the_order_of_their_names(empty: SmallProvider) -> None:
    for name in ("listModels/200-b", "aList/500-x", "listModels/200-a"):
        empty.record(name, answer({}, status=int(name.split("/")[1][:3])))
    names = [recording.name for recording in read_recordings(folder(empty), "fixtures/small")]
    assert names == ["aList/500-x", "listModels/200-a", "listModels/200-b"]


@pytest.mark.parametrize("name", ["200", "200-", "ok-200", "200-Documented", "200_a", "2000-a", "600-a", "200-a--b", "200-a "])
def test_a_file_with_another_name_is_refused(empty: SmallProvider, name: str) -> None:
    empty.record(f"listModels/{name}", answer({}))
    with pytest.raises(SpecError, match=f"^fixtures/small/listModels/{name}.json: found this name, expected <status>-<label>"):
        read_recordings(folder(empty), "fixtures/small")


def test_a_file_of_another_kind_is_refused(empty: SmallProvider) -> None:
    empty.record("listModels/200-a", answer({}))
    (folder(empty) / "listModels" / "200-b.yaml").touch()
    with pytest.raises(SpecError, match=r"listModels/200-b\.yaml: found this name"):
        read_recordings(folder(empty), "fixtures/small")


def test_hidden_files_are_left_alone(empty: SmallProvider) -> None:
    empty.record("listModels/200-a", answer({}))
    (folder(empty) / "listModels" / ".DS_Store").touch()
    assert len(read_recordings(folder(empty), "fixtures/small")) == 1


def test_a_folder_that_is_not_there_is_refused(empty: SmallProvider) -> None:
    with pytest.raises(SpecError, match=r"^fixtures/small: found no such folder, expected a folder of recordings"):
        read_recordings(folder(empty), "fixtures/small")


def test_a_status_that_is_not_the_one_in_the_name_is_refused(empty: SmallProvider) -> None:
    empty.record("listModels/404-a", answer({}))
    with pytest.raises(SpecError, match=r"listModels/404-a.json at /status: found 200, expected 404, as in its name"):
        read_recordings(folder(empty), "fixtures/small")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"body": {"a": 1, "a": 2}}', "the member 'a' stands twice in one object"),
        ('"date": "2026-11-21", "body": 1}', "the member 'date' stands twice in one object"),
        ('"body": NaN}', "NaN is not JSON"),
        ('"body": [-Infinity]}', "-Infinity is not JSON"),
        ('"body": 1e999}', "1e999 is too large"),
        (f'"body": {"9" * 5000}}}', "JSON that cannot be read"),
        (f'"body": {"[" * 100_000}', "JSON that cannot be read"),
        ('"body": 1,}', "JSON that cannot be read"),
        ('"body": "\\ud800"}', "half of a surrogate pair"),
        ('"text": "\\ud800"}', "half of a surrogate pair"),
    ],
    ids=["member twice", "own member twice", "NaN", "Infinity", "1e999", "5000 digits", "depth", "comma", "body", "text"],
)
def test_what_is_not_json_is_refused(empty: SmallProvider, text: str, message: str) -> None:
    empty.record("listModels/200-a", HEAD + text)
    with pytest.raises(SpecError, match=f"^fixtures/small/listModels/200-a.json: found .*{message}"):
        read_recordings(folder(empty), "fixtures/small")


@pytest.mark.parametrize("content", [b"\xff\xfe{}", "{}".encode("utf-16"), b"\xef\xbb\xbf{}", b""])
def test_what_is_not_utf_8_without_a_mark_is_refused(empty: SmallProvider, content: bytes) -> None:
    empty.record("listModels/200-a", "")
    (folder(empty) / "listModels" / "200-a.json").write_bytes(content)
    with pytest.raises(SpecError, match=r"JSON that cannot be read .* expected one JSON value in UTF-8"):
        read_recordings(folder(empty), "fixtures/small")


def test_a_file_that_is_too_large_is_refused(empty: SmallProvider) -> None:
    empty.record("listModels/200-a", "")
    with (folder(empty) / "listModels" / "200-a.json").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(SpecError, match="a larger file, expected at most"):
        read_recordings(folder(empty), "fixtures/small")


@pytest.mark.parametrize("name", ["", "X Id", "X-Id:", "X-Id\r\n", "X-Id\n", "Grösse", "X\tId"])
def test_a_field_name_that_http_refuses_is_refused(empty: SmallProvider, name: str) -> None:
    empty.record("listModels/200-a", answer({}, headers={name: "1"}))
    with pytest.raises(
        SpecError,
        match=r"^fixtures/small/listModels/200-a.json at /headers: found a member called '.*expected a text that matches ",
    ):
        read_recordings(folder(empty), "fixtures/small")


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "a\n", "a\x00", "a\x7f", "\u20ac", 7])
def test_a_field_value_that_http_refuses_is_refused(empty: SmallProvider, value: object) -> None:
    empty.record("listModels/200-a", answer({}, headers={"X-Id": value}))
    with pytest.raises(SpecError, match=r"^fixtures/small/listModels/200-a.json at /headers/X-Id: found "):
        read_recordings(folder(empty), "fixtures/small")


@pytest.mark.parametrize("value", ["", 'a, b; c="d"', "a\tb", "é"])
def test_a_field_value_that_http_knows_is_kept(empty: SmallProvider, value: str) -> None:
    empty.record("listModels/200-a", answer({}, headers={"X-Id": value}))
    assert read_recordings(folder(empty), "fixtures/small")[0].headers == {"X-Id": value}


def test_two_field_names_that_differ_in_case_only_are_refused(empty: SmallProvider) -> None:
    empty.record("listModels/200-a", answer({}, headers={"X-Id": "1", "x-id": "1"}))
    with pytest.raises(SpecError, match=r"200-a.json at /headers/x-id: found the field X-Id again, expected each field once"):
        read_recordings(folder(empty), "fixtures/small")


@pytest.mark.parametrize(
    ("fields", "at"), [({"X Id": "1"}, ""), ({"X-Id": "\r\n"}, "/X-Id"), ({"X-Id": None, "x-id": "1"}, "/x-id")]
)
def test_fields_of_mutants_are_judged_alike(empty: SmallProvider, fields: dict[str, object], at: str) -> None:
    empty.mutants({**MUTANT, "responses": [{"when": {}, "status": 202}, {"when": {}, "headers": fields}]})
    with pytest.raises(SpecError, match=f"^fixtures/small/mutants.json at /mutants/0/responses/1/headers{at}: found "):
        read_mutants(folder(empty), "fixtures/small")


@pytest.mark.parametrize("name", ["listModels/200-a.json", "listModels"])
def test_a_link_that_leads_nowhere_is_refused(empty: SmallProvider, name: str) -> None:
    (folder(empty) / name).parent.mkdir(parents=True)
    (folder(empty) / name).symlink_to("nowhere")
    with pytest.raises(SpecError, match=f"^fixtures/small/{name}: found what cannot be read [(]No such file"):
        read_recordings(folder(empty), "fixtures/small")


def test_a_folder_in_the_place_of_a_recording_is_refused(empty: SmallProvider) -> None:
    (folder(empty) / "listModels" / "200-a.json").mkdir(parents=True)
    with pytest.raises(SpecError, match=r"^fixtures/small/listModels/200-a.json: found what cannot be read [(]Is a directory"):
        read_recordings(folder(empty), "fixtures/small")


def test_mutants_that_are_a_link_to_nowhere_are_refused(empty: SmallProvider) -> None:
    folder(empty).mkdir(parents=True)
    (folder(empty) / "mutants.json").symlink_to("nowhere")
    with pytest.raises(SpecError, match=r"^fixtures/small/mutants.json: found what cannot be read"):
        read_mutants(folder(empty), "fixtures/small")


def test_files_beside_the_folders_of_operations_are_left_alone(empty: SmallProvider) -> None:
    empty.record("listModels/200-a", answer({}))
    (folder(empty) / "README").touch()
    (folder(empty) / ".git" / "objects").mkdir(parents=True)
    assert len(read_recordings(folder(empty), "fixtures/small")) == 1


def test_mutants_are_read(empty: SmallProvider) -> None:
    when = {"operation": "listModels", "query": {"a": "*"}, "headers": {"Accept": None}, "every": 2}
    rewrite = {"when": when, "status": 202, "headers": {"ETag": None}, "patch": [{"op": "remove", "path": "/a"}]}
    members = {"serves": "documented", "needs": ["strict"], "responses": [rewrite, {"when": {}, "text": "x"}]}
    empty.mutants({**MUTANT, **members})
    (mutant,) = read_mutants(folder(empty), "fixtures/small")
    assert (mutant.id, mutant.breaks, mutant.serves, mutant.needs) == (
        "SMA-ID-01/number",
        "SMA-ID-01",
        "documented",
        ("strict",),
    )
    first, second = mutant.rewrites
    assert (first.when.operation, first.when.method, first.when.status, first.when.every) == ("listModels", None, None, 2)
    assert (first.when.query, first.when.headers, first.headers) == ({"a": "*"}, {"Accept": None}, {"ETag": None})
    assert (first.status, first.patch, first.text) == (202, ({"op": "remove", "path": "/a"},), None)
    assert (second.when.every, second.status, second.patch, second.text) == (1, None, (), "x")


def test_a_mutant_serves_the_catalogue_unless_it_says_otherwise(empty: SmallProvider) -> None:
    empty.mutants(MUTANT)
    assert read_mutants(folder(empty), "fixtures/small")[0].serves == "catalogue"


def test_without_a_file_there_are_no_mutants(empty: SmallProvider) -> None:
    assert read_mutants(folder(empty), "fixtures/small") == ()


def test_mutants_of_another_format_are_refused(empty: SmallProvider) -> None:
    empty.mutants({**MUTANT, "needs": ["luck"]})
    with pytest.raises(
        SpecError, match=r"fixtures/small/mutants.json at /mutants/0/needs/0: found 'luck', expected one of strict"
    ):
        read_mutants(folder(empty), "fixtures/small")
