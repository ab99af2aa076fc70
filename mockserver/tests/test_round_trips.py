"""How often a request goes to Redis, by what Redis itself counts: at most once, whatever it needs of the state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from redis import Redis as Client

from mockserver.state import line
from mockserver.testing import running
from mockserver.tests import redis_server
from mockserver.tests.acme import GOOD
from mockserver.tests.redis_server import RedisServer
from specs import Provider

LIST, OPEN = "/acme/base/v1/models", "/acme/base/open"
REQUESTS = 50
LIMIT = {"requests": 30, "window_s": 60}
SEQUENCE = {"steps": [{"prefer": "code=429"}, {"times": 2}], "on_end": "loop"}
CHAOS = {"rates": {"429": 0.3, "500": 0.3}}
STRATEGIES = ("fixed-window", "moving-window", "token-bucket")
EVERYTHING = {"limit": LIMIT, "sequences": [SEQUENCE], "chaos": CHAOS}

SESSIONS: dict[str, Mapping[str, Any]] = {
    "a session that only has its journal": {"limit": False},
    **{f"a limit by {name}": {"limit": {**LIMIT, "strategy": name}} for name in STRATEGIES},
    "a sequence": {"limit": False, "sequences": [SEQUENCE]},
    "chaos": {"limit": False, "chaos": CHAOS},
    "a fault on every answer": {"limit": False, "fault": "EMPTY_LIST"},
    "all of it": EVERYTHING,
}


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server.running(tmp_path, redis_server.free_port()) as server:
        yield server


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for company waits as long as a slow machine may take for the next request."""
    monkeypatch.setattr(line, "COMPANY_S", 10.0)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many commands went together, for each time that anything was sent to Redis."""
    together, batches = line.Line._together, []

    async def counted(self: line.Line, commands: list[line.Words]) -> list[Any]:
        batches.append(len(commands))
        return await together(self, commands)

    monkeypatch.setattr(line.Line, "_together", counted)
    return batches


class RoundTrips:
    """Counts how often Redis has read something since it was last asked."""

    def __init__(self, redis: RedisServer) -> None:
        self._client = Client.from_url(redis.url)
        self._before = 0
        self.since()

    def since(self) -> int:
        """How often that was; its own question does not count."""
        before, self._before = self._before, self._client.info("stats")["total_reads_processed"]
        return self._before - before - 1


def walk(client: httpx2.Client, path: str, requests: int) -> None:
    for _ in range(requests):
        client.get(path, headers=GOOD)


@pytest.mark.parametrize("settings", SESSIONS.values(), ids=SESSIONS)
def test_a_request_in_a_session_takes_one_round_trip(
    acme: dict[str, Provider], redis: RedisServer, sent: list[int], settings: Mapping[str, Any]
) -> None:
    with running(acme, state=redis.url) as mock, httpx2.Client(base_url=mock.url, timeout=60) as client:
        session = client.post("/__mock/sessions", json=settings).json()["id"]
        walk(client, f"/s/{session}{LIST}", 1)  # Redis is told the scripts
        trips = RoundTrips(redis)
        sent.clear()
        walk(client, f"/s/{session}{LIST}", REQUESTS)
        taken, batches = trips.since(), list(sent)
        read = client.get("/__mock/journal", params={"session": session}).json()

    assert taken / REQUESTS == 1
    assert len(batches) == taken
    assert read["total"] == REQUESTS + 1


@pytest.mark.parametrize("path", [LIST, OPEN], ids=["counted by the documented limit", "that needs no state"])
def test_a_request_outside_of_sessions_takes_one_round_trip(acme: dict[str, Provider], redis: RedisServer, path: str) -> None:
    with running(acme, state=redis.url) as mock, httpx2.Client(base_url=mock.url, timeout=60) as client:
        walk(client, path, 1)
        trips = RoundTrips(redis)
        walk(client, path, REQUESTS)
        taken = trips.since()
        read = client.get("/__mock/journal").json()

    assert taken / REQUESTS == 1
    assert read["total"] == REQUESTS + 1


def test_many_at_once_share_their_round_trips(acme: dict[str, Provider], redis: RedisServer) -> None:
    with (
        running(acme, state=redis.url) as mock,
        ThreadPoolExecutor(8) as threads,
        httpx2.Client(base_url=mock.url, timeout=60) as client,
    ):
        session = client.post("/__mock/sessions", json=EVERYTHING).json()["id"]
        walk(client, f"/s/{session}{LIST}", 1)
        trips = RoundTrips(redis)
        for each in [threads.submit(walk, client, f"/s/{session}{LIST}", REQUESTS) for _ in range(8)]:
            each.result()
        taken = trips.since()
        read = client.get("/__mock/journal", params={"session": session}).json()

    assert taken <= 8 * REQUESTS
    assert read["total"] == 8 * REQUESTS + 1


def test_the_journal_of_a_request_is_written_soon_where_no_other_follows(
    acme: dict[str, Provider], redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "COMPANY_S", 0.001)
    with running(acme, state=redis.url) as one, running(acme, state=redis.url) as two, httpx2.Client(timeout=60) as client:
        client.get(f"{one.url}{OPEN}")
        read = client.get(f"{two.url}/__mock/journal").json()

    assert read["total"] == 1
