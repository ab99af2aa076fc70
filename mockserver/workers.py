"""Several processes that serve from one socket, over a state that they share."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn
from uvicorn.supervisors import Multiprocess

from mockserver.metrics import forget_worker

READY_S = 60  # how long a worker may take to start
COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # where the library prometheus-client looks for the folder of the workers' counts


class Workers(Multiprocess):
    """Starts as many workers as *config* says, and another one for each that dies; *ready* is called when all serve."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, counts: Path, ready: Callable[[], None]) -> None:
        super().__init__(config, [listener])
        self._counts = counts
        self._ready = ready
        self.failed = False

    def init_processes(self) -> None:
        """Starts them, and waits until they serve."""
        super().init_processes()
        if all(each.wait_until_ready(READY_S, self.should_exit) for each in self.processes):
            self._ready()
        else:
            self.failed = not self.should_exit.is_set()
            self.should_exit.set()

    def keep_subprocess_alive(self) -> None:
        """Replaces those that died."""
        before = {each.pid for each in self.processes}
        super().keep_subprocess_alive()
        for gone in before - {each.pid for each in self.processes}:
            if gone is not None:
                forget_worker(gone, self._counts)


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
