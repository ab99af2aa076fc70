"""What was measured and what follows from it, as Markdown, and its place in a page."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from bench.scaling.cost import Cost, cost, mixed
from bench.scaling.predicted import predicted
from bench.scaling.seen import ALONE, ONE, STARVED, TWO, Sights
from bench.scaling.table import short, table
from bench.scaling.traffic import MIXED, Plan
from bench.speed.machine import Machine
from conformance import whole_file

FIGURES = ("rate", "cores", "fewest", "redis_busy")
BEGIN, END = "<!-- measured by make bench-scaling -->", "<!-- measured until here -->"


@dataclass(frozen=True)
class Run:
    """When and on what it was measured, and how: *pinned* is a sentence, *versions* are by name."""

    date: str
    machine: Machine
    pinned: str
    versions: Mapping[str, str]
    rounds: int
    seconds: int
    connections: int
    share: float


def page(run: Run, plan: Plan, sights: Sights) -> str:
    """All of it. Raises LookupError where something was not seen."""
    names = {**{kind.name: kind.says for kind in plan.kinds.values()}, MIXED: "mixed"}
    costs = {kind: cost(sights, ONE, kind) for kind in plan.kinds}
    costs[MIXED] = mixed(costs, plan.shares)
    lines = [
        *_how(run, plan, sights),
        *_two_against_one(sights, names),
        *_costs(sights, costs, plan),
        *_check(sights, costs[MIXED]),
        *predicted(sights, costs, names),
    ]
    return "\n".join(lines).replace("\n\n\n", "\n\n").strip() + "\n"


def written(text: str, file: Path) -> None:
    """Puts *text* between the marks of *file*. Raises ValueError where it has none, OSError where it cannot be written."""
    before, begin, rest = file.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file}: expected the lines {BEGIN} and {END}, between which the figures go")
    whole_file.write(file, f"{before}{BEGIN}\n\n{text}\n{END}{after}".encode())


def _how(run: Run, plan: Plan, sights: Sights) -> Iterator[str]:
    machine = run.machine
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    yield (
        f"Measured on {run.date[:10]}: {machine.cpu}, {machine.cores} cores, {machine.system}, {machine.python}, {versions}; "
        f"load average {machine.load:.2f} at the start{'' if machine.idle else ', so the machine was not idle'}."
    )
    yield ""
    yield (
        f"{run.pinned} Each worker had at most {run.share:g} of its core, by SIGSTOP and SIGCONT fifty times a second, one in "
        "the pauses of the other, so that generator and Redis had room. wrk with one thread and "
        f"{run.connections} connections, to one worker or to both; medians of {run.rounds} rounds of {run.seconds} s, in "
        "each of which everything is started anew, in an order by lot."
    )
    yield ""
    shares = ", ".join(f"{share:.0%} {plan.kinds[kind].says}" for kind, share in plan.shares.items())
    yield f"Mixed traffic is {shares}."
    if sights.left_out:
        yield ""
        yield f"Loads that are left out: {'; '.join(sights.left_out)}."


def _two_against_one(sights: Sights, names: Mapping[str, str]) -> Iterator[str]:
    yield ""
    yield "**Two workers against one**, both with Redis"

    rows = []
    for kind, says in names.items():
        one, two = ({figure: sights.median(setup, kind, attrgetter(figure)) for figure in FIGURES} for setup in (ONE, TWO))
        rows.append(
            (
                says,
                f"{one['rate']:.0f}",
                f"{two['rate']:.0f}",
                f"{sights.ratio(kind, attrgetter('rate')):.2f}",
                f"{one['cores']:.2f}",
                f"{two['cores']:.2f}, {two['fewest']:.2f}",
                f"{sights.ratio(kind, attrgetter('per_second')):.2f}",
                f"{two['redis_busy']:.0%}",
                f"{sights.median(TWO, kind, lambda seen: seen.load.busy):.0%}",
            )
        )
    columns = ("traffic", "requests/s of one", "of two", "ratio", "cores that one had", "that two had, the lesser of them")
    yield from table((*columns, "ratio per second of processor", "Redis busy, of two", "generator busy, of two"), rows)


def _costs(sights: Sights, costs: Mapping[str, Cost], plan: Plan) -> Iterator[str]:
    yield "**What a request costs**, of one worker"
    rows = [
        (
            kind.says,
            f"{cost(sights, ALONE, name).worker_us:.0f} µs",
            f"{costs[name].worker_us:.0f} µs",
            f"{costs[name].redis_us:.0f} µs",
            f"{statistics.median(sights.trips[name]):.2f}",
            f"{costs[name].trips:.2f}",
            f"{costs[name].scripts:.2f}",
            f"{costs[name].said:.0f} + {costs[name].told:.0f}",
            f"{costs[name].asked:.0f} + {costs[name].answered:.0f}",
        )
        for name, kind in plan.kinds.items()
    ]
    yield from table(
        (
            "traffic",
            "worker, state in memory",
            "worker, with Redis",
            "Redis",
            "round trips, alone",
            "round trips, many at once",
            "scripts run",
            "octets to and from Redis",
            "octets of request and answer",
        ),
        rows,
    )


def _check(sights: Sights, fitted: Cost) -> Iterator[str]:
    yield "**The check**: mixed traffic, predicted from one worker under each kind alone"
    seen, starved_share = cost(sights, TWO, MIXED), sights.median(STARVED, MIXED, attrgetter("redis_busy"))
    wanted_rate = sights.median(TWO, MIXED, lambda each: each.cores * 1e6 / fitted.worker_us)
    pairs = (
        ("two workers, requests/s with the cores that they had", wanted_rate, sights.median(TWO, MIXED, attrgetter("rate"))),
        ("worker, µs per request", fitted.worker_us, seen.worker_us),
        ("Redis, µs per request", fitted.redis_us, seen.redis_us),
        ("scripts run per request", fitted.scripts, seen.scripts),
        ("octets to Redis per request", fitted.said, seen.said),
        ("octets from Redis per request", fitted.told, seen.told),
        ("octets of an answer", fitted.answered, seen.answered),
        (
            f"one worker whose Redis has {starved_share:.2f} of a core, requests/s",
            sights.median(STARVED, MIXED, lambda each: each.redis_busy * 1e6 / fitted.redis_us),
            sights.median(STARVED, MIXED, attrgetter("rate")),
        ),
    )
    rows = [(what, short(wanted), short(found), f"{wanted / found - 1:+.0%}") for what, wanted, found in pairs]
    yield from table(("", "predicted", "measured", "error"), rows)
