"""``python -m proof.twins``: every twin before the suite, and whom the suite accuses."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing

from proof.twins import TWINS
from proof.twins.series import Row, judged, merged, provider, tasks, together
from specs import provider_ids

TOLD_EVERY_S = 5.0
MOST_TOLD = 3
"""Sentences that are shown of what went wrong with one twin."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table with a line for each twin.

    Returns 0 when nobody is accused and all is judged, 1 otherwise, 2 for nothing to try, 130 after Ctrl-C, when the
    table holds what was judged until then.
    """
    options = _parser().parse_args(arguments)
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    providers = [provider(name) for name in options.provider or provider_ids()]
    twins = [each for each in TWINS if options.twin is None or each.name in options.twin]
    wanted = list(tasks(twins, providers, seeds))
    if not wanted:
        print(
            "there is nothing to try; expected --seeds above 0, and a twin that is a gateway of the provider", file=sys.stderr
        )
        return 2
    rows: dict[str, Row] = {}
    done, begun, stopped = 0, time.monotonic(), False
    try:
        with closing(judged(wanted, options.jobs)) as found:
            for row in _told(found, len(wanted)):
                rows = merged(rows, row)
                done += 1
    except KeyboardInterrupt:
        stopped = True
    _show(rows)
    whole = together(rows.values())
    accused = f"accused: {', '.join(sorted(whole.accused)) or 'nobody'}"
    tried_seeds = len({task.seed for task in wanted[:done]})
    took = f"{time.monotonic() - begun:.0f} s by {options.jobs} processes"
    print(f"{len(rows)} twins, {tried_seeds} seeds, {whole.trials} trials, {whole.requests} requests, {took}; {accused}")
    if stopped:
        left = wanted[done].seed if done < len(wanted) else seeds.stop
        print(f"interrupted; --first-seed {left} --seeds {seeds.stop - left} goes on", file=sys.stderr)
        return 128 + signal.SIGINT
    return 0 if whole.is_good else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m proof.twins", description="Put conforming gateways that look unusual before the suite."
    )
    parser.add_argument("--twin", action="append", choices=[each.name for each in TWINS], metavar="NAME", help="only this one")
    parser.add_argument("--provider", action="append", choices=provider_ids(), help="only this provider; may be repeated")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="N different choices of suite and twin (default: 1)")
    parser.add_argument("--first-seed", type=int, default=0, metavar="N", help="the first of the seeds (default: 0)")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: one for each core)"
    )
    return parser


def _told(rows: Iterator[dict[str, Row]], of: int) -> Iterator[dict[str, Row]]:
    """*rows*; says on stderr every few seconds how far it is, and at once what is wrong."""
    begun = told = time.monotonic()
    for done, row in enumerate(rows, start=1):
        for each in row.values():
            for sentence in each.wrong:
                print(f"twins: {sentence}", file=sys.stderr, flush=True)
        yield row
        now = time.monotonic()
        if now - told >= TOLD_EVERY_S:
            told = now
            left = (now - begun) / done * (of - done)
            print(f"twins: {done} of {of} parts, {now - begun:.0f} s, {left:.0f} s left", file=sys.stderr, flush=True)


def _show(rows: Mapping[str, Row]) -> None:
    print(f"{'twin':<22} {'gateways':>8} {'trials':>6} {'requests':>8}  {'accused':<10} it may, because")
    for twin in TWINS:
        if twin.name not in rows:
            continue
        row = rows[twin.name]
        accused = ", ".join(sorted(row.accused)) or "nobody"
        print(f"{twin.name:<22} {len(row.providers):>8} {row.trials:>6} {row.requests:>8}  {accused:<10} {twin.because}")
        if row.unjudged:
            print(f"  without a verdict: {', '.join(sorted(row.unjudged))}")
        for sentence in row.wrong[:MOST_TOLD]:
            print(f"  {sentence}")


if __name__ == "__main__":
    sys.exit(main())
