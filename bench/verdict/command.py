"""``python -m bench.verdict``: runs the suite against the mock, with catalogues of several sizes, and writes table and plot."""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from bench import output
from bench.process import CHECKOUT, compile_modules
from bench.speed import machine
from bench.speed.plot import NoPlotError
from bench.verdict.figures import Figure, document, figure
from bench.verdict.page import draw, page
from bench.verdict.run import NotMeasuredError, collect, judge
from conformance import whole_file
from mockserver.testing import running
from proof.twins.catalogue import bodies, many
from specs import load, provider_ids
from specs.provider import Provider

BROKEN, INTERRUPTED = 1, 128 + signal.SIGINT
OUT = CHECKOUT / "build" / "bench"
SIZES = (10, 100, 1_000, 10_000, 100_000)
MOST = 1_000_000
LABEL = "catalogue"
"""What the recordings are called whose lists use every documented member."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the tables; gives 0, 1 where the suite says nothing, 2 for bad options, 130 after Ctrl-C with what there is."""
    parser = _parser()
    options = parser.parse_args(arguments)
    output.prepare(options.out, "verdict.json", parser)
    load = machine.wait_idle(options.wait_idle, load=machine.load_now, clock=time.monotonic, sleep=time.sleep)
    here, date = machine.here(load), machine.today()
    compile_modules()
    figures: list[Figure] = []
    complete = True
    try:
        figures.extend(_figures(options.provider or provider_ids(), options.sizes, options.rounds))
    except KeyboardInterrupt:
        complete = False
    except NotMeasuredError as error:
        print(f"bench: {error}", file=sys.stderr)
        return BROKEN
    written = document(asdict(here) | {"idle": here.idle}, date, figures, complete=complete)
    text = page(written)
    whole_file.write(options.out / "verdict.json", json.dumps(written, indent=2).encode())
    whole_file.write(options.out / "verdict.md", text.encode())
    print(text)
    try:
        draw(written, options.out / "verdict")
    except NoPlotError as error:
        print(f"bench: {error}", file=sys.stderr)
    return 0 if complete else INTERRUPTED


def _figures(names: Sequence[str], sizes: Sequence[int], rounds: int) -> Iterator[Figure]:
    with running() as mock:
        for provider in names:
            _say(f"{provider}, as it comes")
            url, octets = f"{mock.url}/{provider}", _octets(mock.providers[provider])
            ready = [collect(url, provider) for _ in range(rounds)]
            yield figure(provider, None, octets, [judge(url, provider) for _ in range(rounds)], ready)
    for provider in names:
        for size in sizes:
            _say(f"{provider}, {size} models")
            served = bodies(many(size))(load(provider), random.Random(0))  # noqa: S311 - it draws nothing
            with running({provider: served}, example=LABEL) as mock:
                runs = [judge(f"{mock.url}/{provider}", provider) for _ in range(rounds)]
            yield figure(provider, size, _octets(served), runs)


def _octets(provider: Provider) -> int:
    """Those of the longest list that *provider* has recorded."""
    lists = {name for name, operation in provider.operations.items() if operation.items}
    return max(len(each.content) for each in provider.recordings if each.operation in lists and each.status == 200)


def _say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.verdict",
        description="Judges the mock, with catalogues of several sizes, and writes how long that took: table, plot and JSON.",
    )
    add = parser.add_argument
    add("--provider", action="append", choices=provider_ids(), help="only this provider; may be repeated")
    add("--sizes", type=_sizes, default=SIZES, metavar="N,N", help="models of the catalogues (default: 10 to 100000)")
    add("--rounds", type=_count, default=3, metavar="N", help="how often each is run (default: %(default)s)")
    add("--out", type=Path, default=OUT, metavar="DIR", help="where verdict.json, .md, .png and .svg go (default: build/bench)")
    add("--wait-idle", type=float, nargs="?", const=600.0, default=0.0, metavar="S", help="wait until the machine is idle")
    return parser


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted({_count(each) for each in text.split(",") if each}))


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number from 1 to {MOST}")
    return int(text)
