"""The rate limit: what may be asked of it, as a value; and what counts calls and says of each whether it exceeds it."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple, Self

from mockserver.allowance import Count, FixedWindow, TokenBucket
from mockserver.faults.rate_limit_headers import PROFILES
from specs.contract import RateLimit

MAX_KEYS = 10_000  # of one limiter
MAX_REQUESTS = 1_000_000
MAX_MOVING_REQUESTS = 1_000  # in a moving window, which keeps the time of each
MAX_WINDOW_S = 86_400
MAX_PENALTY_S = 3_600  # also of what penalties add up to
PER = ("key", "session")


class Strategy(enum.Enum):
    """How calls are counted."""

    FIXED_WINDOW = "fixed-window"
    MOVING_WINDOW = "moving-window"
    TOKEN_BUCKET = "token-bucket"  # noqa: S105 - no password


_MOST_REQUESTS = {
    Strategy.FIXED_WINDOW: MAX_REQUESTS,
    Strategy.MOVING_WINDOW: MAX_MOVING_REQUESTS,
    Strategy.TOKEN_BUCKET: MAX_REQUESTS,
}


@dataclass(frozen=True)
class Limit:
    """At most *requests* calls within *window_s* seconds, for each *per*, counted by *strategy*.

    *headers* is the profile of the fields that tell how much is left; ``none`` adds nothing. With *penalty_s* a call
    before the end of the wait that was announced is refused, and the rest of the wait grows by so many seconds.
    """

    requests: int
    window_s: int
    strategy: Strategy = Strategy.FIXED_WINDOW
    per: str = "key"
    headers: str = "none"
    penalty_s: int = 0

    @classmethod
    def of(cls, documented: RateLimit) -> Self:
        """The limit that a contract documents: a fixed window for each key."""
        return cls(documented.requests, documented.window_s)

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Self:
        """The limit in the JSON object *value*; raises ValueError, with a sentence, for anything else."""
        known = [each.name for each in fields(cls)]
        for name in value:
            if name not in known:
                raise ValueError(f"limit: found the member {name!r:.40}, expected some of {', '.join(known)}.")
        strategy = Strategy(_choice(value, "strategy", "fixed-window", tuple(each.value for each in Strategy)))
        return cls(
            _whole(value, "requests", least=1, most=_MOST_REQUESTS[strategy]),
            _whole(value, "window_s", least=1, most=MAX_WINDOW_S),
            strategy,
            _choice(value, "per", "key", PER),
            _choice(value, "headers", "none", PROFILES),
            _whole(value, "penalty_s", least=0, most=MAX_PENALTY_S, default=0),
        )

    def json(self) -> dict[str, Any]:
        """What `read` reads."""
        return {**asdict(self), "strategy": self.strategy.value}


class Verdict(NamedTuple):
    """What the limiter says of one call: if it is *allowed*, and how many are *remaining*.

    *reset_s* is in how many seconds more are allowed, or as many as ever; *wait_s* is what a refused call is told to wait
    (at least 1), None where the call is allowed. *early_s* is how long before the end of the wait that was told last
    this call came, None if it did not.
    """

    allowed: bool
    remaining: int
    reset_s: int
    wait_s: int | None
    early_s: float | None


class Limiter:
    """Counts the calls of each key against *limit*; of more than MAX_KEYS, the one that called longest ago is forgotten."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._count = _COUNTS[limit.strategy](limit.requests, limit.window_s)
        self._told: dict[str, tuple[float, int] | None] = {}  # when, and to wait how long; in order of the last calls

    def hit(self, key: str, now: float) -> Verdict:
        """Counts one call of *key*, a digest, when it is *now* (seconds from any origin).

        Time may also stand still or go back: no wait is ever longer than the window and MAX_PENALTY_S.
        """
        told = self._told.pop(key, None)
        early_s = None if told is None or not told[0] <= now < sum(told) else sum(told) - now
        if early_s is not None and self._limit.penalty_s:
            wait_s = math.ceil(min(early_s + self._limit.penalty_s, self._limit.window_s + MAX_PENALTY_S))
            verdict = Verdict(allowed=False, remaining=0, reset_s=wait_s, wait_s=wait_s, early_s=early_s)
        else:
            allowed, remaining, reset_s, free_s = self._count.take(key, now)
            wait = None if allowed else _whole_seconds(free_s)
            verdict = Verdict(allowed, remaining, _whole_seconds(reset_s), wait, early_s)
        if len(self._told) == MAX_KEYS:
            oldest = next(iter(self._told))
            del self._told[oldest]
            self._count.forget(oldest)
        self._told[key] = None if verdict.wait_s is None else (now, verdict.wait_s)
        return verdict


def _moving_window(requests: int, window_s: int) -> Count:
    from mockserver.moving_window import MovingWindow  # noqa: PLC0415 - its library takes long to import

    return MovingWindow(requests, window_s)


_COUNTS: Mapping[Strategy, Callable[[int, int], Count]] = {
    Strategy.FIXED_WINDOW: FixedWindow,
    Strategy.MOVING_WINDOW: _moving_window,
    Strategy.TOKEN_BUCKET: TokenBucket,
}


def _whole_seconds(span_s: float) -> int:
    return math.ceil(span_s) or 1  # of no time at all too


def _whole(value: Mapping[str, Any], name: str, *, least: int, most: int, default: int | None = None) -> int:
    found = value.get(name, default)
    if type(found) is not int or not least <= found <= most:  # true and false are int too
        what = f"found {found!r:.40}" if name in value else "it is missing"
        raise ValueError(f"limit: {name}: {what}, expected a whole number from {least} to {most}.")
    return found


def _choice(value: Mapping[str, Any], name: str, default: str, choices: tuple[str, ...]) -> str:
    found = value.get(name, default)
    for choice in choices:
        if found == choice:
            return choice
    raise ValueError(f"limit: {name}: found {found!r:.40}, expected one of {', '.join(choices)}.")
