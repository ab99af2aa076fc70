"""Clients that stop sending or reading in the middle, over real sockets, where time goes on when the test says so."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine

import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.faults.connection import PAUSE_S
from mockserver.tests.test_connection import LIST, idle, serving
from mockserver.tests.wire import request
from specs import Provider

Providers = dict[str, Provider]
PROTOCOLS = [H11Protocol, HttpToolsProtocol]
SESSION = b'{"ttl_s": 100, "provider": "acme"}'
HELD = 4096

pytestmark = pytest.mark.parametrize("protocol", PROTOCOLS)
Protocol = type[asyncio.Protocol]


class Loop(asyncio.SelectorEventLoop):
    """A loop whose time is ahead of the real one by as many seconds as a test says."""

    ahead_s = 0.0

    def time(self) -> float:
        return super().time() + self.ahead_s


def told(story: Coroutine[None, None, None]) -> None:
    """Runs *story* in a loop whose time can be set ahead; ends it after half a minute of real time."""

    async def bounded() -> None:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(story)
        guard = threading.Timer(30, lambda: loop.call_soon_threadsafe(task.cancel))
        guard.start()
        try:
            await task
        finally:
            guard.cancel()

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(bounded())


async def passes(seconds: float) -> None:
    """So much time goes by, and what is due then is done."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Loop)
    loop.ahead_s += seconds
    for _ in range(20):
        await asyncio.sleep(0)


async def reads(connection: socket.socket) -> bytes:
    """What comes until the mock closes *connection*."""
    octets = b""
    while part := await asyncio.get_running_loop().sock_recv(connection, 1 << 20):
        octets += part
    return octets


async def connected(port: int, held: int = HELD) -> socket.socket:
    """A connection to the mock, of whose answers the client's system holds so many octets, about."""
    connection = socket.socket()
    connection.settimeout(0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, held)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
    return connection


def large(size: int, *, close: bool) -> bytes:
    """A request for so many octets."""
    return request(LIST, f"fault=HUGE, size={size}", close=close)


async def holding_little(server: uvicorn.Server) -> None:
    """Lets the mock's system hold little of its answers, too."""
    while not server.server_state.connections:
        await asyncio.sleep(0)
    for each in server.server_state.connections:
        each.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, HELD)


def waiting(server: uvicorn.Server) -> int:
    """How many octets wait for clients to read on."""
    return sum(each.transport.get_write_buffer_size() for each in server.server_state.connections)


def posted(content: bytes) -> bytes:
    head = "POST /__mock/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode()


def test_content_that_does_not_go_on_for_a_minute_is_awaited_no_longer(acme: Providers, protocol: Protocol) -> None:
    async def story() -> None:
        async with serving(acme, protocol, None) as (server, port):
            with await connected(port) as connection:
                await asyncio.get_running_loop().sock_sendall(connection, posted(SESSION) + SESSION[:3])
                while not server.server_state.tasks:
                    await asyncio.sleep(0)
                await passes(PAUSE_S + 1)

                assert (await reads(connection)).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
            await idle(server)

    told(story())


def test_content_may_take_as_long_as_it_goes_on(acme: Providers, protocol: Protocol) -> None:
    async def story() -> None:
        async with serving(acme, protocol, None) as (server, port):
            with await connected(port) as connection:
                await asyncio.get_running_loop().sock_sendall(connection, posted(SESSION))
                while not server.server_state.tasks:
                    await asyncio.sleep(0)
                for octet in SESSION:
                    await passes(PAUSE_S * 0.8)
                    await asyncio.get_running_loop().sock_sendall(connection, bytes([octet]))

                assert (await reads(connection)).startswith(b"HTTP/1.1 201 Created\r\n")

    told(story())


def test_a_connection_whose_client_was_answered_and_stops_sending_on_is_closed_as_if_nobody_asked(
    acme: Providers, protocol: Protocol
) -> None:
    async def story() -> None:
        async with serving(acme, protocol, None) as (server, port):
            with await connected(port) as connection:
                loop = asyncio.get_running_loop()
                asked = f"GET {LIST} HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer sk-1\r\nContent-Length: 9\r\n\r\n"
                await loop.sock_sendall(connection, asked.encode())
                assert (await loop.sock_recv(connection, 1 << 20)).startswith(b"HTTP/1.1 200 OK\r\n")
                (served,) = server.server_state.connections
                while (before := getattr(served, "timeout_keep_alive_task", None)) is None:
                    await asyncio.sleep(0)
                await loop.sock_sendall(connection, b"a")
                while getattr(served, "timeout_keep_alive_task", None) in (before, None):
                    await asyncio.sleep(0)
                await passes(PAUSE_S + 1)

                assert b"408" not in await reads(connection)
            await idle(server)

    told(story())


@pytest.mark.parametrize("prefer", ["fault=TIMEOUT", "delay=600000", "delay=9, delay-at=body", "fault=DRIBBLE, seconds=600"])
def test_an_answer_that_takes_its_time_is_not_cut_short_by_content_that_does_not_come(
    acme: Providers, protocol: Protocol, prefer: str
) -> None:
    async def story() -> None:
        async with serving(acme, protocol, None) as (server, port):
            with await connected(port) as connection:
                asked = request(LIST, prefer)[:-2] + b"Content-Length: 9\r\n\r\n"
                await asyncio.get_running_loop().sock_sendall(connection, asked)
                while not server.server_state.tasks:
                    await asyncio.sleep(0)
                for _ in range(3):
                    await passes(PAUSE_S + 1)
                assert server.server_state.tasks
                if prefer == "fault=TIMEOUT":
                    return
                await passes(PAUSE_S * 10)
                got = asyncio.ensure_future(reads(connection))
                while not got.done():
                    await passes(PAUSE_S)

                assert got.result().startswith(b"HTTP/1.1 200 OK\r\n")
                assert b"408" not in got.result()[:20]

    told(story())


@pytest.mark.parametrize(("size", "times"), [(6_000_000, 1), (20_000, 99)], ids=["much waits", "little waits"])
def test_a_client_that_reads_nothing_for_a_minute_is_left(acme: Providers, protocol: Protocol, size: int, times: int) -> None:
    """Also where less waits than servers usually let wait, which is 64 KiB."""

    async def story() -> None:
        async with serving(acme, protocol, None) as (server, port):
            with await connected(port) as connection:
                await holding_little(server)
                await asyncio.get_running_loop().sock_sendall(connection, large(size, close=False) * times)
                while not waiting(server):
                    await asyncio.sleep(0)
                assert times == 1 or waiting(server) < 65_536
                for _ in range(2):  # the system may have taken some at first
                    await passes(PAUSE_S + 1)
                await idle(server)

                with pytest.raises(ConnectionResetError):
                    await reads(connection)

    told(story())


def test_a_client_may_read_as_long_as_it_goes_on(acme: Providers, protocol: Protocol) -> None:
    async def story() -> None:
        async with serving(acme, protocol, None) as (server, port):
            with await connected(port, 1 << 18) as connection:
                await holding_little(server)
                loop = asyncio.get_running_loop()
                await loop.sock_sendall(connection, large(2_000_000, close=True))
                got, pauses = b"", 0
                while not waiting(server):
                    await asyncio.sleep(0)
                while before := waiting(server):
                    while waiting(server) == before:
                        got += await loop.sock_recv(connection, 10_000)
                    await passes(PAUSE_S * 0.8)
                    pauses += 1
                got += await reads(connection)

                head, _, content = got.partition(b"\r\n\r\n")
                assert f"content-length: {len(content)}".encode() in head
                assert pauses > 3

    told(story())
