"""What a fleet does, by the cost of a request: as much as whatever is used up first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.scaling.cost import Cost

LINK = 10e9 / 8
"""Octets a second that a machine's network carries each way, assumed: 10 Gbit/s."""

WORKERS, PROCESSOR, NETWORK = "the workers", "Redis' processor", "Redis' network"


@dataclass(frozen=True)
class Fleet:
    """So many *replicas* of one worker each, with a core each, that are asked for as much as they can do.

    A request has the *cost*; *sharing* says whether they share a Redis, which has one core for its commands and a link.
    """

    cost: Cost
    replicas: int
    sharing: bool

    @property
    def limits(self) -> Mapping[str, float]:
        """Requests a second that each part could do if it were the only one."""
        cost, limits = self.cost, {WORKERS: self.replicas * 1e6 / self.cost.worker_us}
        if self.sharing:
            limits[PROCESSOR] = 1e6 / cost.redis_us
            limits[NETWORK] = LINK / max(cost.said, cost.told)
        return limits

    @property
    def rate(self) -> float:
        """Requests a second."""
        return min(self.limits.values())

    @property
    def limited_by(self) -> str:
        """What is used up first."""
        return min(self.limits, key=lambda name: self.limits[name])

    def used(self, part: str) -> float:
        """The share of this *part* that is used at that rate; 0 of what they do without."""
        return self.rate / self.limits[part] if part in self.limits else 0.0

    @property
    def answered(self) -> float:
        """Octets a second that go to clients."""
        return self.rate * self.cost.answered


def fills_redis(cost: Cost) -> float:
    """How many workers that are busy all the time keep one Redis busy."""
    return cost.worker_us / cost.redis_us
