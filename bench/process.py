"""The mock as a process of its own: started, measured, stopped."""

from __future__ import annotations

import compileall
import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.speed.tree import PROC, Tree

CHECKOUT = Path(__file__).resolve().parents[1]
STOPPING_S = 10
_SPAWNED = b"spawn_main"  # stands in the command line of a worker
_READY = re.compile(r"^Ready at http://([^:/]+):(\d+)/", re.MULTILINE)


def compile_modules() -> None:
    """Writes the bytecode of this project's modules that is not up to date, as installing does: no start makes it then."""
    for package in ("specs", "mockserver", "conformance", "bench"):
        compileall.compile_dir(CHECKOUT / package, quiet=2)


@dataclass(frozen=True)
class Mock:
    """A mock that listens on *host* and *port*; *pid* is its process, or that which started its workers."""

    pid: int
    host: str
    port: int

    @property
    def url(self) -> str:
        """Its root."""
        return f"http://{self.host}:{self.port}"

    @property
    def memory(self) -> int:
        """Octets of memory that it has (resident set size), workers and all."""
        return sum(map(_memory, Tree(self.pid).processes))

    @property
    def files(self) -> int:
        """How many file descriptors it has open, workers and all."""
        return sum(map(_files, Tree(self.pid).processes))

    @property
    def workers(self) -> list[int]:
        """The ids of its workers, if it has any."""
        return [pid for pid in Tree(self.pid).processes if _SPAWNED in _command(pid)]


class NoMockError(Exception):
    """The mock did not start or did not end as it should; the message says how."""


@contextlib.contextmanager
def mock(arguments: Sequence[str], stderr: IO[bytes]) -> Iterator[Mock]:
    """``python -m mockserver`` with *arguments* on a free port, while the block runs; raises NoMockError.

    It has a session of its own, so that Ctrl-C ends the measuring and not what is measured, and all its processes are found.
    """
    command = [sys.executable, "-m", "mockserver", "--port", "0", *arguments]
    # No shell, and nothing that a stranger wrote.
    with subprocess.Popen(  # noqa: S603 - likewise
        command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True
    ) as process:
        try:
            yield _ready(process)
            process.send_signal(signal.SIGTERM)
            if process.wait(STOPPING_S) != 0:
                raise NoMockError(f"the mock ended with {process.returncode}, expected 0")
        except subprocess.TimeoutExpired:
            raise NoMockError(f"the mock did not end within {STOPPING_S} s of SIGTERM") from None
        finally:
            process.kill()


def _ready(process: subprocess.Popen[str]) -> Mock:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    printed = ""
    for line in process.stdout:
        printed += line
        found = _READY.search(printed)
        if found:
            return Mock(process.pid, found[1], int(found[2]))
    raise NoMockError(f"the mock did not start: {printed.strip() or 'stderr says why'}")


def _memory(pid: int) -> int:
    with contextlib.suppress(OSError):  # it has just ended
        return int((PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _files(pid: int) -> int:
    with contextlib.suppress(OSError):  # likewise
        return len(os.listdir(PROC / str(pid) / "fd"))  # noqa: PTH208 - only counted
    return 0


def _command(pid: int) -> bytes:
    with contextlib.suppress(OSError):  # likewise
        return (PROC / str(pid) / "cmdline").read_bytes()
    return b""
