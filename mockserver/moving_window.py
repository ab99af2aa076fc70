"""The moving window, which the library `limits` counts, with a storage that is handed the time.

It is imported when the first such limit is asked for, as the library takes as long to import as most of the mock.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right

from limits import RateLimitItemPerSecond
from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter

from mockserver.allowance import Allowance


class Windows(Storage, MovingWindowSupport):
    """Where `limits` keeps what it counts. `limits.storage.MemoryStorage` reads the clock itself and starts threads.

    It is *now* until somebody assigns another time. Whoever uses it forgets keys, so that they do not add up.
    """

    STORAGE_SCHEME = None  # never looked up by a URI
    base_exceptions = OSError  # what a failing storage raises; memory does not fail

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._counts: dict[str, tuple[int, float, int]] = {}  # the count of a fixed window, its start and its length
        self._calls: dict[str, array[float]] = {}  # those in a moving window, the oldest first

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Counts *amount* more for *key*, in a new window of *expiry* seconds if none is open; gives the count."""
        count, start = self._open(key)
        self._counts[key] = (count + amount, start, expiry)
        return count + amount

    def get(self, key: str) -> int:
        """The count of *key* in its open window, or 0."""
        return self._open(key)[0]

    def get_expiry(self, key: str) -> float:
        """When the open window of *key* ends; now, if none is open."""
        count, start = self._open(key)
        return start + self._counts[key][2] if count else start

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Counts *amount* more for *key*, unless the last *expiry* seconds have more than *limit* then; gives if it did."""
        calls = self._within(key, expiry)
        if len(calls) + amount > limit:
            return False
        calls.extend([self.now] * amount)
        self._calls[key] = calls
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002 - as limits calls it
        """The time of the oldest call of *key* in the last *expiry* seconds (now, if there is none), and how many there are."""
        calls = self._within(key, expiry)
        return (calls[0] if calls else self.now), len(calls)

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forgets all keys; gives their number."""
        count = len(self._counts) + len(self._calls)
        self._counts.clear()
        self._calls.clear()
        return count

    def clear(self, key: str) -> None:
        """Forgets *key*."""
        self._counts.pop(key, None)
        self._calls.pop(key, None)

    def _open(self, key: str) -> tuple[int, float]:
        """The count and the start of the open window of *key*, or of the one that would begin now."""
        count, start, length = self._counts.get(key, (0, self.now, 0))
        return (count, start) if start <= self.now < start + length else (0, self.now)

    def _within(self, key: str, length: int) -> array[float]:
        """The calls of *key* that are still in its moving window, those at its very end no more."""
        calls = self._calls.get(key) or array("d")
        del calls[bisect_right(calls, self.now) :]
        del calls[: bisect_right(calls, self.now, key=lambda call: call + length)]
        return calls


class MovingWindow:
    """At most *requests* calls in any span of *window_s* seconds."""

    def __init__(self, requests: int, window_s: int) -> None:
        self._item = RateLimitItemPerSecond(requests, window_s)
        self._windows = Windows()
        self._limiter = MovingWindowRateLimiter(self._windows)

    def take(self, key: str, now: float) -> Allowance:
        """Counts one call of *key* when it is *now*, unless it is not allowed."""
        self._windows.now = now
        allowed = self._limiter.hit(self._item, key)
        reset_time, remaining = self._limiter.get_window_stats(self._item, key)
        return allowed, remaining, reset_time - now, reset_time - now

    def forget(self, key: str) -> None:
        """Forgets all calls of *key*."""
        self._limiter.clear(self._item, key)
