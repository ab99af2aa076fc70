"""Clients that send or read an octet now and then, beside fast ones."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import cycle

from bench.soak.question import Question, everything
from bench.soak.run import Asking, Run

ALONE = 0.2  # of the time, in which there are fast ones only
LARGE = 1000  # models that those get who read slowly: more than what the systems between hold
BUFFER = 4096  # octets that their system takes
PATIENCE_S = 60  # that the mock has at least with one whose system takes nothing, as it does while there is little room

Way = Callable[[Run, socket.socket, str], Awaitable[str]]
"""What a slow client does to a connection for a target, and what came of it in words."""


async def soak(run: Run) -> None:
    """Fast clients all the time; slow ones, a third of whom read slowly, after a while."""
    asked = everything()
    waits: dict[str, list[float]] = {"alone": [], "beside": []}
    ends: Counter[str] = Counter()
    async with run.watched(), asyncio.TaskGroup() as tasks:
        fast = [
            tasks.create_task(_fast(run, question, waits))
            for question, _ in zip(cycle(asked), range(run.settings.connections), strict=False)
        ]
        await run.rest(run.settings.seconds * ALONE)
        run.look()
        ways = zip(cycle((_read, _write, _write_on)), range(run.settings.slow), strict=False)
        slow = [tasks.create_task(_slow(run, way, asked[0].target, ends)) for way, _ in ways]
        await asyncio.wait([*fast, *slow])
    await asyncio.sleep(0.5)  # for the mock to see that they are gone
    run.look()
    run.told += [f"fast clients {name}: {_shown(each)}" for name, each in waits.items() if len(each) > 1]
    run.told.append(f"slow clients: {', '.join(f'{n} {what}' for what, n in ends.items()) or 'none'}")


async def _fast(run: Run, question: Question, waits: dict[str, list[float]]) -> None:
    asking = Asking(run)
    while not run.is_over:
        before = time.monotonic()
        await asking.ask(question)
        waits["alone" if run.seconds < run.settings.seconds * ALONE else "beside"].append(time.monotonic() - before)
    asking.close()


async def _slow(run: Run, way: Way, target: str, ends: Counter[str]) -> None:
    """One slow client after the other, until the time is over."""
    while not run.is_over:
        with contextlib.closing(_socket()) as connection:
            await asyncio.get_running_loop().sock_connect(connection, (run.server.host, run.server.port))
            run.sent += 1
            end = await way(run, connection, target)
        ends[end] += 1
        (run.lost if end.startswith("lost") else run.answered)[end] += 1


def _socket() -> socket.socket:
    connection = socket.socket()
    connection.settimeout(0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    return connection


async def _write(run: Run, connection: socket.socket, target: str) -> str:
    """Sends a request by single octets, fast enough for the mock to wait for all of it."""
    ended, answer = await _sent(run, connection, f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    if ended:
        return "sent slowly and answered" if answer.startswith(b"HTTP/1.1 200 ") else f"lost: sent slowly, got {answer[:40]!r}"
    return "lost: refused, though it came in time" if answer else "still sent slowly in the end"


async def _write_on(run: Run, connection: socket.socket, target: str) -> str:
    """Sends a request by single octets that does not end in time."""
    ended, answer = await _sent(run, connection, f"GET {target} HTTP/1.1\r\nX: {'x' * 10_000}\r\n\r\n".encode())
    if answer:
        known = not ended and answer.startswith(b"HTTP/1.1 408 ")
        return "sent too slowly and refused with 408" if known else f"lost: sent too slowly, got {answer[:40]!r}"
    return "lost: sent too slowly, and closed" if ended else "still sent slowly in the end"


async def _sent(run: Run, connection: socket.socket, request: bytes) -> tuple[bool, bytes]:
    """Whether all of *request* was sent, and what came back."""
    loop = asyncio.get_running_loop()
    coming = asyncio.ensure_future(loop.sock_recv(connection, BUFFER))
    try:
        for octet in request:
            if run.is_over or coming.done():
                return False, await coming if coming.done() else b""
            await loop.sock_sendall(connection, bytes([octet]))
            await run.rest(run.settings.pace_s)
        async with asyncio.timeout(run.settings.patience_s):
            return True, await coming
    except (ConnectionError, TimeoutError) as error:
        return True, type(error).__name__.encode()
    finally:
        coming.cancel()


async def _read(run: Run, connection: socket.socket, target: str) -> str:
    """Asks for much, and reads it by single octets."""
    loop = asyncio.get_running_loop()
    request = f"GET {target} HTTP/1.1\r\nHost: soak\r\nPrefer: size={LARGE}\r\nAuthorization: Bearer sk-soak\r\n\r\n"
    await loop.sock_sendall(connection, request.encode())
    expected = b"HTTP/1.1 200 "
    got = b""
    asked = time.monotonic()
    while not run.is_over:
        try:
            async with asyncio.timeout(run.settings.patience_s):
                octet = await loop.sock_recv(connection, 1)
        except (ConnectionError, TimeoutError) as error:
            if isinstance(error, ConnectionResetError) and time.monotonic() - asked >= PATIENCE_S:
                return "read too slowly and left"
            return f"lost while read slowly: {type(error).__name__}"
        got = (got + octet)[: len(expected)]
        if not octet or not expected.startswith(got):
            return "lost while read slowly: another answer"
        await run.rest(run.settings.pace_s)
    return "still read slowly in the end"


def _shown(waits: list[float]) -> str:
    parts = statistics.quantiles(waits, n=100)
    middle, late, last = (f"{each * 1e3:.0f} ms" for each in (parts[49], parts[98], max(waits)))
    return f"{len(waits)} answers, half of them after {middle}, 99 % after {late}, all after {last}"
