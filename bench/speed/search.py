"""The highest rate that a server keeps, found by halving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

CLOSE = 0.05  # how far apart a rate that is kept and one that is not may be in the end, as a share of the latter
AT_BUSY = 0.9  # a generator with so little time to spare is what limits
AT_CEILING = 0.9  # so near to the highest rate that the generator itself has shown, it may be what limits


@dataclass(frozen=True)
class Try:
    """Whether a rate was *kept*, and the share of the time for which the generator was *busy*."""

    kept: bool
    busy: float


@dataclass(frozen=True)
class Found:
    """The highest *rate* that was kept; 0 where none was. *client* says that the generator's limit may have been met first."""

    rate: float
    client: bool


def highest(attempt: Callable[[float], Try], *, guess: float, tries: int, ceiling: float | None) -> Found:
    """What *attempt* keeps, in at most *tries* of them; *guess* is what the server does in a closed model.

    *ceiling* is the highest rate that the generator is known to reach, None where it is not known: then what is found is the
    server's limit unless the generator had no time to spare.
    """
    low, high, client = 0.0, 1.25 * guess, False
    rate = 0.75 * guess
    for _ in range(tries):
        tried = attempt(rate)
        if tried.kept:
            low = rate
        else:
            high, client = rate, tried.busy >= AT_BUSY
        if high - low <= CLOSE * high:
            break
        rate = (low + high) / 2
    return Found(low, client or (ceiling is not None and low >= AT_CEILING * ceiling))
