"""The schedule of an open-model run: when each request is meant to be sent, whatever becomes of those before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Pace:
    """*count* requests at *rate* a second from the moment of `start`, by *clock* in seconds.

    A request that is sent late, since all connections wait, was meant to be sent at its time all the same: what it takes is
    counted from then, so that no answer that is slow makes those behind it look fast (no coordinated omission).
    """

    rate: float
    count: int
    clock: Callable[[], float]
    begun: float = field(default=0.0, init=False)

    def start(self) -> None:
        """The first request is due now."""
        self.begun = self.clock()

    def meant(self, number: int) -> float:
        """When request *number*, from 0, is meant to be sent, by the clock."""
        return self.begun + number / self.rate

    def due(self) -> int:
        """How many requests should have been sent by now."""
        # The first is due at once; a millionth of an interval is for what dividing and multiplying loses.
        return min(self.count, int((self.clock() - self.begun) * self.rate + 1e-6) + 1)

    def wait_s(self, sent: int) -> float:
        """Seconds until the request after the *sent* ones is due; 0 where it is, or where there is none."""
        return max(0.0, self.meant(sent) - self.clock()) if sent < self.count else 0.0
