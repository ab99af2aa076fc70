"""Very many connections at once, opened, used and closed in rounds."""

from __future__ import annotations

import asyncio
from itertools import cycle

from bench.soak.question import Question, everything
from bench.soak.run import Asking, Run

ROUNDS = 3  # so that the first one warms the mock up, and the last one shows whether anything was left behind
OPENING = 100  # connections that are being opened at once: more than a listening socket holds would be refused


async def soak(run: Run) -> None:
    """In each round all connections are open before the first request, and are asked on until the round is over."""
    asked = everything()
    most_files = 0
    async with run.watched():
        for number in range(ROUNDS):
            clients = [Asking(run) for _ in range(run.settings.connections)]
            await _opened(clients)
            most_files = max(most_files, run.server.files)
            until = run.settings.seconds * (number + 1) / ROUNDS
            await asyncio.gather(*(_ask(run, *each, until) for each in zip(clients, cycle(asked), strict=False)))
            for client in clients:
                client.close()
            await asyncio.sleep(0.5)  # for the mock to see it
            run.look()
            if run.stopped:
                break
    run.told.append(f"{most_files} file descriptors open at most")
    if most_files < run.settings.connections:
        run.complain(f"the mock had {most_files} file descriptors open, expected one for each of the connections")


async def _opened(clients: list[Asking]) -> None:
    for start in range(0, len(clients), OPENING):
        await asyncio.gather(*(client.open() for client in clients[start : start + OPENING]))


async def _ask(run: Run, client: Asking, question: Question, until: float) -> None:
    while True:
        await client.ask(question)
        if run.stopped or run.seconds >= until:
            return
