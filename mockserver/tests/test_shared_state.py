"""Two mocks over one Redis, asked over real sockets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from mockserver.testing import running
from mockserver.tests import redis_server
from mockserver.tests.acme import GOOD
from mockserver.tests.redis_server import RedisServer
from specs import Provider

LIST, OPEN = "/acme/base/v1/models", "/acme/base/open"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server.running(tmp_path, redis_server.free_port()) as server:
        yield server


def test_two_mocks_keep_one_limit_and_one_journal(acme: dict[str, Provider], redis: RedisServer) -> None:
    with running(acme, state=redis.url) as one, running(acme, state=redis.url) as two, httpx2.Client() as client:
        settings = {"provider": "acme", "limit": {"requests": 60, "window_s": 60, "strategy": "moving-window"}}
        session = client.post(f"{one.url}/__mock/sessions", json=settings).json()["id"]
        roots = [f"{mock.url}/s/{session}" for mock in (one, two)]
        statuses = Counter(client.get(f"{root}{LIST}", headers=GOOD).status_code for root in roots * 31)
        journals = [client.get(f"{mock.url}/__mock/journal?session={session}&limit=100").json() for mock in (one, two)]

    assert statuses == {200: 60, 429: 2}
    assert [journal["total"] for journal in journals] == [62, 62]


def test_a_setting_changed_at_one_mock_counts_at_the_other_too(acme: dict[str, Provider], redis: RedisServer) -> None:
    with running(acme, state=redis.url) as one, running(acme, state=redis.url) as two, httpx2.Client() as client:
        session = client.post(f"{one.url}/__mock/sessions", json={"limit": False}).json()["id"]
        before = client.get(f"{two.url}/s/{session}{LIST}", headers=GOOD)
        client.patch(f"{one.url}/__mock/sessions/{session}", json={"chaos": {"rates": {"429": 1}}})
        client.patch(f"{two.url}/__mock/sessions/{session}", json={"seed": 7})
        after = [client.get(f"{mock.url}/s/{session}{LIST}", headers=GOOD).status_code for mock in (one, two)]

    assert (before.status_code, after) == (200, [429, 429])


def test_without_redis_what_needs_state_is_503_and_the_rest_is_served(acme: dict[str, Provider], redis: RedisServer) -> None:
    with running(acme, state=redis.url) as mock, httpx2.Client() as client:
        limited = [client.get(f"{mock.url}{LIST}", headers=GOOD)]
        redis.stop()
        limited.append(client.get(f"{mock.url}{LIST}", headers=GOOD))
        refused = client.get(f"{mock.url}{LIST}")
        sessions = client.post(f"{mock.url}/__mock/sessions")
        redis.start()
        limited.append(client.get(f"{mock.url}{LIST}", headers=GOOD))

    assert [answer.status_code for answer in limited] == [200, 503, 200]
    assert "The state at redis://127.0.0.1:" in limited[1].json()["detail"]
    assert limited[1].headers["retry-after"] == "1"
    assert (refused.status_code, sessions.status_code) == (401, 503)
