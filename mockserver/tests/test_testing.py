"""The mock inside a test: ready when the block begins, gone when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mockserver import UsageError
from mockserver.testing import listening, running
from mockserver.tests.acme import GOOD, Folders
from mockserver.tests.wire import EOF, RST, exchange, request
from specs import Provider

Providers = dict[str, Provider]
LIST = "/acme/base/v1/models"


def address(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").rpartition(":")
    return host, int(port)


def test_it_answers_in_the_block_and_not_behind_it(acme: Providers) -> None:
    with running(acme) as mock:
        assert httpx2.get(f"{mock.url}{LIST}", headers=GOOD).status_code == 200

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address(mock.url))


def test_a_base_url_is_what_an_sdk_takes(acme: Providers) -> None:
    with running(acme) as mock:
        assert mock.base_url("acme") == f"{mock.url}/acme/base/v1"


def test_a_provider_that_it_does_not_serve_has_no_base_url(acme: Providers) -> None:
    with running(acme) as mock, pytest.raises(LookupError, match="provider 'nope': expected one of acme"):
        mock.base_url("nope")


def test_a_provider_without_a_list_for_sdks_has_no_base_url(folders: Folders) -> None:
    openapi = (folders.providers / "acme/openapi.yaml").read_text(encoding="utf-8")
    (folders.providers / "acme/openapi.yaml").write_text(openapi.replace('"id": "id"', '"id": "caps"'), encoding="utf-8")
    providers = folders.load()

    with (
        running(providers) as mock,
        pytest.raises(LookupError, match="has no list that an OpenAI SDK reads; its lists are http"),
    ):
        mock.base_url("acme")


def test_it_takes_the_options_of_the_app(acme: Providers) -> None:
    with running(acme, provider="acme", fault="EMPTY_LIST") as mock:
        assert httpx2.get(f"{mock.url}/base/v1/models", headers=GOOD).json() == {"data": []}


def test_options_that_cannot_be_used_are_refused_at_once(acme: Providers) -> None:
    with pytest.raises(UsageError, match="provider 'nope'"), running(acme, provider="nope"):
        pass


def test_faults_that_act_on_the_connection_can_be_had(acme: Providers) -> None:
    with running(acme) as mock:
        received = exchange(address(mock.url), request(LIST, "fault=CONNECTION_RESET_BY_PEER"))

    assert (received.octets, received.end) == (b"", RST)


def test_it_can_be_used_inside_a_running_loop(acme: Providers) -> None:
    async def story() -> int:
        with running(acme) as mock:
            async with httpx2.AsyncClient() as client:
                return (await client.get(f"{mock.url}{LIST}", headers=GOOD)).status_code

    assert asyncio.run(story()) == 200


def test_two_can_run_beside_each_other(acme: Providers) -> None:
    with running(acme, fault="EMPTY_LIST") as one, running(acme) as other:
        lengths = [len(httpx2.get(f"{mock.url}{LIST}", headers=GOOD).json()["data"]) for mock in (one, other)]

    assert lengths == [0, 4]


def test_whoever_is_connected_at_the_end_is_dropped(acme: Providers, caplog: pytest.LogCaptureFixture) -> None:
    sent = [request(LIST, f"fault={fault}", close=False) for fault in ("TIMEOUT", "SLOW_CLOSE, seconds=600")]
    with httpx2.Client() as pooled, running(acme) as mock:
        pooled.get(f"{mock.url}{LIST}", headers=GOOD)
        waiting = [socket.create_connection(address(mock.url), timeout=10) for _ in range(3)]
        for connection, octets in zip(waiting, sent, strict=False):
            connection.sendall(octets)
        pooled.get(f"{mock.url}{LIST}", headers=GOOD)  # so the others have begun

    ends = []
    for connection in waiting:
        with connection:
            try:
                while connection.recv(1 << 16):
                    pass
                ends.append(EOF)
            except ConnectionResetError:
                ends.append(RST)
    assert len(ends) == 3
    assert not caplog.records


@pytest.mark.parametrize("prefer", ["delay=600000", "fault=TIMEOUT", "fault=SLOW_CLOSE, seconds=600"])
def test_it_ends_in_less_than_50_ms_whatever_it_does(acme: Providers, prefer: str) -> None:
    def stop() -> float:
        with contextlib.ExitStack() as clients:
            with running(acme) as mock:
                waiting = clients.enter_context(socket.create_connection(address(mock.url)))
                waiting.sendall(request(LIST, prefer))
                pooled = clients.enter_context(httpx2.Client())
                pooled.get(f"{mock.url}{LIST}", headers=GOOD)
                began = time.perf_counter()
            return time.perf_counter() - began

    assert min(stop() for _ in range(5)) < 0.05  # the least, as other tests may keep the machine busy


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not list open files in /proc")
def test_nothing_is_left(acme: Providers) -> None:
    def stop() -> None:
        with running(acme) as mock:
            httpx2.get(f"{mock.url}{LIST}", headers=GOOD)

    def counts() -> tuple[int, int, int]:
        gc.collect()
        loops = sum(isinstance(each, asyncio.AbstractEventLoop) for each in gc.get_objects())
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), loops

    stop()
    before = counts()
    for _ in range(5):
        stop()

    assert counts() == before


def test_an_error_in_the_block_is_the_one_that_is_raised(acme: Providers) -> None:
    with pytest.raises(ZeroDivisionError), running(acme):
        raise ZeroDivisionError


def test_an_app_whose_lifespan_fails_does_not_start(caplog: pytest.LogCaptureFixture) -> None:
    async def app(_scope: Any, _receive: Callable[[], Awaitable[Any]], _send: Any) -> None:
        raise OSError("no such state")

    with pytest.raises(RuntimeError, match=r"did not start; the log of uvicorn\.error says why"), listening(app):
        pass
    assert "no such state" in caplog.text
