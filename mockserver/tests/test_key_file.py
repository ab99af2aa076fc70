"""Key tables as users write them: what is read, and what is refused without quoting a key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.key_file import load, table
from mockserver.keys import ALL, KeyState, KeyTable, Rights, digest
from specs import SpecError, formats

AMBIGUOUS = (
    "keys.yaml:2: found …, which YAML can read as int, expected a string, a decimal number, true, false or null "
    "(put it in quotes if it is a string)"
)
HINT = " (the format is described in specs/formats/keys.schema.json)"
MEANT = " (did you mean {}? the format is described in specs/formats/keys.schema.json)"


def written(folder: Path, text: str) -> Path:
    """A file in *folder* with *text*."""
    path = folder / "keys.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> str:
    """The sentence with which the file at *path* is refused, without the folder."""
    with pytest.raises(SpecError) as caught:
        load(path)
    return str(caught.value).removeprefix(f"{path.parent}/")


def test_a_yaml_file_says_what_each_key_may_do(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        others: good
        keys:
          - key: team-a
            models: ["gpt-*", claude-sonnet-4-6]
          - {key: sk-old, state: expired}
        """,
    )

    assert load(path) == KeyTable(
        {digest("team-a"): Rights(models=("gpt-*", "claude-sonnet-4-6")), digest("sk-old"): Rights(KeyState.EXPIRED)}, "good"
    )


def test_a_json_file_is_read_as_well_with_tabs_and_escapes(tmp_path: Path) -> None:
    path = written(tmp_path, '{\n\t"keys": [\n\t\t{"key": "a\\/b", "models": []}\n\t]\n}\n')

    assert load(path) == KeyTable({digest("a/b"): Rights(models=())})


def test_a_key_is_good_unless_its_state_says_otherwise(tmp_path: Path) -> None:
    assert load(written(tmp_path, "keys: [{key: a}]")).rights("a") == ALL


def test_an_empty_table_makes_every_key_a_wrong_one(tmp_path: Path) -> None:
    assert load(written(tmp_path, "keys: []")).rights("sk-1") is None


@pytest.mark.parametrize("state", KeyState)
def test_the_format_knows_every_state(state: KeyState) -> None:
    assert table({"keys": [{"key": "a", "state": state.value}]}, "f").rights("a") == Rights(state)


def test_the_format_knows_no_other_state() -> None:
    described = formats.schema("keys")["properties"]["keys"]["items"]["properties"]["state"]["enum"]

    assert described == [each.value for each in KeyState]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "keys: [{key: sk-1}]\nother: wrong",
            "keys.yaml:1: found an object, expected only the members others, keys" + MEANT.format("others"),
        ),
        ("others: wrong", "keys.yaml:1: found an object, expected the members keys" + HINT),
        ("others: bad\nkeys: []", "keys.yaml:1 at /others: found a string, expected one of good, wrong" + HINT),
        ("keys: {sk-1: good}", "keys.yaml:1 at /keys: found an object, expected a JSON array" + HINT),
        ("keys:\n- sk-1", "keys.yaml:2 at /keys/0: found a string, expected a JSON object" + HINT),
        ("keys:\n- state: good", "keys.yaml:2 at /keys/0: found an object, expected the members key" + HINT),
        (
            "keys:\n- key: sk-1\n  stat: good",
            "keys.yaml:2 at /keys/0: found an object, expected only the members key, state, models" + MEANT.format("state"),
        ),
        (
            "keys:\n- key: sk-1\n  state: expird",
            "keys.yaml:3 at /keys/0/state: found a string, expected one of good, expired, banned, out-of-quota" + HINT,
        ),
        ("keys:\n- key: 1234", "keys.yaml:2 at /keys/0/key: found a number, expected a JSON string" + HINT),
        ("keys:\n- key: true", "keys.yaml:2 at /keys/0/key: found a boolean, expected a JSON string" + HINT),
        ("keys:\n- key:", "keys.yaml:2 at /keys/0/key: found null, expected a JSON string" + HINT),
        ("keys:\n- {key: a, models: sk-1}", "keys.yaml:2 at /keys/0/models: found a string, expected a JSON array" + HINT),
        (
            "keys:\n- {key: a, models: ['']}",
            "keys.yaml:2 at /keys/0/models/0: found a string, expected at least 1 character" + HINT,
        ),
        (
            "keys:\n- key: a\n- key: b\n- key: a",
            "keys.yaml:4 at /keys/2/key: found the key of /keys/0/key again, expected each once",
        ),
        (
            "keys:\n- key: sk-1\n  key: sk-2",
            "keys.yaml:3: found the key … twice, expected each key once (remove one of them)",
        ),
        (
            "keys:\n- key: 12:30",
            AMBIGUOUS,
        ),
        ("", "keys.yaml: found an empty file, expected a YAML document"),
    ],
    ids=lambda value: value.partition(", expected")[0] if ".yaml" in value else "",
)
def test_a_wrong_file_is_refused_with_the_place_and_without_a_value(tmp_path: Path, text: str, sentence: str) -> None:
    assert refused(written(tmp_path, text)) == sentence


