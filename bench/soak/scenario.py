"""The scenarios: what each does, and how it is started."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.soak import connections, malformed, redis_restarted, sessions, slow, worker_killed
from bench.soak.run import Run


@dataclass(frozen=True)
class Scenario:
    """What *soak* does to a mock: by default for so many *seconds* at so many *connections*, and *slow* ones beside.

    Memory may grow by *growth_mib*. With *workers*, the mock has so many over a Redis.
    """

    name: str
    says: str
    soak: Callable[[Run], Awaitable[None]]
    seconds: float
    connections: int
    growth_mib: float
    slow: int = 0
    workers: int = 0


SCENARIOS = {
    each.name: each
    for each in (
        Scenario("connections", "2000 connections at once, in three rounds", connections.soak, 60, 2000, 8),
        Scenario("sessions", "ten minutes of sessions made, met by chaos, accounted for and ended", sessions.soak, 600, 200, 8),
        Scenario("slow", "500 clients that send or read an octet a second, beside fast ones", slow.soak, 100, 20, 8, slow=500),
        Scenario("malformed", "malformed HTTP from a fuzzer, beside whole requests", malformed.soak, 60, 50, 8),
        Scenario("worker-killed", "a worker is killed with SIGKILL, three times", worker_killed.soak, 40, 50, 16, workers=2),
        Scenario("redis-restarted", "Redis is stopped and started, three times", redis_restarted.soak, 42, 50, 16, workers=2),
    )
}
