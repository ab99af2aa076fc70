"""A Redis that a scenario stops and starts again."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.process import NoMockError

HOST = "127.0.0.1"
PROGRAMS = ("redis-server", "valkey-server")
READY_S = 10.0
MISSING = "there is no redis-server on this machine; install it (apt-get install redis-server), or valkey-server"


class RedisServer:
    """One at *url*, which keeps nothing; its files are in *folder*."""

    def __init__(self, program: str, folder: Path) -> None:
        with socket.create_server((HOST, 0)) as free:
            self._port = free.getsockname()[1]
        self._program = program
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://{HOST}:{self._port}/0"

    def start(self) -> None:
        """Starts it, and waits until it answers. Raises NoMockError."""
        options = {"port": self._port, "bind": HOST, "dir": self._folder, "save": "", "appendonly": "no"}
        command = [self._program, *(str(word) for name, value in options.items() for word in (f"--{name}", value))]
        # A session of its own, which Ctrl-C does not reach. A program of this machine with words of ours.
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - likewise
        until = time.monotonic() + READY_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise NoMockError(f"{self._program} did not start within {READY_S:g} s")
            time.sleep(0.01)

    def stop(self) -> None:
        """Ends it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection((HOST, self._port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        return False


def program() -> str | None:
    """Where Redis or Valkey is, if it is on this machine."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextlib.contextmanager
def running() -> Iterator[RedisServer]:
    """A Redis, while the block runs. Raises NoMockError where there is none."""
    found = program()
    if found is None:
        raise NoMockError(
            "there is no redis-server on this machine; install it (apt-get install redis-server), or valkey-server"
        )
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        server = RedisServer(found, Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
