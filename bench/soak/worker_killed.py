"""One of several workers is killed, again and again."""

from __future__ import annotations

import asyncio
import math
import os
import signal
from functools import partial
from itertools import cycle

from bench.client import Form, Received
from bench.soak.question import Question, everything
from bench.soak.run import Asking, Run

KILLS = 3  # within the time of the run, at most
AWAY_S = 15.0  # that a new worker may take, on a busy machine
NOTICE_S = 1.0  # in which a busy client may still send to it


class Kills:
    """When a worker was killed."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.last = -math.inf
        self.count = 0

    def excuse(self, asking: Asking, received: Received) -> str | None:
        """Why an answer did not come: it was in progress in a worker that was killed."""
        gone = received.form in (Form.RESET, Form.NOTHING, Form.CUT)
        return "in progress in the worker that was killed" if gone and asking.asked - self.last < NOTICE_S else None

    async def kill(self) -> None:
        """Kills a worker, and waits until there is another one."""
        workers = self._run.server.workers
        os.kill(workers[0], signal.SIGKILL)
        self.last = self._run.seconds
        self.count += 1
        for _ in range(int(AWAY_S / 0.1)):
            await asyncio.sleep(0.1)
            now = self._run.server.workers
            if workers[0] not in now and len(now) == len(workers):
                return
        self._run.complain(f"no worker came within {AWAY_S:g} s in the place of the one that was killed")


async def soak(run: Run) -> None:
    """Clients ask all the time, and what was in progress in a worker when it was killed is lost, nothing else."""
    kills = Kills(run)
    asked = cycle(everything())
    workers = len(run.server.workers)
    async with run.watched(), asyncio.TaskGroup() as tasks:
        for _ in range(run.settings.connections):
            tasks.create_task(_client(run, next(asked), kills))
        pause = run.settings.seconds / (KILLS + 1)
        for _ in range(KILLS):
            await run.rest(pause)
            run.look()
            if run.is_over:
                break
            await kills.kill()
    await asyncio.sleep(0.5)
    run.look()
    meant = run.meant.total()
    run.told.append(f"{kills.count} workers of {workers} killed; {meant} requests were in progress in them")
    if meant > kills.count * run.settings.connections:
        run.complain(f"{meant} requests were lost, expected one for each connection and worker that was killed at most")
    if len(run.server.workers) != workers:
        run.complain(f"{len(run.server.workers)} workers are left, expected {workers}")


async def _client(run: Run, question: Question, kills: Kills) -> None:
    asking = Asking(run)
    excuse = partial(kills.excuse, asking)
    while not run.is_over:
        await asking.ask(question, excuse)
    asking.close()
