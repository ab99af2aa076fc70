"""The rate limit of a gateway: the fixed window of the library `limits`, over counters that know a clock of ours.

`limits.storage.MemoryStorage` reads `time.time` itself and starts threads; a storage of our own keeps time handed in.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

from limits import RateLimitItemPerSecond
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from specs.contract import RateLimit

MAX_KEYS = 10_000  # keys with an open window at once; a few megabytes


class Counters(Storage):
    """Counts in memory, each until its window ends; for windows of one length.

    Of more than MAX_KEYS keys, that with the oldest window is forgotten first.
    """

    STORAGE_SCHEME = None  # never looked up by a URI
    base_exceptions = OSError  # what a failing storage raises; memory does not fail

    def __init__(self, clock: Callable[[], float]) -> None:
        """*clock* gives seconds from any origin, never going back."""
        super().__init__()
        self._clock = clock
        self._windows: dict[str, tuple[int, float]] = {}  # count and end, in order of the ends

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Counts *amount* more for *key*, in a new window of *expiry* seconds if none is open; gives the count."""
        count, end = self._open(key)
        if key not in self._windows and len(self._windows) == MAX_KEYS:
            del self._windows[next(iter(self._windows))]
        self._windows[key] = (count + amount, end if count else self._clock() + expiry)
        return count + amount

    def get(self, key: str) -> int:
        """The count of *key* in its open window, or 0."""
        return self._open(key)[0]

    def get_expiry(self, key: str) -> float:
        """When the open window of *key* ends; now, if none is open."""
        return self._open(key)[1]

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forgets all keys; gives their number."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        """Forgets *key*."""
        self._windows.pop(key, None)

    def _open(self, key: str) -> tuple[int, float]:
        now = self._clock()
        while self._windows:  # windows that ended are dropped here, so that many keys do not add up
            oldest = next(iter(self._windows))
            if self._windows[oldest][1] > now:
                break
            del self._windows[oldest]
        return self._windows.get(key, (0, now))


class Limiter:
    """Says for each call of a key whether it exceeds *limit*; of the keys it keeps digests."""

    def __init__(self, limit: RateLimit, clock: Callable[[], float]) -> None:
        self._item = RateLimitItemPerSecond(limit.requests, limit.window_s)
        self._clock = clock
        self._window = FixedWindowRateLimiter(Counters(clock))

    def hit(self, key: str) -> int | None:
        """Counts one call of *key*: None if it may pass, else the whole seconds until its window ends (at least 1)."""
        digest = hashlib.sha256(key.encode()).hexdigest()
        if self._window.hit(self._item, digest):
            return None
        return max(1, math.ceil(self._window.get_window_stats(self._item, digest).reset_time - self._clock()))
