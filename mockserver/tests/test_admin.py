"""The admin API answers as its document says: every operation, every method, and bodies of every kind."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from httpx2 import Response
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from starlette.testclient import TestClient

from mockserver.admin.schema import SCHEMAS
from mockserver.admin.validating import URI
from mockserver.testing import running
from mockserver.tests.acme import GOOD
from mockserver.tests.admin import SESSIONS, entries, mock, models, opened, statuses
from specs import Provider

Providers = dict[str, Provider]
DOCUMENT = SCHEMAS.document
METHODS = ("get", "post", "patch", "delete")
OPERATIONS = [(path, method) for path, item in DOCUMENT["paths"].items() for method in item if method in METHODS]
JSON = {"Content-Type": "application/json"}
BODIES: dict[str, Any] = {
    "createSession": {},
    "changeSession": {"seed": 7},
    "changeClock": {"advance_s": 1},
    "verify": {"expectations": [{"match": {"status": 200}, "count": 3}, {"match": {"status": 429}}], "order": True},
}
BODY_OPERATIONS = [(path, method) for path, method in OPERATIONS if "requestBody" in DOCUMENT["paths"][path][method]]

NAMING = [  # a session, by a field or a parameter
    (path, method)
    for path, method in OPERATIONS
    if {"$ref": "#/components/parameters/SessionField"}
    in [*DOCUMENT["paths"][path].get("parameters", ()), *DOCUMENT["paths"][path][method].get("parameters", ())]
]


def check(answer: Response, path: str, method: str) -> None:
    """Asserts that *answer* is one that the document has for this operation."""
    responses = DOCUMENT["paths"][path][method]["responses"]
    place = ["paths", path, method, "responses", str(answer.status_code)]
    assert place[-1] in responses, (answer.status_code, answer.text)
    response = responses[place[-1]]
    if "$ref" in response:
        place = response["$ref"].removeprefix("#/").split("/")
        response = DOCUMENT["components"]["responses"][place[-1]]
    if "content" not in response:
        assert answer.content == b""
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    assert media_type in response["content"]
    pointer = "/".join(each.replace("~", "~0").replace("/", "~1") for each in [*place, "content", media_type, "schema"])
    registry: Registry[Any] = Registry().with_resource(URI, DRAFT202012.create_resource(DOCUMENT))
    value = json.loads(answer.content) if media_type.endswith("json") else answer.text
    Draft202012Validator({"$ref": f"{URI}#/{quote(pointer)}"}, registry=registry).validate(value)


def used(client: TestClient) -> dict[str, Any]:
    """A session with every setting, in which something happened."""
    session = opened(
        client,
        provider="acme",
        seed=7,
        ttl_s=600,
        fault="SHUFFLE",
        serve="example=catalogue",
        sequences=[{"steps": [{"prefer": "code=429"}, {"prefer": "delay=0"}, {}]}],
        chaos={"rates": {"500": 0.5}, "ttl_s": 60},
        limit={"requests": 2, "window_s": 60, "headers": "openai"},
        keys={"others": "good", "keys": [{"key": "team-a", "models": ["acme/*"]}, {"key": "old", "state": "expired"}]},
    )
    statuses(client, session, 8)
    client.get(f"{models(session)}x", headers=GOOD)
    return session


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS])
def test_every_operation_answers_as_described(acme: Providers, path: str, method: str) -> None:
    client = mock(acme)
    session = used(client)
    operation = DOCUMENT["paths"][path][method]["operationId"]
    answer = client.request(
        method, path.replace("{id}", session["id"]), json=BODIES.get(operation), headers={"X-Mock-Session": session["id"]}
    )

    assert answer.status_code in (200, 201, 204)
    check(answer, path, method)


@pytest.mark.parametrize(
    ("path", "method"),
    [each for each in OPERATIONS if "404" in DOCUMENT["paths"][each[0]][each[1]]["responses"]],
    ids=lambda text: text,
)
def test_every_operation_on_a_session_that_is_not_there_is_404(acme: Providers, path: str, method: str) -> None:
    body = BODIES.get(DOCUMENT["paths"][path][method]["operationId"])
    answer = mock(acme).request(method, path.replace("{id}", "nope"), json=body, headers={"X-Mock-Session": "nope"})

    assert answer.status_code == 404
    check(answer, path, method)


@pytest.mark.parametrize("path", [path for path, item in DOCUMENT["paths"].items() if "get" in item])
def test_head_is_answered_as_get_without_content(acme: Providers, path: str) -> None:
    client = mock(acme)
    session = opened(client)
    address, fields = path.replace("{id}", session["id"]), {"X-Mock-Session": session["id"]}
    head, got = client.head(address, headers=fields), client.get(address, headers=fields)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_other_methods_are_405_with_those_that_there_are(acme: Providers, path: str) -> None:
    answer = mock(acme).put(path.replace("{id}", "nope"))
    there = {method.upper() for method in DOCUMENT["paths"][path] if method in METHODS}

    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    assert set(answer.headers["allow"].split(", ")) == there | ({"HEAD"} if "GET" in there else set())
    assert answer.headers["allow"] == ", ".join(sorted(answer.headers["allow"].split(", ")))


@pytest.mark.parametrize("path", ["/__mock", "/__mock/", "/__mock/nope", "/__mock/sessions/a/b", "/__mock/openapi.yaml"])
def test_what_is_not_there_is_a_problem_that_says_where_to_look(acme: Providers, path: str) -> None:
    answer = mock(acme).get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["detail"] == f"GET {path} is not here; /__mock/openapi.json says what is."


BAD = {
    "cut": b'{"seed"',
    "text": b"seed=7",
    "array": b"[]",
    "null": b"null",
    "number": b"7",
    "not UTF-8": b'{"seed": "\xff"}',
    "UTF-16": '{"seed": 7}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"seed": 7}',
    "half a character": b'{"fault": "\\ud800"}',
    "half a character in a name": b'{"\\ud800": 1}',
    "half a character in a view": b'{"serve": "without=\\"\\ud800\\""}',
    "half a character of a model": b'{"keys": {"keys": [{"key": "a", "models": ["\\ud800"]}]}}',
    "twice": b'{"seed": 7, "seed": 8}',
    "twice deep": b'{"sequences": [{"steps": [{"times": 1, "times": 1}]}]}',
    "NaN": b'{"ttl_s": NaN}',
    "infinity": b'{"ttl_s": 1e999}',
    "huge": b'{"seed": ' + b"9" * 4000 + b"}",
    "too huge": b'{"seed": ' + b"9" * 10_000 + b"}",
    "unknown": b'{"nope": 1}',
    "wrong": b'{"seed": "7"}',
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize(("path", "method"), BODY_OPERATIONS, ids=[method for _, method in BODY_OPERATIONS])
def test_a_bad_body_is_400_with_a_sentence(acme: Providers, path: str, method: str, kind: str) -> None:
    client = mock(acme)
    session = opened(client)
    address = path.replace("{id}", session["id"])
    answer = client.request(method, address, content=BAD[kind], headers={**JSON, "X-Mock-Session": session["id"]})

    assert answer.status_code == 400
    check(answer, path, method)
    assert re.match("The body.* .*[.]$", answer.json()["detail"], re.DOTALL)
    assert client.get(SESSIONS).json() == {"sessions": [session]}


@pytest.mark.parametrize("depth", [10, 100, 500, 900, 930, 950, 960, 970, 980, 990, 1_000, 100_000])
@pytest.mark.parametrize("before", ["", '{"limit":', '{"sequences":', '{"keys":{"keys":'], ids=["top", "limit", "list", "keys"])
def test_deep_nesting_is_400(acme: Providers, depth: int, before: str) -> None:
    body = f"{before}{'[' * depth}{']' * depth}{'}' * before.count('{')}"

    assert mock(acme).post(SESSIONS, content=body, headers=JSON).status_code == 400


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
@pytest.mark.parametrize(("path", "method"), BODY_OPERATIONS, ids=[method for _, method in BODY_OPERATIONS])
def test_another_media_type_is_415(acme: Providers, path: str, method: str, media_type: str | None) -> None:
    client = mock(acme)
    session = opened(client)
    fields = {"X-Mock-Session": session["id"], **({"Content-Type": media_type} if media_type else {})}
    answer = client.request(method, path.replace("{id}", session["id"]), content=b'{"seed": 7}', headers=fields)

    assert answer.status_code == 415
    check(answer, path, method)


def test_the_media_type_is_read_in_any_case_and_with_parameters(acme: Providers) -> None:
    fields = {"Content-Type": "Application/JSON; charset=utf-8"}

    assert mock(acme).post(SESSIONS, content=b"{}", headers=fields).status_code == 201


@pytest.mark.parametrize(("path", "method"), BODY_OPERATIONS, ids=[method for _, method in BODY_OPERATIONS])
def test_a_body_that_is_too_long_is_413(acme: Providers, path: str, method: str) -> None:
    client = mock(acme)
    session = opened(client)
    fields = {**JSON, "X-Mock-Session": session["id"]}
    answer = client.request(method, path.replace("{id}", session["id"]), content=b" " * 1_000_001, headers=fields)

    assert answer.status_code == 413
    check(answer, path, method)


@pytest.mark.parametrize(
    "make",
    [
        lambda: {"sequences": [{"steps": [1] * 300_000}]},
        lambda: {"sequences": [{"steps": [{}] * 200_000}]},
        lambda: {"sequences": [{"steps": [{"times": 0}] * 1000}] * 20},
        lambda: {"sequences": [{}] * 200_000},
        lambda: {"keys": {"keys": [{}] * 200_000}},
        lambda: {"chaos": {"rates": {f"A{number}": 0 for number in range(70_000)}}},
        lambda: {f"a{number}": 0 for number in range(70_000)},
    ],
    ids=["no steps", "steps", "wrong steps", "sequences", "keys", "rates", "members"],
)
def test_a_long_wrong_body_is_refused_in_no_time(acme: Providers, make: Callable[[], Any]) -> None:
    client = mock(acme)
    content = json.dumps(make()).encode()
    assert len(content) <= 1_000_000
    began = time.process_time()
    answer = client.post(SESSIONS, content=content, headers=JSON)

    assert answer.status_code == 400
    assert time.process_time() - began < 2


def test_a_client_that_leaves_in_the_middle_of_a_body_leaves_no_traceback(
    acme: Providers, caplog: pytest.LogCaptureFixture
) -> None:
    with running(acme) as running_mock:
        host, _, port = running_mock.url.removeprefix("http://").rpartition(":")
        head = b"POST /__mock/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(head + b"Content-Length: 99\r\n\r\n{")
        with socket.create_connection((host, int(port))) as connection:  # by its answer the first one is over
            connection.sendall(b"GET /__mock/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            while connection.recv(1 << 16):
                pass

    assert caplog.records == []


def test_the_session_is_named_by_field_or_parameter_and_the_field_wins(acme: Providers) -> None:
    client = mock(acme)
    one, other = opened(client), opened(client)
    statuses(client, one, 1)
    asked = [({"session": one["id"]}, {}), ({"session": other["id"]}, {"X-Mock-Session": one["id"]})]

    for parameters, fields in asked:
        assert client.get("/__mock/journal", params=parameters, headers=fields).json()["kept"] == 1


@pytest.mark.parametrize(
    "named", [{"headers": {"X-Mock-Session": ""}}, {"params": {"session": ""}}], ids=["field", "parameter"]
)
@pytest.mark.parametrize(("path", "method"), NAMING)
def test_an_empty_id_of_a_session_is_refused_rather_than_taken_for_the_default_traffic(
    acme: Providers, path: str, method: str, named: Any
) -> None:
    body = BODIES.get(DOCUMENT["paths"][path][method]["operationId"])
    answer = mock(acme).request(method, path, json=body, **named)

    check(answer, path, method)
    assert answer.status_code == 400
    assert "empty id of a session" in answer.json()["detail"]


def test_a_journal_is_emptied_alone(acme: Providers) -> None:
    client = mock(acme)
    one, other = opened(client), opened(client)
    statuses(client, one, 1)
    statuses(client, other, 1)
    client.delete("/__mock/journal", headers={"X-Mock-Session": one["id"]})

    assert (entries(client, one), len(entries(client, other))) == ([], 1)


def test_no_answer_of_the_admin_api_names_a_key_or_in_an_archive_a_session(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, limit=False)
    for fields in ({"Authorization": "Bearer sk-secret-1"}, {"X-Api-Key": "sk-secret-1", "X-Mock-Session": session["id"]}):
        client.get(models(session), headers=fields)
    client.get("/acme/base/v1/models?api_key=sk-secret-1", headers={"Authorization": f"Bearer {session['api_key']}"})
    found = {
        path: client.get(path, headers={"X-Mock-Session": session["id"]}).text
        for path in ("/__mock/journal", "/__mock/journal.har", "/__mock/verify/retry-after", "/__mock/metrics")
    }

    assert len(entries(client, session)) == 3
    assert not any("secret-1" in text for text in found.values())
    assert not any(session["id"] in text for path, text in found.items() if path != "/__mock/journal")
    assert session["api_key"] not in found["/__mock/journal"]
