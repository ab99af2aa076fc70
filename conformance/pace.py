"""The pace at which requests are sent: a rate asked for, and half of what the provider documents as its limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from specs.contract import RateLimit

NOTICEABLE_S = 2.0
"""A pause of so many seconds is told to whoever watches."""


def quota(limit: RateLimit) -> int:
    """How much of a documented *limit* a run takes within one window: half, the rest is for the key's owner."""
    return max(1, limit.requests // 2)


@dataclass
class Pace:
    """Waits before each request as long as *rps* (requests per second) and *limit* ask for.

    *clock* counts seconds and *sleep* waits for some; both are handed in. *notice* is told the seconds of each
    pause that somebody at a terminal would wonder about.
    """

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    rps: float | None = None
    limit: RateLimit | None = None
    notice: Callable[[float], None] = lambda _: None
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
        self.pause(due - now)
        self._sent.append(due)
        while len(self._sent) > 1000:
            self._sent.popleft()

    def pause(self, seconds: float) -> None:
        """Waits for *seconds*, if they are more than none."""
        if seconds > NOTICEABLE_S:
            self.notice(seconds)
        if seconds > 0:
            self.sleep(seconds)
