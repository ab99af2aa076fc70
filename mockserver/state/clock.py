"""The clock of a session, as a value: real time, moved or standing still."""

from __future__ import annotations

from typing import NamedTuple


class Clock(NamedTuple):
    """*offset_s* seconds off real time; or standing still at *frozen_at*, in seconds since 1970."""

    offset_s: float = 0.0
    frozen_at: float | None = None

    def at(self, real: float) -> float:
        """What it shows when it is *real* (both in seconds since 1970)."""
        return real + self.offset_s if self.frozen_at is None else self.frozen_at

    def frozen(self, at: float) -> Clock:
        """This clock, standing still at *at*."""
        return Clock(self.offset_s, at)

    def running(self, real: float) -> Clock:
        """This clock, going on from what it shows when it is *real*."""
        return self if self.frozen_at is None else Clock(self.frozen_at - real)

    def advanced(self, seconds: float) -> Clock:
        """This clock, moved by *seconds*."""
        if self.frozen_at is not None:
            return Clock(self.offset_s, self.frozen_at + seconds)
        return Clock(self.offset_s + seconds)


REAL = Clock()
