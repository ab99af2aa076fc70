"""``python -m proof.twins``: every twin before the suite, and whom the suite accuses."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from proof.twins import TWINS
from proof.twins.series import Row, provider, tasks, together, tried
from specs import provider_ids


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table with a line for each twin.

    Returns 0 when nobody is accused and all is judged, 1 otherwise, 2 for nothing to try.
    """
    parser = argparse.ArgumentParser(
        prog="python -m proof.twins", description="Put conforming gateways that look unusual before the suite."
    )
    parser.add_argument("--twin", action="append", choices=[each.name for each in TWINS], metavar="NAME", help="only this one")
    parser.add_argument("--provider", action="append", choices=provider_ids(), help="only this provider; may be repeated")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="N different choices of suite and twin (default: 1)")
    parser.add_argument("--first-seed", type=int, default=0, metavar="N", help="the first of the seeds (default: 0)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="processes (default: one for each core)")
    options = parser.parse_args(arguments)
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    providers = [provider(name) for name in options.provider or provider_ids()]
    twins = [each for each in TWINS if options.twin is None or each.name in options.twin]
    wanted = list(tasks(twins, providers, seeds))
    if not wanted:
        print(
            "there is nothing to try; expected --seeds above 0, and a twin that is a gateway of the provider", file=sys.stderr
        )
        return 2
    print(f"{'twin':<22} {'gateways':>8} {'trials':>6} {'requests':>8}  {'accused':<10} it may, because")
    rows = []
    with ProcessPoolExecutor(max_workers=options.jobs, mp_context=get_context("spawn")) as processes:
        done = zip(wanted, processes.map(tried, wanted), strict=True)
        for name, group in itertools.groupby(done, key=lambda each: each[0].twin):
            parts = list(group)
            row = together(part for _, part in parts)
            rows.append(row)
            gateways = len({task.provider for task, _ in parts})
            _show(name, gateways, row)
    whole = together(rows)
    accused = f"accused: {', '.join(sorted(whole.accused)) or 'nobody'}"
    print(f"{len(rows)} twins, {options.seeds} seeds, {whole.trials} trials, {whole.requests} requests; {accused}")
    return 0 if whole.is_good else 1


def _show(name: str, gateways: int, row: Row) -> None:
    because = next(each.because for each in TWINS if each.name == name)
    accused = ", ".join(sorted(row.accused)) or "nobody"
    print(f"{name:<22} {gateways:>8} {row.trials:>6} {row.requests:>8}  {accused:<10} {because}", flush=True)
    if row.unjudged:
        print(f"  without a verdict: {', '.join(sorted(row.unjudged))}")
    for sentence in row.wrong[:3]:
        print(f"  {sentence}")


if __name__ == "__main__":
    sys.exit(main())
