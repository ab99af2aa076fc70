"""Malformed HTTP: requests that were spoiled by chance, beside whole ones."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from random import Random

from bench.soak.question import Question, everything
from bench.soak.run import Asking, Run

WARM = 0.2  # of the time, before memory is looked at first
WAIT_S = 0.5  # for an answer; without one, the mock waits for the rest of the request
BUFFER = 65_536
WHOLE = 5  # of so many requests one is a whole one
STATUS = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2}) ")

REQUESTS = (
    b"GET @ HTTP/1.1\r\nHost: soak\r\nAccept: */*\r\nConnection: close\r\n\r\n",
    b"GET @/a%2Fb?__size=3 HTTP/1.1\r\nHost: soak\r\nAuthorization: Bearer sk-soak\r\nConnection: close\r\n\r\n",
    b'GET @?type=llm&model=%67 HTTP/1.1\r\nHost: soak\r\nIf-None-Match: "a", W/"b"\r\nPrefer: code=200\r\n\r\n',
    b"POST /__mock/sessions HTTP/1.1\r\nHost: soak\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    b"POST @ HTTP/1.1\r\nHost: soak\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: soak\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nExpect: 100-continue\r\n\r\n",
)
"""What is spoiled; @ stands for the path of a list."""

PIECES = (
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b"\t",
    b":",
    b"%",
    b"%ff",
    b"\xff\xfe",
    b"HTTP/9.9",
    b"Content-Length: 5\r\n",
    b"Content-Length: -1\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, identity\r\n",
    b" folded: line\r\n",
    b"Host: other\r\n",
    b"A" * 70_000,
    b"X: y\r\n" * 3_000,
    b"ffffffffffffffff\r\n",
    b"http://elsewhere/",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)


def _insert(chance: Random, request: bytes) -> bytes:
    at = chance.randrange(len(request) + 1)
    return request[:at] + chance.choice(PIECES) + request[at:]


def _remove(chance: Random, request: bytes) -> bytes:
    at = chance.randrange(len(request) + 1)
    return request[:at] + request[at + chance.randrange(1, 20) :]


def _replace(chance: Random, request: bytes) -> bytes:
    at = chance.randrange(len(request) + 1)
    return request[:at] + bytes([chance.randrange(256)]) + request[at + 1 :]


def _cut(chance: Random, request: bytes) -> bytes:
    return request[: chance.randrange(len(request) + 1)]


def _repeat(chance: Random, request: bytes) -> bytes:
    return request + chance.choice(REQUESTS)


def _shuffle(chance: Random, request: bytes) -> bytes:
    lines = request.split(b"\r\n")
    chance.shuffle(lines)
    return b"\r\n".join(lines)


WAYS: tuple[Callable[[Random, bytes], bytes], ...] = (_insert, _insert, _insert, _remove, _replace, _cut, _repeat, _shuffle)


def spoiled(chance: Random, path: str) -> bytes:
    """A request, for *path* among others, that is most likely not one any more."""
    request = chance.choice(REQUESTS).replace(b"@", path.encode())
    for _ in range(chance.randrange(1, 4)):
        request = chance.choice(WAYS)(chance, request)
    return request


async def soak(run: Run) -> None:
    """Each client sends spoiled requests, each over a connection of its own, and now and then a whole one."""
    ends: Counter[str] = Counter()
    asked = everything()
    async with run.watched(), asyncio.TaskGroup() as tasks:
        for number in range(run.settings.connections):
            tasks.create_task(_client(run, asked, number, ends))
        await run.rest(run.settings.seconds * WARM)
        run.look()
    run.look()
    run.told.append(f"spoiled requests: {', '.join(f'{n} {what}' for what, n in sorted(ends.items()))}")


async def _client(run: Run, asked: Sequence[Question], number: int, ends: Counter[str]) -> None:
    chance = Random(f"{run.settings.seed}:{number}")  # noqa: S311 - lots that can be repeated, no secrets
    asking = Asking(run)
    for question in islice(cycle(asked), number, None):
        if run.is_over:
            break
        for _ in range(WHOLE - 1):
            request = spoiled(chance, question.target)
            run.sent += 1
            end = await _sent(run, request)
            ends[end] += 1
            bad = end.startswith(("lost", "5"))
            (run.lost if bad else run.answered)["spoiled"] += 1
            if bad:
                run.complain(f"{end}: {request[:200]!r}")
        await asking.ask(question)
    asking.close()


async def _sent(run: Run, request: bytes) -> str:
    """What comes of *request*: the status of an answer, or how the connection ended."""
    reader, writer = await asyncio.open_connection(run.server.host, run.server.port)
    try:
        writer.write(request)
        got = await _read(reader, WAIT_S)
        if got is None:  # it waits for the rest, which does not come
            writer.write_eof()
            got = await _read(reader, run.settings.patience_s)
            if got is None:
                return "lost: still open when the client had ended it"
    except ConnectionError:
        return "reset"
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    if not got:
        return "closed without an answer"
    status = STATUS.match(got)
    return f"{status[1].decode()}" if status else f"lost: answered by {got[:40]!r}"


async def _read(reader: asyncio.StreamReader, seconds: float) -> bytes | None:
    """The first octets that come within so many *seconds*, none at the end, or None where nothing comes."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await reader.read(BUFFER)
    return None
