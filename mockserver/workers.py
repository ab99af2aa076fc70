"""Several processes that serve from one socket, over a state that they share."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from multiprocessing import parent_process, resource_tracker
from multiprocessing.connection import wait
from pathlib import Path

import uvicorn
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from mockserver.metrics import forget_worker

READY_S = 60  # how long a worker may take to start
COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # where the library prometheus-client looks for the folder of the workers' counts


class Workers(Multiprocess):
    """Starts as many workers as *config* says, and another one for each that dies; *ready* is called when all serve."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, counts: Path, ready: Callable[[], None]) -> None:
        super().__init__(config, [listener])
        self._counts = counts
        self._ready = ready
        self.served = False
        self.failed = False

    def init_processes(self) -> None:
        """Starts them, and waits until they serve or a signal says to stop."""
        with _unheard():
            super().init_processes()
        if all(map(self._serves, self.processes)):
            self.served = True
            self._ready()
        elif not self.should_exit.is_set():
            self.failed = True
            self.should_exit.set()

    def keep_subprocess_alive(self) -> None:
        """Replaces those that died."""
        before = {each.pid for each in self.processes}
        with _unheard():
            super().keep_subprocess_alive()
        for gone in before - {each.pid for each in self.processes}:
            if gone is not None:
                forget_worker(gone, self._counts)

    def _serves(self, process: Process) -> bool:
        """Whether *process* comes to serve in time, before it ends or is to."""
        for _ in range(READY_S):
            self.handle_signals()
            if self.should_exit.is_set() or not process.process.is_alive():
                return False
            if process.wait_until_ready(1):
                return True
        return False


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
