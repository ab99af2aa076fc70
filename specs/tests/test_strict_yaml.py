from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specs.errors import SpecError
from specs.strict_yaml import MAX_BYTES, MAX_DEPTH, parse, read

STEADY = settings(deadline=None, derandomize=True)  # the same examples on every machine, fast or slow

# What YAML 1.1 prints without an escape, less the three characters that it takes for line breaks.
PRINTABLE = st.characters(
    exclude_categories=("Cs", "Cc"), include_characters="\t\n\r\x00\x1f", exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(PRINTABLE)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(PRINTABLE, max_size=20), inner, max_size=4)
)


def test_the_data_model_is_that_of_json() -> None:
    document = parse("text: abc\nlist: [1, -2.5, true, false, null, ~]\nempty:\nmap: {a: {b: ''}}\n", "f.yaml")
    assert document.value == {
        "text": "abc",
        "list": [1, -2.5, True, False, None, None],
        "empty": None,
        "map": {"a": {"b": ""}},
    }


@STEADY
@given(JSON)
def test_json_without_escapes_beyond_ascii_means_the_same_as_yaml(value: Any) -> None:
    assert parse(json.dumps(value, ensure_ascii=False), "f.yaml").value == value


@STEADY
@given(st.recursive(SCALARS | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner)))
def test_any_json_means_the_same_as_yaml_or_is_refused(value: Any) -> None:
    try:
        parsed = parse(json.dumps(value), "f.yaml").value
    except SpecError:
        return
    assert parsed == value


@STEADY
@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_json_type(number: float) -> None:
    assert type(parse(json.dumps(number), "f.yaml").value) is type(number)


@pytest.mark.parametrize("text", ["1e5", "1E5", "1e+5", "100000.0"])
def test_a_number_with_an_exponent_is_a_number_as_in_json(text: str) -> None:
    assert parse(f"n: {text}", "f.yaml").value == {"n": 100000.0}


@pytest.mark.parametrize("text", ["a: 1\na: 2", "{a: 1, 'a': 2}", "b: {x: 1, y: 2, x: 3}"])
def test_a_key_that_stands_twice_is_an_error(text: str) -> None:
    with pytest.raises(SpecError, match=r"the key '.' twice, expected each key once"):
        parse(text, "f.yaml")


@pytest.mark.parametrize("key", ["200", "no", "on", "true", "null", "~", "2026-01-01", "1.5", "1e5", "010", "<<", "=", "1:30"])
def test_an_odd_key_without_quotes_is_an_error(key: str) -> None:
    with pytest.raises(SpecError, match="without quotes, expected a key that is a string"):
        parse(f"{key}: 1", "f.yaml")


@pytest.mark.parametrize("key", ["200", "no", "2026-01-01", "<<"])
def test_an_odd_key_in_quotes_is_a_string(key: str) -> None:
    assert parse(f"'{key}': 1", "f.yaml").value == {key: 1}


@pytest.mark.parametrize("text", ["? [a, b]\n: 1", "? {a: b}\n: 1"])
def test_a_collection_as_a_key_is_an_error(text: str) -> None:
    with pytest.raises(SpecError, match="a collection as a key"):
        parse(text, "f.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-01",
        "2001-12-14t21:59:43.10-05:00",
        "yes",
        "Yes",
        "no",
        "NO",
        "on",
        "Off",
        "True",
        "FALSE",
        "Null",
        "NULL",
        "010",
        "08",
        "0o17",
        "0b11",
        "0x1F",
        "1_000",
        "1:30",
        "190:20:30.15",
        ".5",
        "1.",
        ".inf",
        "-.INF",
        ".nan",
        "=",
        "1.0e+999",
    ],
)
def test_a_scalar_that_yaml_reads_in_its_own_way_is_an_error(text: str) -> None:
    with pytest.raises(SpecError, match="expected a string, a decimal number, true, false or null"):
        parse(f"a: {text}", "f.yaml")


def test_a_number_with_more_digits_than_anybody_means_is_an_error() -> None:
    with pytest.raises(SpecError, match=r"f.yaml:1 at /a: found '9999"):
        parse(f"a: {'9' * 5000}", "f.yaml")


