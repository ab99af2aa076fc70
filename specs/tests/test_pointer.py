from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specs.pointer import escape, join, matches, resolve, split, unescape

STEADY = settings(deadline=None, derandomize=True)  # the same examples on every machine, fast or slow

# The document and the answers of RFC 6901 section 5.
DOCUMENT = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8}
EXAMPLES = {
    "": DOCUMENT,
    "/foo": ["bar", "baz"],
    "/foo/0": "bar",
    "/": 0,
    "/a~1b": 1,
    "/c%d": 2,
    "/e^f": 3,
    "/g|h": 4,
    "/i\\j": 5,
    '/k"l': 6,
    "/ ": 7,
    "/m~0n": 8,
}


@pytest.mark.parametrize(("pointer", "value"), EXAMPLES.items())
def test_the_examples_of_rfc_6901_resolve(pointer: str, value: Any) -> None:
    assert resolve(DOCUMENT, pointer) == value


@STEADY
@given(st.text())
def test_a_token_survives_escaping(token: str) -> None:
    assert unescape(escape(token)) == token
    assert "/" not in escape(token)


@STEADY
@given(st.lists(st.text()))
def test_tokens_survive_joining(tokens: list[str]) -> None:
    assert split(join(tokens)) == tokens


def test_an_escaped_tilde_before_a_one_is_no_slash() -> None:
    assert unescape("~01") == "~1"


def test_an_index_is_a_token() -> None:
    assert join(["data", 0, "id"]) == "/data/0/id"


def test_a_pointer_starts_with_a_slash() -> None:
    with pytest.raises(ValueError, match="does not start with '/'"):
        split("data")


@pytest.mark.parametrize("pointer", ["/nothing", "/foo/2", "/foo/-", "/foo/-1", "/foo/00", "/foo/x", "/foo/0/1", "/a~1b/c"])
def test_a_place_where_nothing_is_raises_lookup_error(pointer: str) -> None:
    with pytest.raises(LookupError):
        resolve(DOCUMENT, pointer)


def test_a_star_matches_every_index_and_every_member() -> None:
    document = {"data": [{"id": 1}, {"id": 2}], "other": [{"id": 3}]}
    assert list(matches(document, "/*/*/id")) == [("/data/0/id", 1), ("/data/1/id", 2), ("/other/0/id", 3)]


def test_a_pattern_without_a_star_matches_its_place() -> None:
    assert list(matches({"data": [1, 2]}, "/data/1")) == [("/data/1", 2)]


def test_the_empty_pattern_matches_the_document() -> None:
    assert list(matches([1], "")) == [("", [1])]


@pytest.mark.parametrize("pattern", ["/nothing/*", "/data/9", "/data/x", "/data/0/id/deeper", "/data/01"])
def test_a_pattern_passes_over_places_that_are_absent(pattern: str) -> None:
    assert list(matches({"data": [{"id": 1}]}, pattern)) == []


def test_what_a_pattern_matches_is_named_by_a_pointer() -> None:
    document = {"a/b": {"m~n": 1}}
    assert [resolve(document, at) for at, _ in matches(document, "/*/*")] == [1]
