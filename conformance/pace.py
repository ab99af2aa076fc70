"""The pace at which requests are sent: a rate asked for, and half of what the provider documents as its limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from specs.contract import RateLimit


def quota(limit: RateLimit) -> int:
    """How much of a documented *limit* a run takes within one window: half, the rest is for the key's owner."""
    return max(1, limit.requests // 2)


@dataclass
class Pace:
    """Waits before each request as long as *rps* (requests per second) and *limit* ask for.

    *clock* counts seconds and *sleep* waits for some; both are handed in.
    """

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    rps: float | None = None
    limit: RateLimit | None = None
    _sent: deque[float] = field(default_factory=deque)

    def wait(self) -> None:
        """Returns when the next request may be sent, and counts it."""
        now = self.clock()
        due = now
        if self.rps and self._sent:
            due = max(due, self._sent[-1] + 1 / self.rps)
        if self.limit:
            allowed = quota(self.limit)
            if len(self._sent) >= allowed:
                due = max(due, self._sent[-allowed] + self.limit.window_s)
        if due > now:
            self.sleep(due - now)
        self._sent.append(max(due, now))
        while len(self._sent) > 1000:
            self._sent.popleft()
