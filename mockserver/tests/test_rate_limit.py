"""The documented limit, and that of a session."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.limiter import Strategy
from mockserver.tests.acme import GOOD
from mockserver.tests.admin import entries, mock, models, moved, opened, statuses
from mockserver.tests.conftest import Clock
from specs import Provider, load_all

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


def limit(requests: int, window_s: int, **more: Any) -> dict[str, Any]:
    return {"limit": {"requests": requests, "window_s": window_s, **more}}


@pytest.mark.parametrize("strategy", [each.value for each in Strategy])
def test_a_session_counts_in_its_own_way(acme: Providers, clock: Clock, strategy: str) -> None:
    client = mock(acme, now=clock)
    session = opened(client, **limit(2, 60, strategy=strategy))
    moved(client, session, freeze=True)
    found = statuses(client, session, 3)
    moved(client, session, advance_s=30)
    found += statuses(client, session, 2)
    moved(client, session, advance_s=30)

    late = {"fixed-window": [429, 429], "moving-window": [429, 429], "token-bucket": [200, 429]}[strategy]
    last = {"fixed-window": [200, 200, 429], "moving-window": [200, 200, 429], "token-bucket": [200, 429, 429]}[strategy]
    assert found == [200, 200, 429, *late]
    assert statuses(client, session, 3) == last


def test_a_session_counts_for_each_key_or_for_all_together(acme: Providers) -> None:
    client = mock(acme)
    found = []
    for per in ("key", "session"):
        session = opened(client, **limit(1, 60, per=per))
        found.append([statuses(client, session, 1, Authorization=f"Bearer {key}")[0] for key in ("sk-1", "sk-2", "sk-1")])

    assert found == [[200, 200, 429], [200, 429, 429]]


@pytest.mark.parametrize(
    ("profile", "fields"),
    [
        (
            "openai",
            [
                ("x-ratelimit-limit-requests", ["2", "2", "2"]),
                ("x-ratelimit-remaining-requests", ["1", "0", "0"]),
                ("x-ratelimit-reset-requests", ["1m0s", "1m0s", "1m0s"]),
            ],
        ),
        (
            "ietf",
            [
                ("ratelimit-policy", ['"default";q=2;w=60'] * 3),
                ("ratelimit", ['"default";r=1;t=60', '"default";r=0;t=60', '"default";r=0;t=60']),
            ],
        ),
    ],
    ids=["openai", "ietf"],
)
def test_answers_of_200_and_429_tell_what_is_left(
    acme: Providers, clock: Clock, profile: str, fields: list[tuple[str, list[str]]]
) -> None:
    client = mock(acme, now=clock)
    session = opened(client, **limit(2, 60, headers=profile))
    answers = [client.get(models(session), headers=GOOD) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert [each.headers.get("retry-after") for each in answers] == [None, None, "60"]
    for name, values in fields:
        assert [each.headers[name] for each in answers] == values


def test_without_a_profile_200_tells_nothing(acme: Providers) -> None:
    client = mock(acme)
    answer = client.get(models(opened(client, **limit(2, 60))), headers=GOOD)

    assert [name for name in answer.headers if "ratelimit" in name or name == "retry-after"] == []


def test_whoever_does_not_wait_waits_longer_where_there_is_a_penalty(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, **limit(1, 60, penalty_s=10))
    moved(client, session, freeze=True)
    answers = [client.get(models(session), headers=GOOD) for _ in range(4)]
    moved(client, session, advance_s=80)
    patience = client.get("/__mock/verify/retry-after", headers={"X-Mock-Session": session["id"]}).json()

    assert [each.headers.get("retry-after") for each in answers] == [None, "60", "70", "80"]
    assert patience["result"] == "early"
    assert statuses(client, session, 1) == [200]


def test_the_journal_names_the_limit_as_the_cause(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, **limit(1, 60))
    statuses(client, session, 2)

    assert [each["cause"] for each in entries(client, session)] == ["recording", "rate-limit"]


def test_a_limit_of_a_session_counts_the_calls_to_all_providers_together() -> None:
    client = mock(load_all())
    session = opened(client, **limit(2, 60, per="session"))["id"]
    paths = ("/zenmux/api/v1/models", "/openkey/v1/models", "/yutoai/v1/models")

    assert [client.get(f"/s/{session}{path}", headers=GOOD).status_code for path in paths] == [200, 200, 429]
