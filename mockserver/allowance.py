"""The ways to count calls: a fixed window and a token bucket; a moving window has a file of its own.

Time is handed in and may stand still, jump forward and jump back. What was counted at a time that has not come yet,
as the clock was set back since, has not happened: such a window is forgotten, and so are such calls of a moving one.
A bucket keeps its tokens, and gains none until the clock goes on.
"""

from __future__ import annotations

from typing import Protocol

Allowance = tuple[bool, int, float, float]
"""What a key may do after one call: if that was allowed, how many are remaining, and two spans in seconds.

After the first one, from now, the fixed window ends, the oldest call leaves the moving one, or the bucket is full. A call
that was not allowed is allowed after the second one.
"""


class Count(Protocol):
    """One way to count."""

    def take(self, key: str, now: float) -> Allowance:
        """Counts one call of *key* when it is *now*, unless it is not allowed."""

    def forget(self, key: str) -> None:
        """Forgets all calls of *key*."""


class FixedWindow:
    """At most *requests* calls in a window of *window_s* seconds, which begins with a key's first call.

    As `FixedWindowRateLimiter` of the library `limits` counts, in a tenth of its time: most documented limits are such windows.
    """

    def __init__(self, requests: int, window_s: int) -> None:
        self._requests = requests
        self._window_s = window_s
        self._windows: dict[str, tuple[float, int]] = {}  # the start of each, and the calls that it let pass

    def take(self, key: str, now: float) -> Allowance:
        """Counts one call of *key* when it is *now*, unless it is not allowed."""
        start, calls = self._windows.get(key, (now, 0))
        if not start <= now < start + self._window_s:
            start, calls = now, 0
        allowed = calls < self._requests
        if allowed:
            calls += 1
            self._windows[key] = (start, calls)
        free_s = start + self._window_s - now
        return allowed, self._requests - calls, free_s, free_s

    def forget(self, key: str) -> None:
        """Forgets all calls of *key*."""
        self._windows.pop(key, None)


class TokenBucket:
    """A call takes a token from a bucket that holds *requests* of them; as many flow in evenly over *window_s* seconds.

    It reckons in what is missing, in tokens times *window_s*: sums and products of whole numbers with a time, so that
    nothing is rounded, and a bucket is as full as it was told it would be.
    """

    def __init__(self, requests: int, window_s: int) -> None:
        self._requests = requests
        self._window_s = window_s
        self._missing: dict[str, tuple[float, float]] = {}  # and since when

    def take(self, key: str, now: float) -> Allowance:
        """Counts one call of *key* when it is *now*, unless it is not allowed."""
        missing, since = self._missing.get(key, (0.0, now))
        missing = max(0.0, missing - max(0.0, now - since) * self._requests)
        room = (self._requests - 1) * self._window_s
        allowed = missing <= room
        if allowed:
            missing += self._window_s
        self._missing[key] = (missing, now)
        remaining = int((self._requests * self._window_s - missing) // self._window_s)
        return allowed, remaining, missing / self._requests, max(0.0, missing - room) / self._requests

    def forget(self, key: str) -> None:
        """Forgets all calls of *key*."""
        self._missing.pop(key, None)
