"""Who gets at the admin API and at the gateways over a real socket: programs, pages of other origins, strangers."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from mockserver.testing import Mock, running
from mockserver.tests.acme import GOOD
from specs import Provider

Providers = dict[str, Provider]
TOKEN = "a-token-for-a-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LIST = "/acme/base/v1/models"
FAULTS = "/__mock/faults"


@pytest.fixture(scope="module")
def mock(acme: Providers) -> Iterator[Mock]:
    """A mock as `make mock` starts it."""
    with running(acme) as mock:
        yield mock


@pytest.fixture(scope="module")
def public(acme: Providers) -> Iterator[Mock]:
    """A mock that was told to listen to everybody; that it does not, here, makes no difference to it."""
    with running(acme, host="0.0.0.0", admin_token=TOKEN, cors=["*"]) as mock:
        yield mock


def test_a_program_on_this_machine_may_use_the_admin_api(mock: Mock) -> None:
    assert httpx2.get(f"{mock.url}{FAULTS}").status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"Host": "evil.test"},
        {"Origin": "http://evil.test"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=lambda fields: " ".join(next(iter(fields.items()))),
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_a_page_of_another_origin_may_not(mock: Mock, method: str, fields: dict[str, str]) -> None:
    answer = httpx2.request(method, f"{mock.url}{FAULTS}", headers=fields)

    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert [name for name in answer.headers if name.startswith("access-control")] == []


def test_such_a_page_may_be_served_by_the_gateways_as_ever(mock: Mock) -> None:
    answer = httpx2.get(f"{mock.url}{LIST}", headers={**GOOD, "Origin": "http://evil.test", "Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("fields", [{}, {"Authorization": "Bearer wrong"}], ids=["none", "wrong"])
def test_a_mock_for_everybody_wants_its_token(public: Mock, fields: dict[str, str]) -> None:
    answer = httpx2.get(f"{public.url}{FAULTS}", headers=fields)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert TOKEN not in answer.text


def test_with_the_token_it_opens(public: Mock) -> None:
    assert httpx2.get(f"{public.url}{FAULTS}", headers=BEARER).status_code == 200


@pytest.mark.parametrize("path", ["/__mock/health", "/", LIST])
def test_health_the_start_page_and_the_gateways_want_none(public: Mock, path: str) -> None:
    assert httpx2.get(f"{public.url}{path}", headers=GOOD).status_code == 200


def test_a_refused_body_does_not_spoil_the_connection(public: Mock) -> None:
    with httpx2.Client() as client:
        refused = client.post(f"{public.url}/__mock/sessions", content=b"x" * 300_000)

        assert refused.status_code == 401
        assert client.get(f"{public.url}/__mock/health").status_code == 200


def test_a_page_may_call_the_gateways_where_that_was_asked_for(public: Mock) -> None:
    asked = {
        "Origin": "http://app.test",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = httpx2.options(f"{public.url}{LIST}", headers=asked)
    answer = httpx2.get(f"{public.url}{LIST}", headers={**GOOD, "Origin": "http://app.test"})

    assert (preflight.status_code, preflight.headers["access-control-allow-headers"]) == (200, "authorization")
    assert (answer.headers["access-control-allow-origin"], answer.headers["access-control-expose-headers"]) == ("*", "*")


def test_and_never_the_admin_api(public: Mock) -> None:
    answer = httpx2.get(f"{public.url}{FAULTS}", headers={**BEARER, "Origin": "http://app.test"})

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
