"""The clock of a session in the admin API: shown, stopped, moved, set back to real time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mockserver.admin.body import json_body
from mockserver.admin.chosen import own_session
from mockserver.errors import UsageError
from mockserver.state.clock import REAL, Clock
from mockserver.state.store import Store

LATEST = 4_102_444_800  # seconds since 1970; every date that a clock leads to can be written far beyond


@dataclass(frozen=True)
class Clocks:
    """Handlers over *store*; *now* gives seconds since 1970."""

    store: Store
    now: Callable[[], float]

    async def show(self, request: Request) -> Response:
        """``GET /__mock/clock``."""
        return self._shown(await self.store.clock(own_session(request)))

    async def move(self, request: Request) -> Response:
        """``POST /__mock/clock``: first ``reset``, then ``freeze``, then ``advance_s``."""
        session = own_session(request)
        asked = await json_body(request, "ClockChange")
        clock = REAL if asked.get("reset") else await self.store.clock(session)
        real = self.now()
        freeze = asked.get("freeze")
        if freeze is False:
            clock = clock.running(real)
        elif freeze is not None:
            clock = clock.frozen(clock.at(real) if freeze is True else _seconds(freeze))
        passed_s = asked.get("advance_s", 0)
        clock = clock.advanced(passed_s)
        shown = clock.at(real)
        if not 0 <= shown <= LATEST:
            raise UsageError(f"The clock would show {shown:.0f} seconds since 1970, expected 0 to {LATEST}, which is in 2100")
        await self.store.set_clock(session, clock, passed_s)
        return self._shown(clock)

    def _shown(self, clock: Clock) -> Response:
        now = clock.at(self.now())
        return JSONResponse(
            {
                "now": now,
                "date": datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "frozen": clock.frozen_at is not None,
                "offset_s": now - self.now() if clock.frozen_at is not None else clock.offset_s,
            }
        )


def _seconds(moment: float | str) -> float:
    """*moment* in seconds since 1970; a text is a date of RFC 3339."""
    if not isinstance(moment, str):
        return moment
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        valid = "true, false, seconds since 1970 or a date such as 2026-01-31T12:00:00Z"
        raise UsageError(f"The body at /freeze: found {moment!r}, expected {valid}")
    return found.timestamp()
