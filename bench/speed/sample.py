"""What is seen of a contestant, once: the values from which all figures are made."""

from __future__ import annotations

from dataclasses import dataclass

from bench.speed.tree import Memory

BUSY = 0.95  # of a core: more is all of it, but for what starting and stopping takes


@dataclass(frozen=True)
class Load:
    """What a closed-model generator saw: each of its connections sends the next request when it has the answer.

    *octets* are of answers with their heads; *p50_us* and *p99_us* of what whole answers took in microseconds; *wrong* counts
    those with a status from 400, and what went wrong with a connection. *busy* is the share of the time for which the generator
    had the processor: it has one core, so at 1 it is what limits.
    """

    requests: int
    seconds: float
    octets: int
    p50_us: float
    p99_us: float
    wrong: int
    busy: float


@dataclass(frozen=True)
class Closed:
    """A *load* of *traffic* on *connections* in *round*, for which the server took *cpu_s* seconds of the processor."""

    contestant: str
    traffic: str
    connections: int
    round: int
    load: Load
    cpu_s: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.load.requests / self.load.seconds

    @property
    def client(self) -> bool:
        """Whether the rate is the generator's limit: it had no time to spare, and the server had."""
        return self.load.busy >= BUSY > self.cpu_s / self.load.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of the processor that a request took."""
        return self.cpu_s / self.load.requests * 1e6 if self.load.requests else 0.0


@dataclass(frozen=True)
class Highest:
    """The highest *rate* of *traffic* with p99 under the bound; *client* says that the generator's own limit was met first."""

    contestant: str
    traffic: str
    round: int
    rate: float
    client: bool


@dataclass(frozen=True)
class Life:
    """One start of a contestant: seconds to the first 200, memory before any load, after the first, after the last."""

    contestant: str
    round: int
    started_s: float
    idle: Memory
    first: Memory
    last: Memory
