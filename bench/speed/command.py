"""``python -m bench.speed``: starts every contestant in turn, measures it, and writes table, plot and JSON."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import output
from bench.process import CHECKOUT, compile_modules
from bench.speed import lists, machine, tools, traffic
from bench.speed.campaign import Campaign
from bench.speed.contestants import CONTESTANTS
from bench.speed.cores import chosen, on
from bench.speed.document import Run, document
from bench.speed.figures import Samples
from bench.speed.goals import judged
from bench.speed.life import Effort, Ground
from bench.speed.plot import NoPlotError, draw
from bench.speed.table import page
from bench.speed.tools import Tools
from bench.speed.traffic import Plan
from conformance import whole_file

BROKEN, BAD_USAGE, INTERRUPTED = 1, 2, 128 + signal.SIGINT
MOST_S = 86_400
OUT = CHECKOUT / "build" / "bench"
ALWAYS_OPEN = ("ours", "asgi")  # whose highest rate a quick run looks for

FULL = Effort(seconds=4, open_s=2.0, tries=7, warm=True, connections=64)
QUICK = Effort(seconds=1, open_s=0.5, tries=3, warm=False, connections=64)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; gives 0, 1 where nothing can be measured, 2 for bad options, 130 after Ctrl-C with what there is."""
    parser = _parser()
    options = parser.parse_args(arguments)
    keys = list(dict.fromkeys(options.only.split(","))) if options.only else list(CONTESTANTS)
    if unknown := [key for key in keys if key not in CONTESTANTS]:
        parser.error(f"--only {','.join(unknown)}: expected some of {','.join(CONTESTANTS)}")
    options.out = options.out or (OUT / "quick" if options.quick else OUT)
    output.prepare(options.out, "speed.json", parser)
    there = tools.found(options.installed)
    if why := there.has("wrk"):
        print(f"bench: {why}, which measures; Debian and Ubuntu have it (apt install wrk)", file=sys.stderr)
        return BROKEN
    load = machine.wait_idle(options.wait_idle, load=machine.load_now, clock=time.monotonic, sleep=time.sleep)
    here = machine.here(load)
    if not here.idle:
        print(f"bench: the machine is not idle (load average {load:.2f}), the figures will say little", file=sys.stderr)
    return _measure(options, keys, there, here)


def _measure(options: argparse.Namespace, keys: list[str], there: Tools, here: machine.Machine) -> int:
    date, samples, complete = machine.today(), Samples(), True
    plan, effort, rounds = _plan(options), _effort(options), options.rounds or (1 if options.quick else 3)
    cores = chosen(frozenset(os.sched_getaffinity(0)))
    compile_modules()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        scratch = Path(name)
        print("bench: making the lists", file=sys.stderr, flush=True)
        bodies = lists.prepare(plan, scratch / "prepared")
        (scratch / "bodies").mkdir()
        for body, content in bodies.items():
            (scratch / "bodies" / f"{body}.json").write_bytes(content)
        ground = Ground(plan, bodies, scratch / "prepared", there, cores, scratch)
        only_open = frozenset(ALWAYS_OPEN if options.quick else keys)
        campaign = Campaign(ground, effort, samples, only_open, time.monotonic)
        try:
            with on(cores.generator):  # this process generates load as well, and starts what else does
                campaign.run(keys, rounds, options.seed)
        except KeyboardInterrupt:
            complete = False
    contestants = {CONTESTANTS[key]: "" if key in samples.absent else CONTESTANTS[key].version(there) for key in keys}
    settings = {
        "quick": options.quick,
        "rounds": rounds,
        "seconds": effort.seconds,
        "open_seconds": effort.open_s,
        "tries": effort.tries,
        "connections": effort.connections,
        "seed": options.seed,
        "warmed": effort.warm,
    }
    run = Run(date, here, cores.says, settings, _versions(there), complete, campaign.ceilings)
    _write(options.out, document(run, plan, contestants, samples, judged(samples)))
    return 0 if complete else INTERRUPTED


def _write(folder: Path, found: dict[str, Any]) -> None:
    text = page(found)
    whole_file.write(folder / "speed.json", (json.dumps(found, indent=2, ensure_ascii=False) + "\n").encode())
    whole_file.write(folder / "speed.md", text.encode())
    print(text)
    try:
        pictures = draw(found, folder / "speed")
    except NoPlotError as error:
        print(f"bench: {error}", file=sys.stderr)
        pictures = []
    written = [folder / "speed.json", folder / "speed.md", *pictures]
    print(f"bench: written {', '.join(map(str, written))}", file=sys.stderr)


def _plan(options: argparse.Namespace) -> Plan:
    """The plan, of which a quick run leaves some out."""
    plan = traffic.read()
    if not options.quick:
        return plan
    shorter = {
        name: each if name == "small" else replace(each, connections=(32,), open=False) for name, each in plan.traffic.items()
    }
    return replace(plan, traffic=shorter)


def _effort(options: argparse.Namespace) -> Effort:
    usual = QUICK if options.quick else FULL
    return Effort(
        seconds=options.seconds or usual.seconds,
        open_s=options.open_seconds or usual.open_s,
        tries=usual.tries if options.tries is None else options.tries,
        warm=usual.warm,
        connections=options.connections or usual.connections,
    )


def _versions(there: Tools) -> dict[str, str]:
    """Those of what measures and of what serves."""
    asked = {"wrk": "-v", "node": "--version", "java": "-version"}
    programs = {
        name: tools.version([there.programs[name], word], there) for name, word in asked.items() if there.programs[name]
    }
    return {**programs, **{name: tools.package(name) for name in ("uvicorn", "uvloop", "httptools", "starlette", "granian")}}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.speed",
        description="Starts every contestant in turn, measures it, writes table, plot and JSON; in half an hour.",
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="one short round, nothing warmed up: shows that it works, in under two minutes")
    add("--only", metavar="KEYS", help=f"only these, with commas between: {','.join(CONTESTANTS)}")
    add("--rounds", type=_count, metavar="N", help="how often each is started and measured (default: 3, quick: 1)")
    add("--seconds", type=_count, metavar="N", help="for each load (default: 4, quick: 1)")
    add("--tries", type=_whole, metavar="N", help="rates that are tried for the highest, 0 for none (default: 7, quick: 3)")
    add("--open-seconds", type=_seconds, metavar="S", help="for each of those rates (default: 2, quick: 0.5)")
    add("--connections", type=_count, metavar="N", help="for those rates at most (default: 64)")
    add("--seed", type=int, default=0, metavar="N", help="what the order of each round is drawn from (default: %(default)s)")
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="where speed.json, .md, .png and .svg go (default: build/bench, quick: its quick)",
    )
    add("--installed", type=Path, default=tools.INSTALLED, metavar="DIR", help="where the peers are (default: .bench)")
    add(
        "--wait-idle",
        type=_seconds,
        nargs="?",
        const=600.0,
        default=0.0,
        metavar="S",
        help="wait until the machine is idle, so many seconds at most (600), then begin all the same",
    )
    return parser


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) > 10_000:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MOST_S:
        raise argparse.ArgumentTypeError(f"{text!r}: expected seconds, at most {MOST_S}")
    return seconds


def _count(text: str) -> int:
    if _whole(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number from 1")
    return int(text)
