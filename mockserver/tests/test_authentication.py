"""Keys, as the contract asks for them."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from mockserver import create_app
from specs import Provider

Providers = dict[str, Provider]


@pytest.mark.parametrize("field", ["Bearer sk-1", "bearer sk-1", "BEARER   sk-1 ", "Bearer sk-A.b_c~d+e/f=="])
def test_a_good_key_is_accepted(acme: Providers, field: str) -> None:
    assert TestClient(create_app(acme)).get("/acme/base/v1/models", headers={"Authorization": field}).status_code == 200


@pytest.mark.parametrize("field", ["Bearer sk-", "Bearer pk-1", "Bearer sk-1 sk-2", "Bearer\tsk-1", "bearer ="])
def test_any_other_bearer_token_is_a_wrong_key(acme: Providers, field: str) -> None:
    answer = TestClient(create_app(acme)).get("/acme/base/v1/models", headers={"Authorization": field})

    assert (answer.status_code, answer.json()) == (401, {"error": {"code": 401}})


@pytest.mark.parametrize("field", ["Bearer", "Bearer ", "Basic c2stMQ==", "sk-1", "", "Bearersk-1"])
def test_a_field_without_a_bearer_token_is_a_missing_key(acme: Providers, field: str) -> None:
    answer = TestClient(create_app(acme)).get("/acme/base/v1/models", headers={"Authorization": field})

    assert (answer.status_code, answer.json()) == (401, {"error": {"code": "missing"}})


def test_no_field_is_the_answer_for_a_missing_key(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get("/acme/base/v1/models")

    assert (answer.status_code, answer.json()) == (401, {"error": {"code": "missing"}})
    assert answer.headers["www-authenticate"] == "Bearer"


def test_without_a_recording_for_a_missing_key_it_is_the_default_401(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get("/acme/base/v1/models/coder")

    assert (answer.status_code, answer.json()) == (401, {"error": {"code": 401}})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Authorization": "Bearer sk-1"}, 200),
        ({"Authorization": "Bearer x"}, 401),
        ({"Authorization": "Basic x"}, 401),
    ],
)
def test_optional_authentication_refuses_wrong_keys_only(acme: Providers, headers: dict[str, str], status: int) -> None:
    assert TestClient(create_app(acme)).get("/acme/base/mixed", headers=headers).status_code == status


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "nonsense"}])
def test_a_public_operation_looks_at_no_key(acme: Providers, headers: dict[str, str]) -> None:
    assert TestClient(create_app(acme)).get("/acme/base/open", headers=headers).status_code == 200
