"""What fleets would do, as Markdown: a table, and what is used up first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.scaling.cost import Cost, cost
from bench.scaling.fleet import LINK, PROCESSOR, Fleet, fills_redis
from bench.scaling.seen import ALONE, Sights
from bench.scaling.table import gbit, short, table
from bench.scaling.traffic import LARGE, MIXED, STATELESS
from mockserver.state.store import MAX_SESSIONS

REPLICAS = (1, 10, 100, 1000)
COLUMNS = ("traffic", "replicas", "requests/s", "limited by", "Redis busy", "scripts/s", "to and from Redis", "answers")


def predicted(sights: Sights, costs: Mapping[str, Cost], names: Mapping[str, str]) -> Iterator[str]:
    """All of it, from the *costs* of each kind of traffic with Redis, and from what was seen without."""
    alone = {kind: cost(sights, ALONE, kind) for kind in (STATELESS, LARGE)}
    yield (
        "**What that predicts**, where each replica is one worker with a core, Redis has one core for its commands, and a link "
        f"carries {gbit(LINK)}"
    )
    rows = [
        *_rows(f"{names[MIXED]}, with Redis", costs[MIXED], sharing=True),
        *_rows(f"{names[LARGE]}, with Redis", costs[LARGE], sharing=True),
        *_rows(f"{names[STATELESS]}, each with its own memory", alone[STATELESS], sharing=False),
        *_rows(f"{names[LARGE]}, each with its own memory", alone[LARGE], sharing=False),
    ]
    yield from table(COLUMNS, rows)
    yield from _first(sights, costs[MIXED], alone[LARGE])


def _rows(says: str, each: Cost, *, sharing: bool) -> Iterator[tuple[str, ...]]:
    for replicas in REPLICAS:
        fleet = Fleet(each, replicas, sharing)
        of_redis = (
            f"{fleet.used(PROCESSOR):.0%}",
            short(fleet.rate * each.scripts),
            gbit(fleet.rate * (each.said + each.told)),
        )
        shown = of_redis if sharing else ("",) * len(of_redis)
        yield (says, str(replicas), short(fleet.rate), fleet.limited_by, *shown, gbit(fleet.answered))


def _first(sights: Sights, usual: Cost, large: Cost) -> Iterator[str]:
    """What breaks first, with the *usual* traffic and with the *large* list."""
    fleet = Fleet(usual, max(REPLICAS), sharing=True)
    yield f"What breaks first, with mixed traffic, is {fleet.limited_by}."
    yield ""
    yield (
        f"- Redis' processor: {short(fills_redis(usual))} workers that are busy all the time keep it busy, with "
        f"{short(fleet.limits[PROCESSOR])} requests a second in all, however many replicas there are."
    )
    yield f"- Redis' network: at that rate {gbit(usual.said * fleet.limits[PROCESSOR])} go to it."
    yield (
        f"- Redis' memory: a session with a full journal takes {short(sights.journal_octets / 1e3)} kB, so the {MAX_SESSIONS} "
        f"sessions that there may be take {short(sights.journal_octets * MAX_SESSIONS / 1e6)} MB, whatever the traffic."
    )
    yield (
        "- The network of the machines that answer: with the large list "
        f"{short(LINK * large.worker_us / 1e6 / large.answered)} workers that are busy all the time fill a link."
    )
    yield f"- Their memory: {short(sights.worker_octets / 1e6)} MB for each worker."
