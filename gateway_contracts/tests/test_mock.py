"""``gateway-contracts mock`` is the mock server, with the exit codes of this command."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

import specs

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def started() -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """The mock on a free port, and what it said of itself as JSON."""
    command = [sys.executable, "-m", "gateway_contracts", "mock", "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process, json.loads(process.stdout.readline())
        process.kill()


def test_it_says_as_json_where_each_gateway_is(started: tuple[subprocess.Popen[str], Any]) -> None:
    _, said = started

    assert [each["id"] for each in said["providers"]] == list(specs.load_all())
    assert said["admin_token"] is None
    assert httpx2.get(f"{said['url']}/__mock/health").status_code == 200


def test_ctrl_c_ends_it_well(started: tuple[subprocess.Popen[str], Any]) -> None:
    process, _ = started
    process.send_signal(signal.SIGINT)

    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--providers", "/nowhere/at/all"], 4, "/nowhere/at/all"),
        (["--mutant", "NO-SUCH-01/mutant"], 4, "NO-SUCH-01/mutant"),
        (["--port", "{taken}"], 1, "the port is taken"),
    ],
)
def test_what_it_cannot_do_is_one_sentence(words: list[str], code: int, sentence: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "gateway_contracts", "mock", *(each.replace("{taken}", port) for each in words)]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert sentence in done.stderr