@pytest.mark.parametrize("text", ["&x 1", "[*x]", "!!str 1", "!!python/object:os.system {}", "!mine a", "{<<: *x}"])
def test_anchors_aliases_and_tags_are_errors(text: str) -> None:
    with pytest.raises(SpecError, match="an anchor, an alias or a tag, expected plain YAML"):
        parse(f"a: {text}", "f.yaml")


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but a comment\n"])
def test_an_empty_file_is_an_error(text: str) -> None:
    with pytest.raises(SpecError, match="an empty file, expected a YAML document"):
        parse(text, "f.yaml")


def test_two_documents_in_one_file_are_an_error() -> None:
    with pytest.raises(SpecError, match=r"f.yaml:2: found malformed YAML"):
        parse("--- 1\n--- 2\n", "f.yaml")


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? ", "[a: "])
def test_a_hundred_thousand_levels_are_an_error_and_no_crash(opening: str) -> None:
    with pytest.raises(SpecError, match=f"deeper nesting, expected at most {MAX_DEPTH} levels"):
        parse(opening * 100_000, "f.yaml")


def test_as_many_levels_as_are_allowed_can_be_read() -> None:
    assert str(parse("[" * MAX_DEPTH + "]" * MAX_DEPTH, "f.yaml").value) == "[" * MAX_DEPTH + "]" * MAX_DEPTH


def test_a_text_that_is_too_large_is_an_error() -> None:
    with pytest.raises(SpecError, match="a larger file, expected at most"):
        parse("a" * (MAX_BYTES + 1), "f.yaml")


def test_a_file_that_is_too_large_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(SpecError, match="a larger file, expected at most"):
        read(tmp_path / "f.yaml", "f.yaml")


def test_bytes_that_are_not_utf_8_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(b"a: caf\xe9\n")
    with pytest.raises(SpecError, match="bytes that are not UTF-8"):
        read(tmp_path / "f.yaml", "f.yaml")


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="found no such file, expected a YAML file"):
        read(tmp_path / "f.yaml", "f.yaml")


def test_a_folder_in_the_place_of_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="found what cannot be read"):
        read(tmp_path, "f.yaml")


def test_a_file_is_read_as_its_text_is(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text("a: é\n", encoding="utf-8")
    assert read(tmp_path / "f.yaml", "f.yaml") == parse("a: é\n", "f.yaml")


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_a_line_break_of_yaml_1_1_only_is_an_error(character: str) -> None:
    with pytest.raises(SpecError, match=r"f.yaml:2: found the character .*YAML 1.1 reads it as the end of a line"):
        parse(f'a: 1\nb: "x{character}y"\n', "f.yaml")


def test_a_control_character_is_an_error_of_one_line() -> None:
    with pytest.raises(SpecError, match=r"^f.yaml: found the control character U\+007F, expected text"):
        parse('a: "\x7f"', "f.yaml")


@pytest.mark.parametrize(
    ("text", "line"), [("a: 1\nb: [", 3), ("a: 1\n\nb: no", 3), ("a:\n  - 1\n  - &x 2", 3), ("a: 1\nb: 2\na: 3", 3)]
)
def test_an_error_names_its_line(text: str, line: int) -> None:
    with pytest.raises(SpecError) as caught:
        parse(text, "f.yaml")
    assert caught.value.line == line
    assert str(caught.value).startswith(f"f.yaml:{line}")


def test_an_error_names_the_pointer() -> None:
    with pytest.raises(SpecError) as caught:
        parse("a:\n  b/c:\n    - 1\n    - no\n", "f.yaml")
    assert caught.value.pointer == "/a/b~1c/1"


def test_a_document_knows_the_line_of_each_pointer() -> None:
    lines = parse("a: 1\nb:\n  c/d: [1,\n    2]\n", "f.yaml").lines
    assert dict(lines) == {"": 1, "/a": 1, "/b": 3, "/b/c~1d": 3, "/b/c~1d/0": 3, "/b/c~1d/1": 4}


def test_negative_zero_stays_negative() -> None:
    assert math.copysign(1, parse("-0.0", "f.yaml").value) == -1
