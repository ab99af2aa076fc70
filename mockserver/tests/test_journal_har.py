"""The HAR export, by the text of HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/)."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from mockserver.journal import Cause, Draw, Step
from mockserver.journal.entry import fingerprint
from mockserver.journal.har import har
from mockserver.tests.entries import entry


def record(optional: dict[str, Any] | None = None, **required: Any) -> dict[str, Any]:
    """An object with all of *required*, perhaps a comment, and no other member but custom ones."""
    properties = {**required, **(optional or {}), "comment": {"type": "string"}}
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "patternProperties": {"^_": True},
        "additionalProperties": False,
    }


def each(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


TEXT = {"type": "string"}
SIZE = {"type": "integer", "minimum": -1}
TIME = {"type": "number", "minimum": 0}
DATE = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)$"}
PAIR = record(name=TEXT, value=TEXT)
REQUEST = record(
    method=TEXT,
    url={"type": "string", "pattern": r"^https?://[^\s#]+$"},
    httpVersion=TEXT,
    cookies=each(PAIR),
    headers=each(PAIR),
    queryString=each(PAIR),
    headersSize=SIZE,
    bodySize=SIZE,
)
CONTENT = record({"text": TEXT, "encoding": TEXT, "compression": {"type": "integer"}}, size=SIZE, mimeType=TEXT)
RESPONSE = record(
    status={"type": "integer"},
    statusText=TEXT,
    httpVersion=TEXT,
    cookies=each(PAIR),
    headers=each(PAIR),
    content=CONTENT,
    redirectURL=TEXT,
    headersSize=SIZE,
    bodySize=SIZE,
)
ENTRY = record(
    {"pageref": TEXT, "serverIPAddress": TEXT, "connection": TEXT},
    startedDateTime=DATE,
    time=TIME,
    request=REQUEST,
    response=RESPONSE,
    cache=record(),
    timings=record(send=TIME, wait=TIME, receive=TIME),
)
HAR = {
    "type": "object",
    "required": ["log"],
    "additionalProperties": False,
    "properties": {"log": record(version={"const": "1.2"}, creator=record(name=TEXT, version=TEXT), entries=each(ENTRY))},
}
VALID = Draft202012Validator(HAR)


def test_an_export_is_a_har_document() -> None:
    entries = [
        entry(1),
        entry(2, query="a=1&b=%20c&d", content=b"{}" * 900, fields=((b"content-type", b"application/json"),), token="sk-1"),
        entry(3, status=299, content=b"\xff", cause=Cause.CHAOS, fault="BAD_GZIP", draw=Draw(1, 0.5, None), step=Step(0, 1)),
        entry(4, method="HEAD", status=302, fields=((b"location", b"/v1"), (b"set-cookie", b"a=b"))),
    ]

    document = json.loads(json.dumps(har(entries, "http://127.0.0.1:8080", "0.1.0")))

    VALID.validate(document)
    assert len(document["log"]["entries"]) == 4


def test_an_export_of_nothing_is_one_too() -> None:
    VALID.validate(har([], "http://mock", "0.1.0"))


def test_an_entry_has_the_request_the_answer_and_our_own_members() -> None:
    one = entry(
        7,
        at=1_800_000_000.25,
        query="type=llm&q=a%20b",
        status=429,
        cause=Cause.CHAOS,
        fault="TRUNCATE",
        content=b"{}",
        fields=((b"content-type", b"application/json"), (b"x-mock-hint", b"did you mean GET?")),
        draw=Draw(1, 0.5, "429"),
        step=Step(0, 1),
    )

    [found] = har([one], "https://mock.test/s/1/", "0.1.0")["log"]["entries"]

    assert found == {
        "startedDateTime": "2027-01-15T08:00:00.250Z",
        "time": 0,
        "request": {
            "method": "GET",
            "url": "https://mock.test/s/1/acme/v1/models?type=llm&q=a%20b",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": "host", "value": "mock"}],
            "queryString": [{"name": "type", "value": "llm"}, {"name": "q", "value": "a b"}],
            "headersSize": -1,
            "bodySize": -1,
        },
        "response": {
            "status": 429,
            "statusText": "Too Many Requests",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [
                {"name": "content-type", "value": "application/json"},
                {"name": "x-mock-hint", "value": "did you mean GET?"},
            ],
            "content": {"size": 2, "mimeType": "application/json", "text": "{}"},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": 2,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "_number": 7,
        "_session": None,
        "_provider": "acme",
        "_operation": "listModels",
        "_key": None,
        "_cause": "chaos",
        "_fault": "TRUNCATE",
        "_draw": {"number": 1, "value": 0.5, "hit": "429"},
        "_step": {"sequence": 0, "step": 1},
        "_hint": "did you mean GET?",
    }


def test_a_body_that_was_cut_says_so() -> None:
    [found] = har([entry(content=b"a" * 2000)], "http://mock", "1")["log"]["entries"]

    assert found["response"]["content"]["comment"] == "cut to its first 1024 octets"
    assert (found["response"]["content"]["size"], len(found["response"]["content"]["text"])) == (2000, 1024)


def test_a_status_without_a_name_has_none() -> None:
    [found] = har([entry(status=299)], "http://mock", "1")["log"]["entries"]

    assert found["response"]["statusText"] == ""


def test_an_archive_tells_sessions_apart_and_names_none() -> None:
    archive = har([entry(session=name) for name in ("one", "one", "other")], "http://mock.test", "1")
    found = [each["_session"] for each in archive["log"]["entries"]]

    assert found == [fingerprint("one"), fingerprint("one"), fingerprint("other")]


def test_a_request_to_no_provider_has_the_url_that_it_came_to() -> None:
    archive = har([entry(provider="", path="/nope")], "http://mock.test", "1")

    assert archive["log"]["entries"][0]["request"]["url"] == "http://mock.test/nope"
