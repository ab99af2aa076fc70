"""An open-model generator: requests at a fixed rate over HTTP/1.1, each timed from when it was meant to be sent.

One thread with epoll and nothing between, as it has to be faster than the servers: what it cannot send is its own limit.
"""

from __future__ import annotations

import contextlib
import gc
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.speed.contestant import Request
from bench.speed.framing import LAST_CHUNK, Framing, is_last
from bench.speed.pace import Pace
from bench.speed.server import HOST

BOUND_S = 0.01  # what 99 % of the answers have to be within
TOO_LATE = f"more than 1 % of the answers took over {BOUND_S * 1000:.0f} ms"
READ = 1 << 20  # octets
HEAD = 4096  # octets within which the head of an answer ends
PATIENCE_S = 10.0
_SPIN_S = 0.002  # epoll counts in milliseconds, so what is due sooner is waited for by asking again and again


@dataclass(frozen=True)
class Opened:
    """What came of it: *sent* requests, with *answered* of them before it was given up for *broken*, if that says anything.

    *p50_us* and *p99_us* are microseconds from when a request was meant to be sent to the end of its answer; *busy* is the
    share of the time for which the generator itself had work to do.
    """

    rate: float
    sent: int
    answered: int
    p50_us: float
    p99_us: float
    busy: float
    broken: str = ""

    @property
    def kept(self) -> bool:
        """Whether all were answered, and 99 % of them within `BOUND_S`."""
        return not self.broken and self.p99_us <= BOUND_S * 1e6


class _Run:
    def __init__(self, sockets: list[socket.socket], octets: bytes, framing: Framing, pace: Pace) -> None:
        self._sockets = {each.fileno(): each for each in sockets}
        self._free = list(self._sockets)
        self._octets = octets
        self._framing = framing
        self._pace = pace
        self._meant: dict[int, float] = {}
        # Of answers that a connection is in the middle of: how many octets are to come, or the last ones of those in chunks.
        self._left: dict[int, int | bytes] = {}
        self._buffer = bytearray(READ)
        self._view = memoryview(self._buffer)
        self._late = 0
        self.sent = 0
        self.waited = 0.0
        self.took: list[float] = []

    def run(self) -> str:
        """Sends all, and reads all; says why not, where it was given up."""
        poll = select.epoll()
        for fd in self._sockets:
            poll.register(fd, select.EPOLLIN)
        clock, pace = self._pace.clock, self._pace
        with contextlib.closing(poll):
            pace.start()
            heard = clock()
            while len(self.took) < pace.count:
                if self._late > pace.count // 100:
                    return TOO_LATE
                try:
                    self._send(pace.due())
                    asked = clock()
                    events = poll.poll(self._timeout())
                    now = clock()
                    self.waited += now - asked
                    if events:
                        heard = now
                    elif now - heard > PATIENCE_S:
                        return f"nothing for {PATIENCE_S:.0f} s"
                    for fd, _ in events:
                        self._read(fd)
                except (ValueError, OSError) as error:
                    return str(error)
        return ""

    def _send(self, due: int) -> None:
        free, meant, pace = self._free, self._meant, self._pace
        while free and self.sent < due:
            fd = free.pop()
            meant[fd] = pace.meant(self.sent)
            self._sockets[fd].send(self._octets)
            self.sent += 1

    def _timeout(self) -> float:
        if not self._free:
            return 1.0
        wait = self._pace.wait_s(self.sent) if self.sent < self._pace.count else 1.0
        return wait - _SPIN_S / 2 if wait > _SPIN_S else 0.0

    def _read(self, fd: int) -> None:
        count = self._sockets[fd].recv_into(self._buffer)
        if not count:
            raise ConnectionError("the server closed a connection")
        left = self._left.get(fd)
        if left is None:
            left = self._framing.left(bytes(self._view[: min(count, HEAD)]), count)
            if left is None:
                left = b""
        elif isinstance(left, int):
            left -= count
        if isinstance(left, bytes):
            left = (left + self._view[max(0, count - len(LAST_CHUNK)) : count])[-len(LAST_CHUNK) :]
            if is_last(left):
                left = 0
        if left == 0:
            self._left.pop(fd, None)
            took = self._pace.clock() - self._meant.pop(fd)
            self._late += took > BOUND_S
            self.took.append(took)
            self._free.append(fd)
        else:
            self._left[fd] = left


def opened(port: int, request: Request, *, rate: float, seconds: float, connections: int) -> Opened:
    """What comes of *request* at *rate* a second for *seconds*, on so many *connections* at most at once."""
    octets = _written(port, request)
    count = max(1, round(rate * seconds))
    with _connected(port, connections) as sockets:
        try:
            framings = [_asked(each, octets) for each in sockets]
        except (ValueError, OSError) as error:
            return Opened(rate, 0, 0, 0.0, 0.0, 0.0, str(error))
        pace = Pace(rate, count, time.perf_counter)
        run = _Run(sockets, octets, framings[0], pace)
        gc.disable()
        try:
            broken = run.run()
        finally:
            gc.enable()
        lasted = time.perf_counter() - pace.begun
    took = sorted(run.took)
    p50, p99 = percentile(took, 50) * 1e6, percentile(took, 99) * 1e6
    return Opened(rate, run.sent, len(took), p50, p99, 1 - run.waited / lasted, broken)


def percentile(ordered: list[float], share: int) -> float:
    """The smallest of the *ordered* values that *share* percent of them do not exceed; 0 where there are none."""
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)] if ordered else 0.0


def _written(port: int, request: Request) -> bytes:
    fields = {"Host": f"{HOST}:{port}", **request.fields}
    lines = [f"GET {request.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


@contextlib.contextmanager
def _connected(port: int, count: int) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_connection((HOST, port), PATIENCE_S)) for _ in range(count)]
        for each in sockets:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield sockets


def _asked(connection: socket.socket, octets: bytes) -> Framing:
    """How the answers on *connection* are framed, by a first one; afterwards it never blocks."""
    connection.sendall(octets)
    answer, framing = b"", None
    while framing is None or not _whole(framing, answer):
        came = connection.recv(READ)
        if not came:
            raise ConnectionError("the server closed a connection")
        answer += came
        framing = framing or Framing.of(answer)
    connection.settimeout(0)  # from now on it never blocks
    return framing


def _whole(framing: Framing, answer: bytes) -> bool:
    left = framing.left(answer[:HEAD], len(answer))
    return is_last(answer) if left is None else left == 0
