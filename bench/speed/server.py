"""A contestant as processes: started, timed until its first 200, stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.speed.contestant import Request
from bench.speed.cores import on
from bench.speed.tree import Tree

HOST = "127.0.0.1"
START_S = 60.0
STOP_S = 5.0
POLL_S = 0.002
PATIENCE_S = 30.0
_LAST_LINES = 5


class NoServerError(Exception):
    """It did not start, or stopped; the message says what it printed."""


@dataclass(frozen=True)
class Server:
    """It listens on *port*; its first 200 came *started_s* seconds after it was started."""

    port: int
    tree: Tree
    started_s: float


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    fields: Mapping[str, str]
    content: bytes


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
    return port


def get(port: int, request: Request) -> Got:
    """What *request* is answered. Raises OSError or HTTPException where that is no HTTP."""
    with contextlib.closing(HTTPConnection(HOST, port, timeout=PATIENCE_S)) as connection:
        connection.request("GET", request.path, headers=dict(request.fields))
        answer = connection.getresponse()
        return Got(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


@contextlib.contextmanager
def serving(
    command: Sequence[str],
    *,
    port: int,
    first: Request,
    folder: Path,
    environment: Mapping[str, str],
    cores: frozenset[int],
) -> Iterator[Server]:
    """*command* on *cores*, while the block runs, once it answers *first* with 200.

    It has a session of its own, by which all its processes are found, and which Ctrl-C does not reach. Raises NoServerError.
    """
    printed = folder / "printed.txt"
    with printed.open("wb") as output, on(cores):
        begun = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - what this project's own table says
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait(process, port, first, printed)
        yield Server(port, Tree(process.pid), time.perf_counter() - begun)
        if process.poll() is not None:
            raise NoServerError(f"it ended by itself with {process.returncode}{_tail(printed)}")
    finally:
        _stop(process)


def _wait(process: subprocess.Popen[bytes], port: int, first: Request, printed: Path) -> None:
    until = time.perf_counter() + START_S
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise NoServerError(f"it ended with {process.returncode} before it answered{_tail(printed)}")
        with contextlib.suppress(OSError, HTTPException):
            if get(port, first).status == 200:
                return
        time.sleep(POLL_S)
    raise NoServerError(f"it gave no 200 within {START_S:.0f} s{_tail(printed)}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends all processes of the session, also those that outlive the first of them."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_S)
    for pid in Tree(process.pid).processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def _tail(printed: Path) -> str:
    lines = printed.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-_LAST_LINES:]
    return f"; it printed: {' / '.join(lines)[:500]}" if lines else ", and printed nothing"
