"""Sessions that are made, asked under chaos, accounted for and ended, for a long time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from itertools import count, cycle

from bench.account import Account, lost, seen
from bench.client import Form
from bench.soak.question import providers, questions
from bench.soak.run import Asking, Run
from specs import Provider

REQUESTS = 20  # of each session
WARM = 0.1  # of the time, before memory is looked at first

RATES: Mapping[str, float] = {
    "429": 0.05,
    "500": 0.05,
    "503": 0.02,
    "CONNECTION_RESET_BY_PEER": 0.02,
    "EMPTY_RESPONSE": 0.02,
    "TRUNCATE": 0.02,
    "CONTENT_LENGTH_MISMATCH": 0.02,
    "MALFORMED_RESPONSE_CHUNK": 0.02,
    "RANDOM_DATA_THEN_CLOSE": 0.02,
    "SLOW_CLOSE": 0.01,
    "BAD_GZIP": 0.01,
    "MALFORMED_JSON": 0.02,
    "EMPTY_LIST": 0.02,
    "ERROR_IN_200": 0.02,
    "HTML_ERROR_PAGE": 0.02,
}


async def soak(run: Run) -> None:
    """Each client makes one session after the other until the time is over."""
    numbers = count(run.settings.seed)
    each = cycle(providers())
    asking = Asking(run)
    async with run.watched(), asyncio.TaskGroup() as tasks:
        for _ in range(run.settings.connections):
            tasks.create_task(_client(run, each, numbers))
        await run.rest(run.settings.seconds * WARM)
        run.look()
    left = json.loads((await asking.send("GET", "/__mock/sessions")).content)["sessions"]
    asking.close()
    run.look()
    made = next(numbers) - run.settings.seed
    run.told.append(f"{made} sessions of {REQUESTS} requests, each ended")
    if left:
        run.complain(f"{len(left)} sessions are left, though each was ended")


async def _client(run: Run, each: Iterator[Provider], numbers: Iterator[int]) -> None:
    asking = Asking(run)
    while not run.is_over:
        await _session(run, asking, next(each), next(numbers))
    asking.close()


async def _session(run: Run, asking: Asking, provider: Provider, seed: int) -> None:
    """One session, in which chaos draws from *seed*: what the client saw is what the seed says, and the journal."""
    document = {"provider": provider.id, "seed": seed, "limit": False, "chaos": {"rates": RATES}}
    made = await asking.send("POST", "/__mock/sessions", json.dumps(document).encode())
    if made.status != 201:
        run.complain(f"POST /__mock/sessions was answered {made.status or made.form.value}, expected 201")
        return
    session = json.loads(made.content)["id"]
    account = Account(RATES, seed)
    for _, question in zip(range(REQUESTS), cycle(questions(provider, session)), strict=False):
        account.sent += 1
        received = await asking.send("GET", question.target)
        account.add(seen(received, question.recordings), received)
    journal = await asking.send("GET", f"/__mock/journal?session={session}")
    ended = await asking.send("DELETE", f"/__mock/sessions/{session}")
    if (journal.status, ended.status) != (200, 204):
        run.complain(f"the journal of a session was answered {journal.status}, its end {ended.status}, expected 200 and 204")
        return
    rows, wrong = account.compared(json.loads(journal.content))
    run.sent += account.sent
    for row in rows:
        kept = min(row.drawn, row.seen)
        (run.answered if row.what.form is Form.WHOLE else run.meant)[str(row.what)] += kept
    if lost(rows):
        run.lost["drawn and not seen"] += lost(rows)
    for sentence in wrong:
        run.complain(f"session with the seed {seed}: {sentence}")
