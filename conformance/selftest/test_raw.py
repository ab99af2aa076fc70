from __future__ import annotations

import json
from typing import Any

import pytest

from conformance import report
from conformance.message import Exchange, Request, Response
from conformance.probes.authorization import WRONG
from conformance.raw import MOST_BODY, MOST_FIELDS, raw
from conformance.selftest import bench
from conformance.selftest.acme import KEY, changed
from conformance.selftest.gateway import Answer, Asked
from specs import Provider


def answered(content: bytes = b"{}", *headers: tuple[str, str], status: int = 200) -> Exchange:
    """An exchange with this answer."""
    request = Request("listModels")
    return Exchange(request, request, "http://127.0.0.1/v1/models", Response(status, headers, content, "HTTP/1.0", "Fine"))


def shown(exchange: Exchange) -> dict[str, Any]:
    """The answer as a report has it, where nothing is secret but `KEY`."""
    found: dict[str, Any] = raw(exchange, lambda text: text.replace(KEY, "…"))["response"]
    return found


def test_an_answer_is_held_as_it_came() -> None:
    found = raw(answered(b'{"a": 1}', ("Content-Type", "text/plain"), ("X", "1"), ("X", "2")), str)

    assert found == {
        "request": {"method": "GET", "url": "http://127.0.0.1/v1/models"},
        "response": {
            "line": "HTTP/1.0 200 Fine",
            "headers": [["Content-Type", "text/plain"], ["X", "1"], ["X", "2"]],
            "headers_cut": 0,
            "body": '{"a": 1}',
            "body_cut": 0,
        },
    }


def test_of_a_long_body_it_is_said_how_much_is_left_out() -> None:
    found = shown(answered(b"x" * 100_000))

    assert (len(found["body"]), found["body_cut"]) == (MOST_BODY, 100_000 - MOST_BODY)


def test_of_many_fields_and_long_values_it_is_said_how_much_is_left_out() -> None:
    found = shown(answered(b"", *[("X", "y" * 5000)] * 100))

    assert (len(found["headers"]), found["headers_cut"]) == (MOST_FIELDS, 100 - MOST_FIELDS)
    assert found["headers"][0][1].endswith("y… and 3976 more characters")


def test_what_does_not_print_is_shown_as_escapes() -> None:
    found = shown(answered(b"a\x1b[2J\xff\n\xe2\x80\xae", ("X", "\x9b")))

    assert found["body"] == "a\\x1b[2J\\xff\n\\u202e"
    assert found["headers"] == [["X", "\\x9b"]]


@pytest.mark.parametrize("before", [0, 100, MOST_BODY - 5, MOST_BODY + 1000])
def test_a_key_is_not_held_wherever_it_stands(before: int) -> None:
    found = shown(answered(b"x" * before + KEY.encode() + b"y" * 10_000, ("X", "x" * before + KEY)))

    assert KEY[:8] not in json.dumps(found)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("Set-Cookie", "session=abc; Path=/", "…"),
        ("X-Api-Key", "abc", "…"),
        ("X-Api-Key", f"you sent {WRONG}!", f"…{WRONG}…"),
        ("X-Session-Id", "abc", "…"),
        ("X-RateLimit-Remaining-Tokens", "5", "5"),
        ("WWW-Authenticate", "Bearer", "Bearer"),
    ],
)
def test_the_values_of_cookies_and_the_like_are_left_out(name: str, value: str, kept: str) -> None:
    assert shown(answered(b"", (name, value)))["headers"] == [[name, kept]]


def test_each_answer_is_held_once_however_many_violations_it_has(provider: Provider) -> None:
    def broken(asked: Asked, found: Answer) -> Answer:
        return Answer(200, (), b'{"data": [{"id": 7}, {"id": ""}]}') if asked.target == "/v1/models" else found

    run = report.report([bench.run(provider, changed(broken), ["ACM-ID-01", "ACM-MODEL-01"])])["runs"][0]

    places = [each["exchange"] for finding in run["findings"] for each in finding["violations"]]
    assert places == [0, 0, 0]
    assert run["exchanges"][0]["response"]["body"] == '{"data": [{"id": 7}, {"id": ""}]}'
