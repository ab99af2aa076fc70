"""Work for several processes comes back in order, ends early when asked to, and leaves no process behind."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from multiprocessing import active_children
from multiprocessing.connection import wait
from pathlib import Path

import pytest

from proof.processes import spread

ROOT = Path(__file__).resolve().parents[1]
TELLS_ITS_WORKERS = """
import time
from multiprocessing import active_children
from proof.processes import spread

if __name__ == "__main__":
    found = spread(time.sleep, [0, 60, 60], 2)
    next(found)
    print(*(each.pid for each in active_children()), flush=True)
    next(found)
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_tasks(jobs: int) -> None:
    assert list(spread(abs, [-3, 2, -1], jobs)) == [3, 2, 1]


def test_what_is_closed_early_leaves_no_process() -> None:
    found = spread(abs, range(-500, 0), 2)
    assert next(found) == 500
    workers = active_children()

    found.close()

    assert len(workers) == 2
    assert all(wait([each.sentinel], 0) for each in workers)


@pytest.mark.skipif(sys.platform != "linux", reason="the end of another's child is seen by a pidfd")
def test_workers_end_with_the_process_that_started_them_however_it_ended(tmp_path: Path) -> None:
    script = tmp_path / "starts_workers.py"
    script.write_text(TELLS_ITS_WORKERS, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stdout
        workers = [os.pidfd_open(int(pid)) for pid in process.stdout.readline().split()]
        process.kill()
    assert len(workers) == 2
    for worker in workers:
        ended, _, _ = select.select([worker], [], [], 20)
        os.close(worker)
        assert ended
