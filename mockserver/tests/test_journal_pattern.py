"""Patterns: which entries are meant, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.journal import Cause, Entry, fingerprint
from mockserver.journal.pattern import MEMBERS, DocumentError, pattern
from mockserver.tests.entries import entry

ENTRIES = (
    entry(1, headers={"user-agent": "OpenAI/Python 3"}),
    entry(2, provider="other", status=404, operation=None, path="/v1/model", cause=Cause.UNMATCHED),
    entry(3, method="POST", status=405, cause=Cause.METHOD, query="type=llm&sort=price"),
    entry(4, path="/v1/models/acme%2Fsmall", operation="getModel", fault="BAD_GZIP", token="sk-1"),
    entry(5, status=429, cause=Cause.RATE_LIMIT, token="sk-2"),
)

CASES: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [1, 2, 3, 4, 5]),
    ({"provider": "other"}, [2]),
    ({"operation": "listModels"}, [1, 3, 5]),
    ({"operation": None}, [2]),
    ({"operation": "none"}, [2]),
    ({"method": "post"}, [3]),
    ({"path": "/v1/models"}, [1, 3, 5]),
    ({"path": "/v1/model?/*"}, [4]),
    ({"path": "/v1/models/acme/small"}, [4]),
    ({"path": "/v1/models/acme%2Fsmall"}, [4]),
    ({"query": "*type=llm*"}, [3]),
    ({"status": 404}, [2]),
    ({"status": "404"}, [2]),
    ({"status": "4xx"}, [2, 3, 5]),
    ({"status": "4XX", "provider": "acme"}, [3, 5]),
    ({"cause": "rate-limit"}, [5]),
    ({"fault": "bad-gzip"}, [4]),
    ({"fault": "none", "status": 200}, [1]),
    ({"fault": None, "status": 200}, [1]),
    ({"key": fingerprint("sk-1")}, [4]),
    ({"key": None}, [1, 2, 3]),
    ({"header": "authorization"}, [4, 5]),
    ({"header": "User-Agent: OpenAI/*"}, [1]),
    ({"header": {"User-Agent": "*python*"}}, []),
    ({"header": {"user-agent": "*Python*", "host": "mock"}}, [1]),
    ({"since": 3}, [4, 5]),
    ({"since": "3", "limit": "1"}, [5]),
    ({"limit": 2}, [4, 5]),
    ({"limit": 0}, []),
    ({"limit": 9}, [1, 2, 3, 4, 5]),
]


@pytest.mark.parametrize(("document", "numbers"), CASES)
def test_a_pattern_means_the_entries_that_fit_all_its_members(document: dict[str, Any], numbers: list[int]) -> None:
    assert [each.number for each in pattern(document).select(ENTRIES)] == numbers


@pytest.mark.parametrize("document", [document for document, _ in CASES])
def test_a_pattern_can_be_shown_and_read_again(document: dict[str, Any]) -> None:
    one = pattern(document)

    assert pattern(json.loads(json.dumps(one.json()))) == one


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"paths": "/"}, f"The member 'paths' is not one of {', '.join(MEMBERS)}."),
        ({"path": ""}, "The path '' is not a text of 1 to 512 characters."),
        ({"path": 5}, "The path 5 is not a text of 1 to 512 characters."),
        ({"status": "4x"}, "The status '4x' is not a status such as 404, or a class of them such as 4xx."),
        ({"status": True}, "The status True is not a status such as 404, or a class of them such as 4xx."),
        ({"status": 600}, "The status 600 is not a status such as 404, or a class of them such as 4xx."),
        (
            {"key": "sk-secret"},
            "The key is not the first 12 hexadecimal digits of a key's SHA-256, as entries have, or none.",
        ),
        ({"since": "-1"}, "The since '-1' is not a whole number from 0."),
        ({"since": True}, "The since True is not a whole number from 0."),
        ({"limit": 1.5}, "The limit 1.5 is not a whole number from 0."),
        ({"header": {}}, "The header {} is not name, name:pattern, or an object of 1 to 16 patterns by name."),
        ({"provider": "p" * 600}, f"The provider '{'p' * 78}… is not a text of 1 to 512 characters."),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DocumentError) as refused:
        pattern(document)

    assert str(refused.value) == refused.value.detail == sentence


@pytest.mark.parametrize(
    ("document", "valid"),
    [
        ({"cause": "bad"}, "rate-limit"),
        ({"cause": ["recording"]}, "recording"),
        ({"fault": "BAD"}, "BAD_GZIP"),
        ({"fault": 5}, "none"),
    ],
)
def test_a_value_of_a_closed_list_is_refused_with_the_valid_ones(document: dict[str, Any], valid: str) -> None:
    with pytest.raises(ValueError, match=valid) as refused:
        pattern(document)

    assert isinstance(refused.value, DocumentError)
    assert valid in refused.value.valid


def test_a_limit_is_refused_where_all_count() -> None:
    with pytest.raises(DocumentError, match="'limit' is not one of"):
        pattern({"limit": 1}, limited=False)


def differing(document: dict[str, Any], one: Entry) -> list[dict[str, Any]]:
    return [each.json() for each in pattern(document).differences(one)]


def test_differences_name_the_members_that_an_entry_does_not_have() -> None:
    document = {"status": "2xx", "path": "/v1/models", "cause": "chaos", "header": {"x-a": "1", "host": "mock"}}

    assert differing(document, ENTRIES[4]) == [
        {"member": "status", "expected": "2xx", "actual": 429},
        {"member": "cause", "expected": "chaos", "actual": "rate-limit"},
        {"member": "header", "expected": {"x-a": "1", "host": "mock"}, "actual": {"x-a": None, "host": "mock"}},
    ]


@pytest.mark.parametrize(
    ("document", "actual"),
    [
        ({"provider": "x"}, "other"),
        ({"operation": "x"}, None),
        ({"method": "x"}, "GET"),
        ({"path": "x"}, "/v1/model"),
        ({"query": "x"}, ""),
        ({"status": 200}, 404),
        ({"cause": "chaos"}, "unmatched"),
        ({"fault": "truncate"}, None),
        ({"key": "0" * 12}, None),
        ({"header": "x"}, {"x": None}),
    ],
)
def test_a_difference_says_what_the_entry_has_instead(document: dict[str, Any], actual: object) -> None:
    [difference] = pattern(document).differences(ENTRIES[1])

    assert difference.actual == actual


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    assert not pattern({"path": "*a" * 200 + "b"}).matches(entry(path="/" + "a" * 2000))


@pytest.mark.parametrize("wanted", ["Bearer sk-a-key-of-mine", "sk-a-key-of-mine*", "Bearer sk-*"])
def test_a_key_is_not_looked_for_by_its_header_nor_repeated(wanted: str) -> None:
    with pytest.raises(DocumentError, match="ask for a key by its fingerprint") as refused:
        pattern({"header": {"Authorization": wanted}})

    assert "sk-" not in refused.value.detail


def test_the_scheme_of_a_key_may_be_asked_for() -> None:
    assert pattern({"header": {"Authorization": "Bearer *"}}).members["header"] == {"authorization": "Bearer *"}
