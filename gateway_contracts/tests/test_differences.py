"""How one recording differs from another, in lines."""

from __future__ import annotations

from typing import Any

import pytest

from gateway_contracts.recording.differences import MOST, differences
from gateway_contracts.recording.rules import rules
from specs.contract import Items


def lines(old: Any, new: Any) -> list[str]:
    """The differences of two recordings with these bodies."""
    return differences({"headers": {}, "body": old}, {"headers": {}, "body": new}, Items("/data", "id"), rules())


def models(*models: dict[str, Any]) -> dict[str, Any]:
    return {"data": list(models)}


A, B, C = ({"id": name, "size": 1, "tags": ["x", "y"]} for name in "abc")


@pytest.mark.parametrize("body", [models(A, B), [], None, 0, "text", {"a": [1.5, {"b": None}]}])
def test_a_recording_does_not_differ_from_itself(body: Any) -> None:
    assert lines(body, body) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (models(A), models(A, B), ["/data: models added: 'b'"]),
        (models(A, B), models(B), ["/data: models removed: 'a'"]),
        (models(A, B), models(B, A), ["/data: the order of the models"]),
        (models(A), models({**A, "size": 2}), ["/data, model 'a' at /size: 1 is now 2"]),
        (models(A), models({**A, "size": 1.0}), ["/data, model 'a' at /size: 1 is now 1.0"]),
        (models(A), models({**A, "size": True}), ["/data, model 'a' at /size: 1 is now True"]),
        (models(A), models({**A, "tags": ["x", "z"]}), ["/data, model 'a' at /tags/1: 'y' is now 'z'"]),
        (models(A), models({**A, "tags": ["x"]}), ["/data, model 'a' at /tags: ['x', 'y'] is now ['x']"]),
        (models(A), models({"id": "a", "tags": ["x", "y"]}), ["/data, model 'a' at /size: gone, it was 1"]),
        (models(A), models({**A, "a/b": 1}), ["/data, model 'a' at /a~1b: new, 1"]),
        (models(A), models(A, A), ["/data: models without an id of their own, 0 of them, now 1"]),
        (models(A, {"id": 7}), models(A, {"id": 8}), ["/data: models without an id of their own, 1 of them, now 1"]),
        (models(A), {"data": {}}, ["/data: [{'id': 'a', 'size': 1, 'tags': ['x', 'y']}] is now {}"]),
        (models(A), [], ["/: {'data': [{'id': 'a', 'size': 1, 'tags': ['x', 'y']}]} is now []"]),
        ({"data": [], "more": 1}, {"data": [], "object": "list"}, ["/more: gone, it was 1", "/object: new, 'list'"]),
    ],
)
def test_what_differs_is_told_where_it_is(old: Any, new: Any, said: list[str]) -> None:
    assert lines(old, new) == said


def test_of_many_models_five_are_named() -> None:
    many = models(*({"id": f"m{number}"} for number in range(8)))

    assert lines(models(), many) == ["/data: models added: 'm0', 'm1', 'm2', 'm3', 'm4' and 3 more"]


def test_of_many_differences_some_are_told_and_the_others_counted() -> None:
    many = {f"m{number}": number for number in range(100)}

    found = lines({}, many)
    assert (len(found), found[-1]) == (MOST + 1, f"and {100 - MOST} more")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"Vary": "a"}, {"vary": "a"}, []),
        ({"Vary": "a"}, {"vary": "b"}, ["field vary: 'a' is now 'b'"]),
        ({"ETag": "a"}, {"ETag": "b"}, []),
        ({"X-RateLimit-Remaining-Tokens": "1"}, {"x-ratelimit-remaining-tokens": "2"}, []),
        ({"ETag": "a"}, {}, ["field etag: gone"]),
        ({}, {"ETag": "a"}, ["field etag: new, 'a'"]),
        ({"X-Own": "a"}, {"X-Own": "b"}, ["field x-own: 'a' is now 'b'"]),
    ],
)
def test_fields_differ_by_their_values_unless_those_change_each_time(
    old: dict[str, str], new: dict[str, str], said: list[str]
) -> None:
    assert differences({"headers": old, "body": 1}, {"headers": new, "body": 1}, None, rules()) == said


def test_a_text_is_a_difference_as_a_whole() -> None:
    text, other, json = ({"headers": {}, **body} for body in ({"text": "a"}, {"text": "b"}, {"body": "a"}))

    assert differences(text, text, None, rules()) == []
    assert differences(text, other, None, rules()) == ["body: 'a' is now 'b'"]
    assert differences(text, json, None, rules()) == ["body: text is now JSON"]
