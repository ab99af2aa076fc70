"""The pace at which requests are sent: a rate asked for, half of the documented limit, and what the target says of it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.allowance import Allowance
from specs.contract import RateLimit

LONGEST_S = 60.0
"""What a target asks for beyond this is not waited for: the run says so instead."""

SCARCE = 0.2
"""Below this share of its limit a target is asked more slowly, so that what is left lasts until there is more."""

NOTICEABLE_S = 2.0
"""A pause of so many seconds is told to whoever watches."""


def quota(limit: RateLimit) -> int:
    """How much of a documented *limit* a run takes within one window: half, the rest is for the key's owner."""
    return max(1, limit.requests // 2)


@dataclass
class Host:
    """When something was last sent to one host, whoever sent it."""

    sent_at: float = -math.inf


@dataclass
class Pace:
    """Waits before each request as long as *rps* (requests per second) and *limit* ask for.

    *clock* counts seconds and *sleep* waits for some; both are handed in. *notice* is told the seconds of each
    pause that somebody at a terminal would wonder about. Several paces may be for one *host*, whose rate is that of all.
    """

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    rps: float | None = None
    limit: RateLimit | None = None
    notice: Callable[[float], None] = lambda _: None
    host: Host = field(default_factory=Host)
    _sent: deque[float] = field(default_factory=deque)
    _held_until: float = 0.0
    _used_up: bool = False

    def heed(self, allowance: Allowance | None) -> None:
        """Takes note of what the last answer said of the target's limit; None leaves things as they were."""
        if allowance is None:
            return
        self._used_up = allowance.remaining == 0
        scarce = allowance.share < SCARCE
        share = allowance.reset_s / (allowance.remaining + 1) if scarce else 0.0
        # A share that is too long to wait for is not worth a run; there is still something left.
        held = share if self._used_up or share <= LONGEST_S else 0.0
        self._held_until = self.clock() + held

    @property
    def due_in(self) -> float:
        """The seconds until the next request may be sent."""
        return max(0.0, self._due() - self.clock())

    @property
    def refusal(self) -> str:
        """Why the next request should not be waited for; an empty string when it can be."""
        wait = self._held_until - self.clock()
        if self._used_up and wait > LONGEST_S:
            return f"the target says that its limit is used up for {wait:.0f} s more"
        return ""

    def wait(self) -> None:
        """Returns when the next request may be sent, and counts it."""
        now = self.clock()
        due = max(now, self._due())
        self.pause(due - now)
        self.host.sent_at = due
        self._sent.append(due)
        while len(self._sent) > 1000:
            self._sent.popleft()

    def _due(self) -> float:
        due = self._held_until
        if self.rps:
            due = max(due, self.host.sent_at + 1 / self.rps)
        if self.limit:
            allowed = quota(self.limit)
            if len(self._sent) >= allowed:
                due = max(due, self._sent[-allowed] + self.limit.window_s)
        return due

    def pause(self, seconds: float) -> None:
        """Waits for *seconds*, if they are more than none."""
        if seconds > NOTICEABLE_S:
            self.notice(seconds)
        if seconds > 0:
            self.sleep(seconds)
