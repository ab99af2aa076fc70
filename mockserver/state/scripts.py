"""What is said to the scripts in ``lua/``, and what their answers mean. The only file that knows their language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Any

from mockserver.chaos import Chaos
from mockserver.journal.entry import Entry
from mockserver.journal.journal import Journal, Tally
from mockserver.limiter import MAX_KEYS, MAX_PENALTY_S, Limit, Verdict
from mockserver.state.sequence import Position, Sequence
from mockserver.state.session import Session
from mockserver.state.turn import Demand, Turn

COMMON = "session"  # what the other scripts begin with
ALONE = ("create", "count")  # but these
SESSION, JOURNAL = "session", "journal"
PARTS = (SESSION, "limits", "order", "pending", JOURNAL, "tally")  # the keys of one session, in the scripts' order
NONE = b"-"

Arguments = tuple[str | int, ...]
Reply = list[Any]


def texts() -> dict[str, str]:
    """The scripts by name."""
    files = {each.name.removesuffix(".lua"): each for each in resources.files(__package__).joinpath("lua").iterdir()}
    common = files.pop(COMMON).read_text("utf-8")
    return {name: ("" if name in ALONE else f"{common}\n") + file.read_text("utf-8") for name, file in files.items()}


class Spoken:
    """A session as the script ``turn`` is told of it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._chaos = _chaos(session.chaos) if session.chaos.rates else ""
        self._sequences = [_sequence(each) for each in session.sequences]

    def arguments(self, demand: Demand) -> Arguments:
        """For the turn of a request with this *demand*."""
        return (
            self.session.revision,
            self._chaos if demand.draws else "",
            "" if demand.sequence is None else self._sequences[demand.sequence],
            "" if demand.sequence is None else demand.sequence,
            "" if demand.limit is None else _limit(demand.limit),
            demand.key,
        )


def turn(reply: Reply, session: Session) -> Turn:
    """The turn that the script ``turn`` gave a request in *session*."""
    now, number, lot, index, given, since, allowed, remaining, reset_s, wait_s, early_s = reply[1].split()
    return Turn(
        now=float(now),
        number=int(number),
        position=None if index == NONE else Position(int(index), int(given), float(since)),
        draw=None if lot == NONE else session.chaos.draw(int(lot)),
        verdict=None if allowed == NONE else _verdict(allowed, remaining, reset_s, wait_s, early_s),
    )


def written(entries: list[Entry]) -> Iterator[str | int]:
    """*entries* for the script ``append``."""
    for entry in entries:
        yield from (entry.number, entry.weight, "\n".join(entry.labels), json.dumps(entry.json(), separators=(",", ":")))


def journal(reply: Reply) -> Journal:
    """The journal that the script ``journal`` gave."""
    _, evicted, last, total, counts, lines = reply
    by_label = {label.decode(): int(count) for label, count in zip(counts[::2], counts[1::2], strict=True)}
    entries = (Entry.read(json.loads(line.partition(b" ")[2])) for line in lines)
    return Journal.of(entries, int(evicted), int(last), Tally(int(total), by_label))


def _verdict(allowed: bytes, remaining: bytes, reset_s: bytes, wait_s: bytes, early_s: bytes) -> Verdict:
    return Verdict(
        allowed=allowed == b"1",
        remaining=int(remaining),
        reset_s=int(reset_s),
        wait_s=None if wait_s == NONE else int(wait_s),
        early_s=None if early_s == NONE else float(early_s),
    )


def _chaos(chaos: Chaos) -> str:
    return _json(seed=str(chaos.seed), rates=[rate for _, rate in chaos.rates], until=chaos.until)


def _sequence(sequence: Sequence) -> str:
    steps = [_without_none(times=each.times, for_s=each.for_s, passes=each.passes) for each in sequence.steps]
    return _json(steps=steps, on_end=sequence.on_end.value, lap_s=sequence.lap_s)


@lru_cache(1024)
def _limit(limit: Limit) -> str:
    return _json(
        requests=limit.requests,
        window_s=limit.window_s,
        strategy=limit.strategy.value,
        penalty_s=limit.penalty_s,
        most_penalty_s=MAX_PENALTY_S,
        most_keys=MAX_KEYS,
    )


def _json(**members: Any) -> str:
    return json.dumps(_without_none(**members), separators=(",", ":"))


def _without_none(**members: Any) -> dict[str, Any]:
    """*members* that there are: null is something in Lua."""
    return {name: value for name, value in members.items() if value is not None}
