"""A gateway that behaves wrongly on purpose does just that, and is honest beside."""

from __future__ import annotations

import json

import httpx2
import pytest

from mockserver import create_app
from mockserver.conditional import entity_tag
from proof.in_process import InProcess
from proof.misbehaving import Answered, Asked, Behaviour, Misbehaving
from proof.trial import KEY
from specs import load

AIHUBMIX = load("aihubmix")
ROOT = "http://127.0.0.1"


def answer(behaviour: Behaviour, target: str, method: str = "GET", **fields: str) -> httpx2.Response:
    """What the mock of AIHubMix answers when it behaves so."""
    app = create_app({"aihubmix": AIHUBMIX}, provider="aihubmix", now=lambda: 1000.0)
    with httpx2.Client(transport=InProcess(Misbehaving(app, AIHUBMIX, behaviour))) as client:
        headers = {"Authorization": f"Bearer {KEY}", **{name.replace("_", "-"): value for name, value in fields.items()}}
        return client.request(method, f"{ROOT}{target}", headers=headers)


def recorded(asked: list[Asked]) -> Behaviour:
    """Changes nothing, and remembers what is asked."""

    def asks(each: Asked) -> Asked:
        asked.append(each)
        return each

    return Behaviour(asks=asks)


@pytest.mark.parametrize(
    "target", ["/api/v1/models", "/v1/models", "/v1/models/no%2Fsuch", "/nowhere", "/api/v1/models?type=llm&model=a+b"]
)
def test_without_a_behaviour_it_answers_as_the_mock_does(target: str) -> None:
    app = create_app({"aihubmix": AIHUBMIX}, provider="aihubmix", now=lambda: 1000.0)
    with httpx2.Client(transport=InProcess(app)) as client:
        honest = client.get(f"{ROOT}{target}", headers={"Authorization": f"Bearer {KEY}"})

    found = answer(Behaviour(), target)

    assert (found.status_code, found.content) == (honest.status_code, honest.content)
    assert found.headers.get("ETag") == honest.headers.get("ETag")


@pytest.mark.parametrize(
    ("target", "operation", "model"),
    [
        ("/api/v1/models?type=llm", "listModelInfo", None),
        ("/v1/models", "listModels", None),
        ("/v1/models/a%2Fb%20c", "retrieveModel", "a/b c"),
        ("/nowhere", None, None),
    ],
)
def test_a_request_is_read_as_its_operation_and_model(target: str, operation: str | None, model: str | None) -> None:
    asked: list[Asked] = []

    answer(recorded(asked), target)

    assert [(each.operation, each.model) for each in asked] == [(operation, model)]


def test_a_query_is_read_decoded_and_sent_on_encoded() -> None:
    asked: list[Asked] = []

    found = answer(recorded(asked), "/api/v1/models?model=%E6%A8%A1+a&type=")

    assert asked[0].query == (("model", "模 a"), ("type", ""))
    assert found.json()["data"] == []


def test_a_request_can_be_changed_before_it_is_acted_on() -> None:
    everything = answer(Behaviour(), "/api/v1/models").json()

    ignoring = answer(Behaviour(asks=lambda each: each.without("model")), "/api/v1/models?model=nothing-is-called-so")
    keyless = answer(Behaviour(asks=lambda each: each.with_field("authorization", "Bearer wrong")), "/v1/models")

    assert ignoring.json() == everything
    assert keyless.status_code == 401


def test_an_answer_can_be_changed_as_it_leaves_and_its_length_is_true() -> None:
    found = answer(
        Behaviour(answers=lambda _, each: each.but(418, b"short").having(x_why="tea", content_type=None)), "/v1/models"
    )

    assert (found.status_code, found.content) == (418, b"short")
    assert found.headers["Content-Length"] == "5"
    assert found.headers["X-Why"] == "tea"
    assert "Content-Type" not in found.headers


def test_another_body_has_its_own_entity_tag_where_there_was_one() -> None:
    found = answer(Behaviour(answers=lambda _, each: each.holding({"data": []})), "/api/v1/models")

    assert found.headers["ETag"] == entity_tag(found.content)
    assert json.loads(found.content) == {"data": []}
    assert Answered(200, (), b"").holding([]).field("etag") is None


def test_a_status_without_content_has_none() -> None:
    found = answer(Behaviour(answers=lambda _, each: each.but(204, b"something")), "/v1/models")

    assert (found.status_code, found.content) == (204, b"")


def test_head_keeps_the_length_that_get_has() -> None:
    assert answer(Behaviour(), "/v1/models", "HEAD").headers.get("Content-Length") != "0"


def test_a_body_that_is_no_json_is_none() -> None:
    assert Answered(200, (), b"<html>").body is None
    assert Answered(200, (), b"[1]").body == [1]
