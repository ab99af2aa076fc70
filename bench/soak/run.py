"""One run of a scenario: what was sent, answered and lost so far, and the memory of the mock."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from bench.account import AS_RECORDED, seen
from bench.client import Connection, Form, Received
from bench.process import Mock
from bench.soak.question import KEY, Question
from bench.soak.redis_server import RedisServer

MIB = 1 << 20
LOOK_S = 2.0
MOST_WRONG = 10


@dataclass(frozen=True)
class Settings:
    """How long and how hard: *connections* at once for *seconds*, all choices drawn from *seed*.

    No answer may take longer than *patience_s*, and memory may grow by *growth* octets. So many *slow* clients wait
    *pace_s* for each octet. With *workers*, the mock has so many over a Redis.
    """

    seconds: float
    connections: int
    seed: int
    patience_s: float
    growth: float
    slow: int = 0
    pace_s: float = 1.0
    workers: int = 0


@dataclass
class Run:
    """What is seen of *server*, until it *took* so many seconds.

    *meant* are the losses that the scenario makes itself, *lost* all others. *memory* is that of all processes of
    the mock, in octets, by seconds since the run began.
    """

    server: Mock
    settings: Settings
    redis: RedisServer | None = None
    sent: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    meant: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    memory: dict[float, int] = field(default_factory=dict)
    most_memory: int = 0
    told: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    stopped: bool = False
    took: float = 0.0
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long it runs."""
        return time.monotonic() - self.began

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be sent."""
        return self.stopped or self.seconds >= self.settings.seconds

    @property
    def growth(self) -> int:
        """Octets of memory that came since the first look."""
        looks = list(self.memory.values())
        return looks[-1] - looks[0] if looks else 0

    def stop(self) -> None:
        """Sends no more; what was sent is still to be answered."""
        self.stopped = True

    def look(self) -> None:
        """Looks at the memory of the mock."""
        self.memory[self.seconds] = self.server.memory
        self.most_memory = max(self.most_memory, *self.memory.values())

    def complain(self, sentence: str) -> None:
        """Says what is wrong, unless enough was said."""
        if len(self.wrong) < MOST_WRONG:
            self.wrong.append(sentence)

    async def rest(self, seconds: float) -> None:
        """Waits so many seconds, or until the run is over."""
        until = min(self.seconds + seconds, self.settings.seconds)
        while not self.stopped and self.seconds < until:
            await asyncio.sleep(min(0.1, max(0.0, until - self.seconds)))

    @contextlib.asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Sees the most memory that the mock has while the block runs."""

        async def watch() -> None:
            while True:
                self.most_memory = max(self.most_memory, self.server.memory)
                await asyncio.sleep(LOOK_S)

        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(watch())
            yield
            watching.cancel()


class Asking:
    """A client of a run, with one connection after the other, which asks and counts."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._connection = Connection(run.server.host, run.server.port, patience_s=run.settings.patience_s, keep_alive=True)
        self.asked = math.inf
        """When the last request was sent, in seconds of the run; none yet."""

    async def ask(self, question: Question, excuse: Callable[[Received], str | None] = lambda _: None) -> Received:
        """Asks for *question*. What is not answered as recorded is lost, unless there is an *excuse* for it."""
        self._run.sent += 1
        received = await self.send("GET", question.target)
        excused = excuse(received)
        if seen(received, question.recordings) == AS_RECORDED:
            self._run.answered[str(received.status)] += 1
        elif excused is not None:
            self._run.meant[excused] += 1
        else:
            self._run.lost[_told(received)] += 1
        return received

    async def send(self, method: str, target: str, content: bytes = b"") -> Received:
        """What arrives for one request."""
        self.asked = self._run.seconds
        try:
            return await self._connection.send(method, target, KEY, content)
        except OSError:
            return Received(Form.RESET)

    async def open(self) -> None:
        """Connects. Raises OSError when nobody listens."""
        await self._connection.open()

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()


def _told(received: Received) -> str:
    """What a client says of an answer that is not the right one."""
    return str(received.form.value) if received.form is not Form.WHOLE else f"{received.status}, not as recorded"
