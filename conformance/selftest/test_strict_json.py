from __future__ import annotations

import contextlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.strict_json import MAX_DEPTH, MAX_DIGITS, MAX_FAULTS, Unreadable, decode, values

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
)


def kinds(content: bytes) -> list[str]:
    """The kinds of the faults in *content*."""
    return [kind for kind, _ in decode(content).faults]


@given(VALUES)
def test_what_json_writes_is_read_without_a_fault(value: Any) -> None:
    decoded = decode(json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace"))

    assert decoded.value == value
    assert decoded.faults == ()


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_they_are_read_or_unreadable(content: bytes) -> None:
    with contextlib.suppress(Unreadable):
        decode(content)


def test_a_byte_order_mark_is_a_fault_and_is_read_over() -> None:
    assert decode(b"\xef\xbb\xbf{}").value == {}
    assert kinds(b"\xef\xbb\xbf{}") == ["byte-order-mark"]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_json_does_not_have_is_a_fault(text: str) -> None:
    decoded = decode(f'{{"price": {text}}}'.encode())

    assert not math.isfinite(decoded.value["price"])
    assert [kind for kind, _ in decoded.faults] == ["not-a-number"]


def test_a_member_that_stands_twice_is_a_fault_at_any_depth() -> None:
    decoded = decode(b'{"data": [{"id": "a", "id": "b", "id": "c"}]}')

    assert decoded.value == {"data": [{"id": "c"}]}
    assert decoded.faults == (("duplicate-member", "the member 'id' 3 times in one object"),)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be"])
def test_another_encoding_than_utf_8_is_unreadable(encoding: str) -> None:
    with pytest.raises(Unreadable, match=r"the body is not (UTF-8|JSON)"):
        decode('{"id": "ä"}'.encode(encoding))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"id": "a\nb"}', "Invalid control character at line 1, column 10"),
        (b'{"id": "a', "Unterminated string starting at line 1, column 8"),
        (b"<html>", "Expecting value at line 1, column 1"),
    ],
)
def test_what_is_no_json_is_a_whole_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable) as error:
        decode(content)

    assert str(error.value) == f"the body is not JSON: {sentence}"


@pytest.mark.parametrize("content", [b"", b" \r\n\t", b"\xef\xbb\xbf"])
def test_an_empty_body_is_unreadable(content: bytes) -> None:
    with pytest.raises(Unreadable, match="the body is empty"):
        decode(content)


@pytest.mark.parametrize(
    "content", [b"<html></html>", b"{", b"{'a': 1}", b"[1,]", b"{} {}", b"01", b'"\n"', b"// a\n{}", b"undefined"]
)
def test_what_is_no_json_is_unreadable_with_its_place(content: bytes) -> None:
    with pytest.raises(Unreadable, match=r"the body is not JSON: .* at line [0-9]+, column [0-9]+"):
        decode(content)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 3_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting_is_unreadable(depth: int, opening: str, closing: str) -> None:
    with pytest.raises(Unreadable, match="nested too deeply"):
        decode((opening * depth + "1" + closing * depth).encode())


def test_nesting_up_to_the_limit_is_read() -> None:
    value = decode(("[" * MAX_DEPTH + "]" * MAX_DEPTH).encode()).value

    assert json.dumps(value).count("[") == MAX_DEPTH


def test_a_hundred_thousand_open_brackets_are_unreadable() -> None:
    with pytest.raises(Unreadable):
        decode(b"[" * 100_000)


@pytest.mark.parametrize("digits", [MAX_DIGITS + 1, 5_000, 100_000])
def test_an_integer_that_no_double_can_hold_is_unreadable(digits: int) -> None:
    with pytest.raises(Unreadable, match=f"a number that is too long: {digits} digits"):
        decode(b"9" * digits)


def test_an_integer_of_the_longest_length_is_still_a_number() -> None:
    assert math.isfinite(float(decode(b"9" * MAX_DIGITS).value))


def test_half_of_a_surrogate_pair_is_read_as_it_is_written() -> None:
    assert decode(rb'"\ud800"').value == "\ud800"


def test_the_faults_of_a_body_are_counted_up_to_a_bound() -> None:
    assert len(kinds(b"[" + b",".join([b'{"a": NaN, "a": 1}'] * 2_000) + b"]")) == MAX_FAULTS


@given(VALUES)
def test_values_are_never_more_than_commas_and_brackets(value: Any) -> None:
    def count(inside: Any) -> int:
        members = inside.values() if isinstance(inside, dict) else inside if isinstance(inside, list) else ()
        return 1 + sum(map(count, members))

    assert values(json.dumps(value).encode()) >= count(value)
