"""Several processes that serve at one address, over a state that they share.

Each has a socket of its own there, and the kernel divides the connections among the sockets. On one socket for all, whichever
worker wakes up first takes the whole burst of connections that a client's pool opens, and answers on them alone ever after.
The process that started the workers keeps all sockets open: a connection to a worker that died waits for the next one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from multiprocessing import parent_process, resource_tracker
from multiprocessing.connection import wait
from pathlib import Path

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

READY_S = 60  # how long a worker may take to start
COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # where the library prometheus-client looks for the folder of the workers' counts


class Workers(Multiprocess):
    """Starts a worker for each of *listeners*, and another one for each that dies; *ready* is called when all serve."""

    def __init__(self, config: uvicorn.Config, listeners: list[socket.socket], counts: Path, ready: Callable[[], None]) -> None:
        super().__init__(config, listeners)
        self._counts = counts
        self._ready = ready
        self.served = False
        self.failed = False

    def init_processes(self) -> None:
        """Starts them, and waits until they serve or a signal says to stop."""
        self.processes = [self._started(listener) for listener in self.sockets]
        if all(map(self._serves, self.processes)):
            self.served = True
            self._ready()
        elif not self.should_exit.is_set():
            self.failed = True
            self.should_exit.set()

    def keep_subprocess_alive(self) -> None:
        """Replaces those that died, each by one that serves from the same socket; ends all where one cannot start."""
        for place, process in enumerate(self.processes):
            if self.should_exit.is_set() or process.is_alive(self.config.timeout_worker_healthcheck):
                continue
            process.kill()  # if it hangs
            process.join()
            if process.pid is not None:
                from mockserver.exposition import forget_worker  # noqa: PLC0415 - see there

                forget_worker(process.pid, self._counts)
            if process.exitcode == STARTUP_FAILURE:
                self.should_exit.set()
            else:
                self.processes[place] = self._started(self.sockets[place])

    def _started(self, listener: socket.socket) -> Process:
        process = Process(self.config, [listener])
        with _unheard():
            process.start()
        return process

    def _serves(self, process: Process) -> bool:
        """Whether *process* comes to serve in time, before it ends or is to."""
        for _ in range(READY_S):
            self.handle_signals()
            if self.should_exit.is_set() or not process.process.is_alive():
                return False
            if process.wait_until_ready(1):
                return True
        return False


def shared_out(listener: socket.socket, count: int) -> list[socket.socket]:
    """As many sockets as *count* at the address of *listener*, which nobody else listens at. Raises OSError.

    Where the kernel does not divide connections among sockets, all are the same one.
    """
    if count == 1 or sys.platform != "linux":
        return [listener] * count
    address, family = listener.getsockname(), listener.family
    dual = family == socket.AF_INET6 and not listener.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
    listener.close()
    return [socket.create_server(address, family=family, dualstack_ipv6=dual, reuse_port=True) for _ in range(count)]


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Processes that are started meanwhile never hear Ctrl-C, which reaches all of a terminal: they are told to end.

    They would end by a traceback, had they not come so far yet that they serve. Here it is heard afterwards.
    """
    resource_tracker.ensure_running()  # which would let Ctrl-C through, if it was started together with the first of them
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def follow_parent() -> None:
    """Ends this worker in good order when the process that started it is gone, however that ended."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)


@contextlib.contextmanager
def shared_counts() -> Iterator[Path]:
    """A fresh folder for the counts of the workers that are started meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="mockserver-counts-"))
    os.environ[COUNTS] = str(folder)
    try:
        yield folder
    finally:
        del os.environ[COUNTS]
        shutil.rmtree(folder, ignore_errors=True)
