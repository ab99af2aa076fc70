"""A real redis-server for tests, which ends with them and keeps nothing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MISSING = "there is no redis-server on this machine: install it (apt-get install redis-server), or valkey-server"
READY_S = 10.0
PATIENCE = "?socket_timeout=30"  # a machine may have much else to do


class RedisServer:
    """A server at a socket in *folder*, and at a port if it has one; it can be stopped, frozen and started again."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self._folder = folder
        self._port = port
        self.path = folder / "redis.sock"
        self.impatient_url = f"redis://127.0.0.1:{port}/0" if port else f"unix://{self.path}"
        self.url = f"{self.impatient_url}{PATIENCE}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        options = {
            "port": self._port,
            "bind": "127.0.0.1",
            "unixsocket": self.path,
            "dir": self._folder,
            "save": "",
            "appendonly": "no",
            "logfile": self._folder / "log",
        }
        command = [program(), *(str(word) for name, value in options.items() for word in (f"--{name}", value))]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = (self._folder / "log").read_text("utf-8") if (self._folder / "log").exists() else ""
                raise RuntimeError(f"redis-server did not start within {READY_S:g} seconds:\n{log}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Ends it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self.path))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False


def program() -> str:
    """The server's path; skips the test where there is none, and fails it in CI."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None and os.environ.get("CI"):
        pytest.fail(MISSING)
    return found or pytest.skip(MISSING)


@contextmanager
def running(folder: Path, port: int = 0) -> Iterator[RedisServer]:
    """A server that runs while the context is open."""
    server = RedisServer(folder, port)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    """A port of this machine that nothing listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
