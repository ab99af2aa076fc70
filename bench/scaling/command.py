"""``python -m bench.scaling``: one worker against two, what a request costs, and what a fleet would do."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bench.scaling import redis_server, traffic
from bench.scaling.life import WORKERS, Effort, Ground, living
from bench.scaling.page import END, Run, page, written
from bench.scaling.redis_server import Running
from bench.scaling.seen import ONE, TWO, Seen, Sights
from bench.scaling.traffic import MIXED
from bench.speed import machine, tools
from bench.speed.cores import Cores, chosen, on
from bench.speed.server import NoServerError
from bench.speed.tools import Tools
from bench.speed.wrk import NoLoadError
from specs import VERSION

BROKEN, BAD_USAGE, INTERRUPTED = 1, 2, 128 + signal.SIGINT
SETTLE_S = 0.5  # until all that the last load left to be written is in the journals
MOST_SHARE = 0.5  # of a core, for each of two workers


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the page; gives 0, 1 where it cannot be measured, 2 for bad options, 130 after Ctrl-C."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.write is not None and (not options.write.is_file() or END not in options.write.read_text(encoding="utf-8")):
        parser.error(f"--write {options.write}: expected a page with the line {END}")
    there = tools.found(options.installed)
    if why := there.has("wrk") or redis_server.missing():
        print(f"bench: {why}, which is needed to measure; Debian and Ubuntu have it", file=sys.stderr)
        return BROKEN
    load = machine.wait_idle(options.wait_idle, load=machine.load_now, clock=time.monotonic, sleep=time.sleep)
    try:
        text = _measured(options, there, machine.here(load))
    except (NoServerError, NoLoadError, LookupError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return BROKEN
    except KeyboardInterrupt:
        return INTERRUPTED
    print(text)
    if options.write is not None:
        written(text, options.write)
    return 0


def _measured(options: argparse.Namespace, there: Tools, here: machine.Machine) -> str:
    date, plan, sights = machine.today(), traffic.read(), Sights()
    cores = chosen(frozenset(os.sched_getaffinity(0)))
    effort = Effort(options.seconds, options.connections, options.share)
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as scratch,
        redis_server.running(Path(scratch), cores.generator) as redis,
        on(cores.generator),
    ):
        ground = Ground(plan, there, cores, redis, effort, Path(scratch))
        _observe(ground, options.rounds, random.Random(options.seed), sights)  # noqa: S311 - an order, no secret
        versions = _versions(there, redis)
    run = Run(date, here, _pinned(cores), versions, options.rounds, effort.seconds, effort.connections, effort.share)
    return page(run, plan, sights)


def _observe(ground: Ground, rounds: int, lots: random.Random, sights: Sights) -> None:
    """Everything in every round, in an order by lot."""
    for number in range(rounds):
        for setup in lots.sample(list(WORKERS), len(WORKERS)):
            print(f"bench: round {number + 1} of {rounds}, {setup}", file=sys.stderr, flush=True)
            with living(setup, ground) as life:
                life.warm()
                for kind in lots.sample([*ground.plan.kinds, MIXED], len(ground.plan.kinds) + 1):
                    _look(partial(life.seen, kind, number), sights)
                if setup == ONE:
                    _look(partial(life.starved, number), sights)
                    time.sleep(SETTLE_S)
                    for kind in ground.plan.kinds:
                        sights.trips.setdefault(kind, []).append(life.trips(kind))
                    sights.journal_octets = max(map(ground.redis.memory_of, life.sessions.values()))
                if setup == TWO:
                    sights.worker_octets = life.memory


def _look(at: Callable[[], Seen], sights: Sights) -> None:
    """Keeps what is seen; a load of which anything went wrong is left out, as others ran on this machine meanwhile."""
    try:
        sights.seen.append(at())
    except NoLoadError as error:
        print(f"bench: left out, {error}", file=sys.stderr, flush=True)
        sights.left_out.append(str(error))


def _pinned(cores: Cores) -> str:
    if cores.server & cores.generator:
        return "There is one core only, which the workers, Redis and the generator shared, so the ratios say little."
    workers, others = min(cores.server), min(cores.generator)
    return f"The workers were on core {workers}, Redis and the generator on core {others} (sched_setaffinity)."


def _versions(there: Tools, redis: Running) -> dict[str, str]:
    return {
        "this mock": VERSION,
        **{name: tools.package(name) for name in ("uvicorn", "redis")},
        "Redis": redis.version,
        "wrk": tools.version([there.programs["wrk"], "--version"], there),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.scaling", description="One worker against two, what a request costs, and what a fleet would do."
    )
    add = parser.add_argument
    add("--rounds", type=_count, default=3, help="how often everything is started and measured (default: %(default)s)")
    add("--seconds", type=_count, default=3, help="for how long each load lasts (default: %(default)s)")
    add("--connections", type=_count, default=64, help="of each load, on one worker or on two (default: %(default)s)")
    add("--share", type=_share, default=0.4, help="of a core that each worker has (default: %(default)s)")
    add("--seed", type=int, default=0, help="of the order (default: %(default)s)")
    add("--write", type=Path, metavar="PAGE", help="put what is printed between the marks of this page too")
    add("--wait-idle", type=float, default=0, metavar="SECONDS", help="wait so long for the machine to have nothing else to do")
    add("--installed", type=Path, default=tools.INSTALLED, help="where wrk is, if not on the path (default: %(default)s)")
    return parser


def _count(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 10_000:
        return int(text)
    raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number from 1 to 10000")


def _share(text: str) -> float:
    with_error = argparse.ArgumentTypeError(f"found {text!r}, expected a number above 0 and up to {MOST_SHARE}")
    try:
        share = float(text)
    except ValueError:
        raise with_error from None
    if not 0 < share <= MOST_SHARE:
        raise with_error
    return share
