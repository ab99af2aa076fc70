"""Redis is stopped and started again, empty, while clients ask."""

from __future__ import annotations

import asyncio
import json
import math
from functools import partial
from itertools import cycle

from bench.client import Form, Received
from bench.soak.question import Question, providers, questions
from bench.soak.run import Asking, Run
from specs import Provider

STOPS = 3  # within the time of the run: the first warms up
RETURN_S = 5.0  # in which the mock finds it again
LATE = "503 in a session, as Redis did not answer in time"
"""So the mock says after half a second, which on a machine that is busy with much else comes now and then."""

MOST_LATE = 0.01  # of what is sent; and as many as there are connections, as many requests share one round trip


class Outages:
    """When Redis was away."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.away = False
        self._back = -math.inf
        self.count = 0

    def excuse(self, asking: Asking, received: Received) -> str | None:
        """Why a request in a session was not answered as usual: what counts is when it was sent."""
        recent = self.away or asking.asked - self._back < RETURN_S
        if received.form is Form.WHOLE and received.status == 503:
            return "503 in a session while Redis is away" if recent else LATE
        if received.form is Form.WHOLE and received.status == 404 and self.count:
            return "404 in a session that is gone with Redis"
        return None

    async def stop_and_start(self, seconds: float) -> None:
        """Stops Redis for so many *seconds*."""
        assert self._run.redis is not None  # noqa: S101 - the scenario has one
        self.away = True
        self.count += 1
        self._run.redis.stop()
        await self._run.rest(seconds)
        await asyncio.to_thread(self._run.redis.start)
        self.away, self._back = False, self._run.seconds


async def soak(run: Run) -> None:
    """Default traffic, which needs no state, is answered all the time; sessions are told 503, and made anew afterwards."""
    outages = Outages(run)
    each = cycle(providers())
    async with run.watched(), asyncio.TaskGroup() as tasks:
        for number in range(run.settings.connections):
            provider = next(each)
            client = _in_session(run, provider, outages) if number % 2 else _default(run, questions(provider)[0])
            tasks.create_task(client)
        pause = run.settings.seconds / (2 * STOPS + 1)
        for _ in range(STOPS):
            await run.rest(pause)
            await outages.stop_and_start(pause)
            await run.rest(pause / 2)
            run.look()
    most = max(run.settings.connections, int(MOST_LATE * run.sent))
    if run.meant[LATE] > most:
        run.complain(f"{run.meant[LATE]} requests were answered 503 while Redis was there, expected at most {most}")
    run.told.append(f"Redis was stopped {outages.count} times for {pause:.1f} s")


async def _default(run: Run, question: Question) -> None:
    asking = Asking(run)
    while not run.is_over:
        await asking.ask(question)
    asking.close()


async def _in_session(run: Run, provider: Provider, outages: Outages) -> None:
    asking = Asking(run)
    excuse = partial(outages.excuse, asking)
    while not run.is_over:
        made = await asking.send("POST", "/__mock/sessions", json.dumps({"provider": provider.id, "limit": False}).encode())
        if made.status != 201:
            if excuse(made) is None:
                run.complain(f"POST /__mock/sessions was answered {made.status or made.form.value}, expected 201")
            await run.rest(0.1)
            continue
        (question, *_) = questions(provider, json.loads(made.content)["id"])
        while not run.is_over:
            received = await asking.ask(question, excuse)
            if received.status == 404:
                break
            if received.status == 503:
                await run.rest(0.1)
    asking.close()
