"""A Redis of our own, and what it counts of itself."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from redis import Redis, RedisError

from bench.speed.cores import on
from bench.speed.server import HOST, NoServerError, free_port

PROGRAMS = ("redis-server", "valkey-server")
START_S = 10.0
POLL_S = 0.01


@dataclass(frozen=True)
class Counts:
    """What Redis counted: seconds of the processor; *reads* from its sockets, each of which is a round trip of somebody.

    *scripts* that were run, *commands* with those inside of scripts; octets that came and went.
    """

    cpu_s: float = 0.0
    reads: int = 0
    scripts: int = 0
    commands: int = 0
    octets_in: int = 0
    octets_out: int = 0

    def since(self, before: Counts) -> Counts:
        """What came after *before*, but for the question itself."""
        return Counts(
            self.cpu_s - before.cpu_s,
            self.reads - before.reads - 1,
            self.scripts - before.scripts,
            self.commands - before.commands - 1,
            self.octets_in - before.octets_in,
            self.octets_out - before.octets_out,
        )


class Running:
    """A Redis that listens at *url*; *pid* is its process."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.url = f"redis://{HOST}:{port}/0"
        self._client = Redis.from_url(self.url)

    @property
    def version(self) -> str:
        """Its own."""
        return str(self._client.info("server")["redis_version"])

    def counts(self) -> Counts:
        """What it has counted until now."""
        found = self._client.info("everything")
        return Counts(
            found["used_cpu_sys"] + found["used_cpu_user"],
            found["total_reads_processed"],
            found.get("cmdstat_evalsha", {"calls": 0})["calls"],
            found["total_commands_processed"],
            found["total_net_input_bytes"],
            found["total_net_output_bytes"],
        )

    def memory_of(self, id: str) -> int:
        """Octets that all keys of the session *id* take."""
        keys = self._client.keys(f"*:{id}")
        return sum(self._client.memory_usage(key, samples=0) or 0 for key in keys)

    def empty(self) -> None:
        """Forgets all."""
        self._client.flushall()

    def close(self) -> None:
        """Closes our connection."""
        self._client.close()


def missing() -> str:
    """Why there is none to be had here; an empty string where there is."""
    return "" if _program() else f"there is no {' and no '.join(PROGRAMS)} on this machine"


@contextlib.contextmanager
def running(folder: Path, cores: frozenset[int]) -> Iterator[Running]:
    """One on *cores* that keeps nothing, while the block runs. Raises NoServerError."""
    port = free_port()
    options = {"port": port, "bind": HOST, "dir": folder, "save": "", "appendonly": "no", "logfile": folder / "redis.log"}
    command = [_program() or PROGRAMS[0], *(str(word) for name, value in options.items() for word in (f"--{name}", value))]
    environment = {"PATH": os.environ.get("PATH", os.defpath)}
    with on(cores):
        process = subprocess.Popen(  # noqa: S603 - a program of this machine, with words of ours
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
    server = Running(process.pid, port)
    try:
        _wait(process, server)
        yield server
    finally:
        server.close()
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], server: Running) -> None:
    until = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(RedisError, OSError):
            server.counts()
            return
        time.sleep(POLL_S)
    raise NoServerError(f"redis-server did not start within {START_S:.0f} s, or ended")


def _program() -> str | None:
    return next(filter(None, map(shutil.which, PROGRAMS)), None)
