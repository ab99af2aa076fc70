"""Both of uvicorn's protocols with their connection exposed: how connections end, and that nothing stays."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

import mockserver.serving
from mockserver import create_app
from mockserver.faults import connection
from mockserver.faults.connection import exposing
from mockserver.tests.wire import request
from specs import Provider

Providers = dict[str, Provider]
LIST = "/acme/base/v1/models"
PROTOCOLS = [H11Protocol, HttpToolsProtocol]
WIRE = ["CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "TRUNCATE", "SLOW_CLOSE, seconds=0.01", "DRIBBLE, seconds=0.01"]


@contextlib.asynccontextmanager
async def serving(
    providers: Providers, protocol: type[asyncio.Protocol], patience_s: float | None = 10
) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    """A server in this loop, and its port."""
    config = uvicorn.Config(create_app(providers), http=exposing(protocol), log_config=None, log_level="error")
    async with serving_by(config, patience_s) as served:
        yield served


@contextlib.asynccontextmanager
async def serving_by(config: uvicorn.Config, patience_s: float | None = 10) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    """A server in this loop as *config* has it, and its port; all of it may take *patience_s* of the loop's time."""
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    running = asyncio.ensure_future(server.serve([listener]))
    async with asyncio.timeout(patience_s):
        while not server.started:
            await asyncio.sleep(0)
        try:
            yield server, listener.getsockname()[1]
        finally:
            server.should_exit = True
            await running


async def idle(server: uvicorn.Server) -> None:
    """Ends when the server has neither a connection nor a task."""
    while server.server_state.connections or server.server_state.tasks:
        await asyncio.sleep(0)


async def get(port: int, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        return await reader.read()
    finally:
        writer.close()
        with contextlib.suppress(ConnectionResetError):
            await writer.wait_closed()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_end_of_a_connection_is_the_one_asked_for_and_nothing_is_left(
    acme: Providers, protocol: type[asyncio.Protocol], caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with serving(acme, protocol) as (server, port):
            tasks = len(asyncio.all_tasks())
            with pytest.raises(ConnectionResetError):
                await get(port, request(LIST, "fault=CONNECTION_RESET_BY_PEER"))
            assert await get(port, request(LIST, "fault=EMPTY_RESPONSE")) == b""
            for fault in WIRE[2:]:
                assert (await get(port, request(LIST, f"fault={fault}"))).startswith(b"HTTP/1.1 200 OK\r\n")
            await idle(server)
            assert len(asyncio.all_tasks()) == tasks

    asyncio.run(story())
    assert not caplog.records


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "prefer", ["fault=TIMEOUT", "delay=600000", "delay=600000, delay-at=body", "fault=SLOW_CLOSE, seconds=600"]
)
def test_when_the_client_goes_so_does_its_answer(
    acme: Providers, protocol: type[asyncio.Protocol], prefer: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with serving(acme, protocol) as (server, port):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request(LIST, prefer))
            while not server.server_state.tasks:
                await asyncio.sleep(0)
            writer.close()
            await idle(server)

    asyncio.run(story())
    assert not caplog.records


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("prefer", ["fault=TIMEOUT", "delay=600000", "fault=SLOW_CLOSE, seconds=600"])
def test_an_answer_that_never_comes_does_not_hold_up_the_end_of_the_server(
    acme: Providers, protocol: type[asyncio.Protocol], prefer: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with serving(acme, protocol) as (server, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request(LIST, prefer))
            while not server.server_state.tasks:
                await asyncio.sleep(0)
            await asyncio.sleep(0)
        await asyncio.wait_for(reader.read(), 10)
        writer.close()

    asyncio.run(story())
    assert not caplog.records


def test_a_connection_is_kept_longer_than_clients_keep_theirs(acme: Providers) -> None:
    """Else a client may send its next request when the server is closing, and nobody answers."""

    async def ask() -> float:
        config = mockserver.serving.config(create_app(acme))
        async with serving_by(config) as (server, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {LIST} HTTP/1.1\r\nHost: mock\r\n\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
            (protocol,) = server.server_state.connections
            while (timer := getattr(protocol, "timeout_keep_alive_task", None)) is None:
                await asyncio.sleep(0)
            left_s = timer.when() - asyncio.get_running_loop().time()
            writer.close()
            await writer.wait_closed()
            return float(left_s)

    assert asyncio.run(ask()) > 60


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_connection_stays_usable_after_an_answer_that_took_its_time(
    acme: Providers, protocol: type[asyncio.Protocol]
) -> None:
    async def story() -> None:
        async with serving(acme, protocol) as (_, port):
            slow = request(LIST, "fault=DRIBBLE, seconds=0.01", close=False)
            got = await get(port, slow + request(LIST, "delay=1, delay-at=body", close=False) + request(LIST))
            assert got.count(b"HTTP/1.1 200 OK\r\n") == 3

    asyncio.run(story())


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("endless", [b"x: y\r\n", b"y"], ids=["fields", "value"])
def test_a_request_without_end_is_refused_before_it_fills_the_memory(
    acme: Providers, protocol: type[asyncio.Protocol], endless: bytes
) -> None:
    sent = 0

    async def ask() -> bool:
        nonlocal sent
        async with serving(acme, protocol) as (server, port):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nx: ")
            piece = endless * (60_000 // len(endless))
            with contextlib.suppress(ConnectionError):
                async with asyncio.timeout(5):
                    while sent < 100_000_000:
                        writer.write(piece)
                        await writer.drain()
                        sent += len(piece)
            writer.close()
            await idle(server)
            return True

    assert asyncio.run(ask())
    assert sent < 100_000_000


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b""),
        (b"GET", b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"),
        (request(LIST, close=False) + b"GET / HTTP/1.1\r\nx:", b"HTTP/1.1 408 Request Timeout\r\n"),
    ],
    ids=["nothing", "first request", "second request"],
)
def test_a_request_that_does_not_come_is_not_awaited_for_ever(
    acme: Providers, sent: bytes, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEAD_S", 0.05)

    async def story() -> None:
        async with serving(acme, HttpToolsProtocol) as (server, port):
            async with asyncio.timeout(10):
                assert answer in await get(port, sent)
            await idle(server)

    asyncio.run(story())


def test_an_answer_may_take_longer_than_a_request(acme: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_S", 0.02)

    async def story() -> None:
        async with serving(acme, HttpToolsProtocol) as (_, port):
            assert (await get(port, request(LIST, "delay=60"))).startswith(b"HTTP/1.1 200 OK\r\n")

    asyncio.run(story())


def test_the_answer_to_a_request_is_not_cut_off_by_the_one_behind_it(acme: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_S", 0.02)

    async def story() -> None:
        async with serving(acme, HttpToolsProtocol) as (_, port):
            got = await get(port, request(LIST, "delay=60", close=False) + b"GET / HTTP/1.1\r\nx:")
            assert got.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"}HTTP/1.1 408 Request Timeout\r\n" in got

    asyncio.run(story())
