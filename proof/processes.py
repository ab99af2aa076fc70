"""Work for several processes, which Ctrl-C ends, and which end with the process that started them."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import active_children, get_context, parent_process
from typing import TypeVar

Task = TypeVar("Task")
Done = TypeVar("Done")


def spread(work: Callable[[Task], Done], tasks: Sequence[Task], jobs: int) -> Generator[Done, None, None]:
    """What *work* makes of each of *tasks*, in their order, by so many processes; one is this process itself.

    When it is closed early, as by Ctrl-C, what is under way is given up, and the rest left.
    """
    if jobs == 1:
        yield from map(work, tasks)
        return
    processes = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_belongs)
    under_way: deque[Future[Done]] = deque()
    try:
        under_way.extend(processes.submit(work, task) for task in tasks)
        while under_way:
            yield under_way[0].result()
            under_way.popleft()
    finally:
        # None is cancelled: before Python 3.12 a pool whose processes end fails at cancelled work, with a traceback.
        for each in active_children() if under_way else ():
            each.terminate()
        processes.shutdown()


def _belongs() -> None:
    """Leaves Ctrl-C to the process that started this one, and ends when that does, however it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
