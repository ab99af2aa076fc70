"""The documented limit."""

from __future__ import annotations

from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.tests.acme import GOOD
from mockserver.tests.conftest import Clock
from specs import Provider

Providers = dict[str, Provider]
LIST, ONE = "/acme/base/v1/models", "/acme/base/v1/models/coder"


def test_the_call_above_the_limit_is_429_whatever_the_operation(acme: Providers, clock: Clock) -> None:
    client = TestClient(create_app(acme, now=clock))
    statuses = [
        client.request(method, path, headers=GOOD).status_code
        for method, path in [("GET", LIST), ("HEAD", LIST), ("GET", ONE), ("GET", ONE)]
    ]

    assert statuses == [200, 200, 200, 429]


def test_retry_after_is_the_rest_of_the_window_rounded_up(acme: Providers, clock: Clock) -> None:
    client = TestClient(create_app(acme, now=clock))
    client.get(LIST, headers=GOOD)
    clock.now += 19.5
    answers = [client.get(LIST, headers=GOOD) for _ in range(3)]

    assert answers[-1].status_code == 429
    assert answers[-1].headers["retry-after"] == "41"


def test_after_retry_after_the_key_may_call_again(acme: Providers, clock: Clock) -> None:
    client = TestClient(create_app(acme, now=clock))
    refused = [client.get(LIST, headers=GOOD) for _ in range(4)][-1]
    clock.now += int(refused.headers["retry-after"])

    assert [client.get(LIST, headers=GOOD).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_just_before_the_window_ends_retry_after_is_still_one_second(acme: Providers, clock: Clock) -> None:
    client = TestClient(create_app(acme, now=clock))
    [client.get(LIST, headers=GOOD) for _ in range(3)]
    clock.now += 59.999

    assert client.get(LIST, headers=GOOD).headers["retry-after"] == "1"


def test_each_key_has_its_own_window(acme: Providers, clock: Clock) -> None:
    client = TestClient(create_app(acme, now=clock))
    [client.get(LIST, headers=GOOD) for _ in range(4)]

    assert client.get(LIST, headers={"Authorization": "Bearer sk-2"}).status_code == 200


def test_a_refused_key_uses_nothing_up(acme: Providers, clock: Clock) -> None:
    client = TestClient(create_app(acme, now=clock))
    refused = [client.get(LIST).status_code for _ in range(9)]

    assert refused == [401] * 9
    assert client.get(LIST, headers=GOOD).status_code == 200


def test_the_limit_can_be_lifted(acme: Providers, clock: Clock) -> None:
    client = TestClient(create_app(acme, rate_limit=False, now=clock))

    assert {client.get(LIST, headers=GOOD).status_code for _ in range(9)} == {200}


def test_two_mocks_count_apart(acme: Providers, clock: Clock) -> None:
    [TestClient(create_app(acme, now=clock)).get(LIST, headers=GOOD) for _ in range(3)]

    assert TestClient(create_app(acme, now=clock)).get(LIST, headers=GOOD).status_code == 200
