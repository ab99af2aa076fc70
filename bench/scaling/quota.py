"""A share of a core for each worker, so that what asks them has room on a machine of few cores.

Two workers, Redis and the generator want more than two cores, and then what is measured is how they fight. So each worker is
stopped and continued (SIGSTOP, SIGCONT) fifty times a second, as a slower core would have it, each in its own part of the
period: two of them never want the same core. What that leaves out is what full cores share, such as caches and memory.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence

PERIOD_S = 0.02


@contextlib.contextmanager
def quota(processes: Sequence[int], share: float) -> Iterator[None]:
    """Each of *processes* runs for *share* of each period while the block does, one after the other; afterwards freely.

    Raises ValueError where they do not fit into one period.
    """
    if share * len(processes) > 1:
        raise ValueError(f"{len(processes)} processes with {share} of a core each: expected at most one core in all")
    over = threading.Event()
    thread = threading.Thread(target=_pace, args=(processes, share * PERIOD_S, over), daemon=True)
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


def _pace(processes: Sequence[int], turn_s: float, over: threading.Event) -> None:
    rest_s = PERIOD_S - turn_s * len(processes)
    while not over.is_set():
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)
                time.sleep(turn_s)
                os.kill(process, signal.SIGSTOP)
        time.sleep(rest_s)
