from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import strict_json
from conformance.reader import Reader
from conformance.strict_json import MAX_DEPTH, Unreadable

TEXTS = st.sampled_from(["", "a", "},{", "} , {", "[{", "}]", "]}", '"', "\\", "\u3001", "\ud800"])
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0, 1e300]) | TEXTS
MODELS = st.dictionaries(
    TEXTS, SCALARS | st.lists(SCALARS | st.dictionaries(TEXTS, SCALARS, max_size=2), max_size=3), max_size=4
)
LISTS = st.builds(
    lambda before, models, after: before | {"data": models} | after,
    st.dictionaries(TEXTS, SCALARS, max_size=2),
    st.lists(MODELS, max_size=6),
    st.dictionaries(TEXTS, SCALARS | st.just([]), max_size=2),
)
WRITTEN = st.builds(
    lambda value, separators, ascii_only: json.dumps(value, separators=separators, ensure_ascii=ascii_only).encode(
        "utf-8", "surrogatepass"
    ),
    LISTS,
    st.sampled_from([(",", ":"), (", ", ": "), ("\n,\t", ":\r")]),
    st.booleans(),
)
PIECES = st.sampled_from(
    [
        *(b'{"data":[{', b"}]}", b"},{", b"} ,\n{", b"}\xc2\xa0,{", b"},{},{", b"]", b"[", b",", b" ", b'"', b"\\", b"null"),
        *(b'"id":"a"', b'"id":"},{"', b'"a":[{},{}]', b'"a":1,"a":2', b'"a":Infinity', b'"a":' + b"9" * 400),
        *(b"NaN", b"\xff", b"\xef\xbb\xbf"),
    ]
)
PIECED = st.lists(PIECES, max_size=8).map(b"".join) | st.lists(PIECES, max_size=5).map(
    lambda inside: b'{"data":[{' + b"".join(inside) + b"}]}"
)


def read(decode: Any, content: bytes) -> str:
    """What *decode* makes of *content*, or why it is unreadable; a text, so that NaN is NaN and 1 is not True."""
    try:
        found = decode(content)
    except Unreadable as reason:
        return str(reason)
    return repr((found.value, found.faults))


@given(st.lists(WRITTEN | PIECED, min_size=1, max_size=6), st.sampled_from([1, 20, 100, 10_000]))
def test_whatever_was_read_before_a_body_is_read_as_it_is_by_itself(bodies: Sequence[bytes], room: int) -> None:
    reader = Reader(room)

    for body in bodies:
        assert read(reader.decode, body) == read(strict_json.decode, body)


@given(st.lists(st.integers(0, 9), min_size=1), st.lists(st.integers(0, 9), min_size=1))
def test_items_that_lists_share_are_one_value_with_one_number(whole: list[int], others: list[int]) -> None:
    reader = Reader()

    lists = [reader.decode(json.dumps({"data": [{"id": each} for each in ids]}).encode()).value for ids in (whole, others)]

    one, two = (dict(zip(each["data"].numbers, each["data"], strict=True)) for each in lists)
    assert {each["id"] for each in one.values()} == set(whole)
    assert {each["id"] for each in two.values()} == set(others)
    assert all(one[number] is two[number] for number in one.keys() & two.keys())
    assert len(one.keys() & two.keys()) == len({*whole} & {*others})


def test_many_lists_of_the_same_items_have_room_where_they_would_not_by_themselves() -> None:
    items = [json.dumps({"id": "m" * 20, "number": number}) for number in range(100)]
    bodies = [f'{{"data":[{",".join(items[start:])}]}}'.encode() for start in range(10)]
    reader = Reader(room=2_000)

    first = [reader.decode(each) for each in bodies]

    assert sum(map(strict_json.values, bodies)) > 2_000
    assert all(reader.decode(body) is found for body, found in zip(bodies, first, strict=True))


def test_what_is_little_does_not_push_out_the_items_of_a_long_list() -> None:
    many, few = (json.dumps({"data": [{"id": each} for each in ids]}) for ids in (range(90), range(90, 110)))
    reader = Reader(room=200)
    first = reader.decode(many.encode()).value["data"]

    assert reader.decode(few.encode()).value == json.loads(few)
    assert reader.decode(many.replace("},", "} ,").encode()).value["data"][0] is first[0]


@pytest.mark.parametrize(
    "body",
    [
        b'{"none":[],"inside":{"data":[{"id":"a"}]}}',
        b'{"none":[],"data":[{"id":"a"}]}',
        b'{"data":[{"id":"a"}],"none":[]}',
        b'{"says":"[{","data":[{"id":"a"}]}',
        b'{"data":[{"a":[{},{}]} ,{"b":1}]}',
        b'{"data":[{"a":"},{"},{"b":1}]}',
        b'{"data":"[{},{}]"}',
        b'[{"id":"a"},{"id":"b"}]',
    ],
)
def test_a_list_that_only_looks_like_one_is_read_as_it_is(body: bytes) -> None:
    assert read(Reader().decode, body) == read(strict_json.decode, body)


@pytest.mark.parametrize("beyond", [0, 1])
def test_an_item_of_a_list_may_be_as_deep_as_the_whole_may_be(beyond: int) -> None:
    levels = MAX_DEPTH - 2 + beyond
    body = b'{"data":[' + b'{"a":' * levels + b"1" + b"}" * levels + b"]}"

    assert read(Reader().decode, body) == read(strict_json.decode, body)
    assert ("nested too deeply" in read(Reader().decode, body)) is bool(beyond)


def test_equal_bodies_are_read_once() -> None:
    reader = Reader()

    assert reader.decode(b'{"a": 1}') is reader.decode(bytes(bytearray(b'{"a": 1}')))


def test_what_was_read_longest_ago_makes_room() -> None:
    reader = Reader(room=10)
    first = reader.decode(b"[1, 2, 3]")
    reader.decode(b"[4, 5, 6]")
    assert reader.decode(b"[1, 2, 3]") is first

    reader.decode(b"[7, 8, 9]")

    assert reader.decode(b"[1, 2, 3]") is first
    assert reader.decode(b"[4, 5, 6]").value == [4, 5, 6]


def test_a_body_that_is_read_again_has_the_faults_that_it_had() -> None:
    reader = Reader(room=10)
    faulty, faultless = b'{"a": 1, "a": 2, "b": 3}', b"[1, 2, 3, 4, 5]"

    read = [(reader.decode(faulty), reader.decode(faultless)) for _ in range(2)]

    assert read[0] == read[1]
    assert [kind for kind, _ in read[1][0].faults] == ["duplicate-member"]


def test_a_body_that_alone_takes_all_the_room_is_read() -> None:
    assert Reader(room=1).decode(b"[1, 2, 3]").value == [1, 2, 3]


def test_an_unreadable_body_is_unreadable_each_time() -> None:
    reader = Reader()

    for _ in range(2):
        with pytest.raises(Unreadable, match="the body is not JSON"):
            reader.decode(b"{")
