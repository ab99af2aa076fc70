"""ETag, Cache-Control, If-None-Match."""

from __future__ import annotations

import hashlib

import pytest
from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.tests.acme import GOOD, JSON, MODELS, Folders
from specs import Provider

Providers = dict[str, Provider]
LIST = "/acme/base/v1/models"


def test_the_tag_is_strong_and_made_of_the_exact_content(acme: Providers) -> None:
    client = TestClient(create_app(acme))
    whole, part = client.get(LIST, headers=GOOD), client.get(LIST, params={"kind": "llm"}, headers=GOOD)

    assert [each.headers["etag"] for each in (whole, part)] == [
        f'"{hashlib.sha256(each.content).hexdigest()[:32]}"' for each in (whole, part)
    ]
    assert whole.headers["etag"] != part.headers["etag"]


def test_different_queries_with_equal_answers_have_equal_tags(acme: Providers) -> None:
    client = TestClient(create_app(acme))

    assert (
        client.get(LIST, headers=GOOD).headers["etag"]
        == client.get(LIST, params={"sort": "order"}, headers=GOOD).headers["etag"]
    )


def test_a_documented_constant_field_is_sent(acme: Providers) -> None:
    assert TestClient(create_app(acme)).get(LIST, headers=GOOD).headers["cache-control"] == "public, max-age=60"


def test_what_the_contract_does_not_declare_is_not_sent(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get("/acme/base/open", headers={"If-None-Match": "*"})

    assert answer.status_code == 200
    assert {"etag", "cache-control"}.isdisjoint(answer.headers)


def test_a_recordings_own_fields_win(folders: Folders) -> None:
    folders.recording(
        "listModels/200-documented", {"data": MODELS}, {**JSON, "ETag": '"own"', "Cache-Control": "no-store"}, default=True
    )
    answer = TestClient(create_app(folders.load())).get(LIST, headers=GOOD)

    assert (answer.headers["etag"], answer.headers["cache-control"]) == ('"own"', "no-store")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"other", {tag}', 'W/"a,b" ,{tag},"c"', "*", " * ", ", ,{tag},"])
def test_a_client_that_has_the_answer_gets_304_without_content(acme: Providers, method: str, form: str) -> None:
    client = TestClient(create_app(acme))
    tag = client.get(LIST, headers=GOOD).headers["etag"]
    answer = client.request(method, LIST, headers={**GOOD, "If-None-Match": form.format(tag=tag)})

    assert (answer.status_code, answer.content) == (304, b"")
    assert dict(answer.headers) == {"etag": tag, "cache-control": "public, max-age=60"}


MALFORMED = [
    'w/"{bare}"',
    'W/ "{bare}"',
    'x"{bare}"',
    '"{bare}"x',
    '"{bare}" "{bare}"',
    '"{bare}";"a"',
    '*, "{bare}"',
    '"{bare}", *',
]


@pytest.mark.parametrize("form", ['"other"', 'W/"other"', "{bare}", '"{bare}', "", '"*"', '"x{bare}"', *MALFORMED])
def test_a_client_that_has_another_answer_gets_this_one(acme: Providers, form: str) -> None:
    client = TestClient(create_app(acme))
    tag = client.get(LIST, headers=GOOD).headers["etag"]

    assert client.get(LIST, headers={**GOOD, "If-None-Match": form.format(bare=tag.strip('"'))}).status_code == 200


def test_a_recordings_own_weak_tag_is_compared_weakly(folders: Folders) -> None:
    folders.recording("listModels/200-documented", {"data": MODELS}, {**JSON, "ETag": 'W/"own"'}, default=True)
    client = TestClient(create_app(folders.load()))

    assert [client.get(LIST, headers={**GOOD, "If-None-Match": tag}).status_code for tag in ('"own"', 'W/"own"')] == [304, 304]


def test_a_recordings_own_tag_is_that_of_its_body_alone(folders: Folders) -> None:
    folders.recording("listModels/200-documented", {"data": MODELS}, {**JSON, "ETag": '"own"'}, default=True)
    part = TestClient(create_app(folders.load())).get(LIST, params={"kind": "llm"}, headers=GOOD)

    assert part.headers["etag"] == f'"{hashlib.sha256(part.content).hexdigest()[:32]}"'


def test_a_filtered_answer_has_its_own_304(acme: Providers) -> None:
    client = TestClient(create_app(acme))
    tag = client.get(LIST, params={"kind": "llm"}, headers=GOOD).headers["etag"]

    assert client.get(LIST, params={"kind": "llm"}, headers={**GOOD, "If-None-Match": tag}).status_code == 304
    assert client.get(LIST, headers={**GOOD, "If-None-Match": tag}).status_code == 200


def test_a_wrong_key_is_refused_before_any_condition(acme: Providers) -> None:
    assert TestClient(create_app(acme)).get(LIST, headers={"If-None-Match": "*"}).status_code == 401


def test_an_error_is_not_conditional(acme: Providers) -> None:
    assert (
        TestClient(create_app(acme)).get(LIST, headers={**GOOD, "If-None-Match": "*"}, params={"kind": "nope"}).status_code
        == 400
    )
