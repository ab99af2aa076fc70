"""What one request costs, and what requests of several kinds cost together."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import astuple, dataclass

from bench.scaling.seen import Seen, Sights


@dataclass(frozen=True)
class Cost:
    """Of one request: microseconds of a worker's processor and of Redis', scripts run there, round trips to it, octets.

    *said* are those sent to Redis, *told* those that came from there, *asked* and *answered* those of the client.
    """

    worker_us: float
    redis_us: float
    scripts: float
    trips: float
    said: float
    told: float
    asked: float
    answered: float


def cost(sights: Sights, setup: str, kind: str) -> Cost:
    """What a request of this *kind* costs, as the median of all rounds. Raises LookupError where nothing was seen."""
    each = [_of(seen) for seen in sights.of(setup, kind)]
    if not each:
        raise LookupError(f"nothing was seen of {kind} traffic ({setup})")
    return Cost(*(statistics.median(figures) for figures in zip(*map(astuple, each), strict=True)))


def _of(seen: Seen) -> Cost:
    redis, requests = seen.redis, seen.load.requests
    return Cost(
        worker_us=seen.worker_us,
        redis_us=redis.cpu_s * 1e6 / requests,
        scripts=redis.scripts / requests,
        trips=redis.reads / requests,
        said=redis.octets_in / requests,
        told=redis.octets_out / requests,
        asked=seen.asked_octets,
        answered=seen.load.octets / requests,
    )


def mixed(costs: Mapping[str, Cost], shares: Mapping[str, float]) -> Cost:
    """A request out of traffic in which each kind has its share; the sum of the *shares* is 1."""
    weighted = ([share * figure for figure in astuple(costs[kind])] for kind, share in shares.items())
    return Cost(*map(sum, zip(*weighted, strict=True)))