@pytest.mark.parametrize(
    "key", ["", "a b", "a\n", "=", "schlüssel", "a" * 4097], ids=["empty", "blank", "end", "pad", "ü", "long"]
)
def test_what_no_client_can_send_as_a_bearer_token_is_no_key(key: str) -> None:
    with pytest.raises(SpecError, match=r"^f at /keys/0/key: found a string, expected (a text that matches|at most)"):
        table({"keys": [{"key": key}]}, "f")


@pytest.mark.parametrize("key", ["sk-mock-429", "sk-mock-", "sk-session-1"])
def test_the_mocks_own_keys_cannot_be_given_another_meaning(key: str) -> None:
    expected = "^f at /keys/0/key: found a key that begins with sk-mock- or sk-session-, expected another one"
    with pytest.raises(SpecError, match=expected):
        table({"keys": [{"key": key}]}, "f")


def test_a_missing_file_is_refused_by_its_name(tmp_path: Path) -> None:
    assert refused(tmp_path / "keys.yaml") == "keys.yaml: found no such file, expected a YAML file"


def test_a_table_within_another_document_is_refused_by_its_place_there() -> None:
    with pytest.raises(SpecError, match=r"^the session at /keys/keys/1/key: found a number, expected a JSON string"):
        table({"keys": [{"key": "a"}, {"key": 7}]}, "the session", at="/keys")


WRONG: tuple[Any, ...] = (
    lambda key: key,
    lambda key: [key],
    lambda key: {key: "good"},
    lambda key: {"keys": key},
    lambda key: {"keys": {key: {}}},
    lambda key: {"keys": [key]},
    lambda key: {"keys": [{key: "good"}]},
    lambda key: {"keys": [{"key": [key]}]},
    lambda key: {"keys": [{"key": "a", "state": key}]},
    lambda key: {"keys": [{"key": "a", "models": key}]},
    lambda key: {"keys": [{"key": key}, {"key": key}]},
    lambda key: {"keys": [{"key": f"{key} {key}"}]},
    lambda key: {"keys": [{"key": f"sk-mock-{key}"}]},
    lambda key: {"keys": [], "others": key},
)


@given(st.from_regex(r"[A-Za-z0-9._~+/-]{8,40}", fullmatch=True), st.sampled_from(WRONG))
def test_no_error_of_a_table_holds_a_key(key: str, wrong: Any) -> None:
    with pytest.raises(SpecError) as caught:
        table(wrong(key), "f")

    assert key not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "SECRET-1: 1\nSECRET-1: 2",
        "keys: {SECRET-1: {key: 010}}",
        "keys: [{key: 'SECRET-1'}, {'SECRET-1': 0x1}]",
        "'SECRET-1\n",
        "keys: [%SECRET-1]",
        "keys: *SECRET-1",
        "keys: !SECRET-1 a",
        'keys: ["SECRET-1\\q"]',
        "? [SECRET-1]\n: 1",
        "keys:\n  - 0x" + "5EC1" * 40,
    ],
    ids=["twice", "octal", "hex", "open", "percent", "alias", "tag", "escape", "collection", "long"],
)
def test_no_error_of_reading_a_file_holds_a_key(tmp_path: Path, text: str) -> None:
    found = refused(written(tmp_path, text))

    assert "SECRET" not in found
    assert "5EC1" not in found
