"""How often OpenAI's SDKs try again, and how long they wait before, for everything that the mock says of it in an error.

What is expected was measured here, over a socket. The waits are those that an SDK asks its sleep for; none is waited.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import anyio
import openai
import pytest

from mockserver import create_app
from mockserver.testing import base_url, listening
from proof.conftest import SDK_FOLDER
from specs import load

PROVIDER, MODEL = "aihubmix", "gpt-4o-mini"  # the one that documents both operations
AHEAD_S = 10  # the mock's clock goes ahead, as a date 1 s away may be past when it arrives

Waits = tuple[tuple[float, float], ...]  # between one attempt and the next: at least and at most so many seconds
BACKOFF: Waits = ((0.375, 0.5), (0.75, 1.0))  # the SDKs' own: 0.5 s, then 1 s, each up to a quarter less
NEVER: Waits = ()


def twice(least: float, most: float | None = None) -> Waits:
    """Two waits of the same length."""
    return ((least, least if most is None else most),) * 2


@dataclass(frozen=True)
class Row:
    """What *prefer* puts into errors of *statuses*, and what the two SDKs then wait for."""

    prefer: str
    python: Waits
    node: Waits
    statuses: tuple[int, ...] = (429, 503)

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Each status with each operation, as what is called and the field Prefer."""
        return [(name, f"code={status}, {self.prefer}") for status in self.statuses for name in ("list", "retrieve")]


TABLE = [
    Row("retry-after=seconds", twice(1), twice(1)),
    Row("retry-after=0", BACKOFF, twice(0)),
    Row("retry-after=30", twice(30), twice(30)),
    Row("retry-after=60", twice(60), twice(60)),
    Row("retry-after=61", twice(61), BACKOFF),
    Row("retry-after=120", twice(120), BACKOFF),
    Row("retry-after=over-120", NEVER, BACKOFF),
    Row("retry-after=negative", BACKOFF, BACKOFF),
    Row("retry-after=fraction", twice(0.5), twice(0.5)),
    Row("retry-after=date", twice(AHEAD_S - 1, AHEAD_S + 1), twice(AHEAD_S - 1, AHEAD_S + 1)),
    Row("retry-after=past-date", BACKOFF, BACKOFF),
    Row("retry-after=garbage", BACKOFF, BACKOFF),
    Row("retry-after=missing", BACKOFF, BACKOFF),
    Row("retry-after=30, retry-after-ms=250", twice(0.25), twice(0.25)),
    Row("retry-after=missing, x-should-retry=true", BACKOFF, BACKOFF, statuses=(400, 429, 503)),
    Row("retry-after=missing, x-should-retry=false", NEVER, NEVER, statuses=(400, 429, 503)),
    Row("retry-after=over-120, x-should-retry=true", NEVER, BACKOFF),
    Row("retry-after=1", NEVER, NEVER, statuses=(400, 401, 403, 404)),
]
ROWS = pytest.mark.parametrize("row", TABLE, ids=[row.prefer for row in TABLE])


class Counting:
    """The mock, and how often each path was asked for with each Prefer."""

    def __init__(self) -> None:
        self._app = create_app({PROVIDER: load(PROVIDER)}, now=lambda: time.time() + AHEAD_S)
        self.attempts: Counter[tuple[str, str]] = Counter()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            operation = "list" if scope["path"].endswith("/models") else "retrieve"
            self.attempts[operation, dict(scope["headers"])[b"prefer"].decode()] += 1
        await self._app(scope, receive, send)


@dataclass(frozen=True)
class Gateway:
    """A mock at *base_url* that counts its requests in *attempts*."""

    base_url: str
    attempts: Counter[tuple[str, str]]


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    counting = Counting()
    with listening(counting) as url:
        yield Gateway(base_url(url, {PROVIDER: load(PROVIDER)}, PROVIDER), counting.attempts)


def check(row: Row, expected: Waits, gateway: Gateway, waited: dict[tuple[str, str], list[float]]) -> None:
    """Each call of *row* waited as expected, and sent one request more than it waited."""
    assert list(waited) == row.calls
    for call, waits in waited.items():
        assert gateway.attempts[call] == len(expected) + 1, call
        assert len(waits) == len(expected), call
        assert all(least <= wait <= most for wait, (least, most) in zip(waits, expected, strict=True)), (call, waits)


@ROWS
def test_openai_python_waits_as_measured(row: Row, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    gateway.attempts.clear()
    waited = {}

    with openai.OpenAI(base_url=gateway.base_url, api_key="sk-any") as sdk:
        for operation, prefer in row.calls:
            asking = sdk.with_options(default_headers={"Prefer": prefer})
            waits.clear()
            with pytest.raises(openai.APIStatusError):
                asking.models.list() if operation == "list" else asking.models.retrieve(MODEL)
            waited[operation, prefer] = waits.copy()

    check(row, row.python, gateway, waited)


@ROWS
def test_openai_python_waits_as_measured_when_asynchronous(row: Row, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(anyio, "sleep", sleep)
    gateway.attempts.clear()
    waited = {}

    async def story() -> None:
        async with openai.AsyncOpenAI(base_url=gateway.base_url, api_key="sk-any") as sdk:
            for operation, prefer in row.calls:
                asking = sdk.with_options(default_headers={"Prefer": prefer})
                waits.clear()
                with pytest.raises(openai.APIStatusError):
                    await (asking.models.list() if operation == "list" else asking.models.retrieve(MODEL))
                waited[operation, prefer] = waits.copy()

    anyio.run(story)

    check(row, row.python, gateway, waited)


@ROWS
def test_openai_node_waits_as_measured(row: Row, gateway: Gateway, node: str) -> None:
    gateway.attempts.clear()

    done = subprocess.run(
        [node, "retries.js", gateway.base_url, MODEL],
        cwd=SDK_FOLDER,
        input=json.dumps(row.calls),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = [each["waits"] for each in json.loads(done.stdout)]
    check(row, row.node, gateway, dict(zip(row.calls, found, strict=True)))
