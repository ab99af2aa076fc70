"""``python -m bench.compare``: the suite and Schemathesis, before the same mutants and twins, side by side."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing

from bench import contestants
from bench.result import Result
from bench.score import HEAD, Results, known, score, told
from bench.targets import Kind, Target, mutants, twins, wholes
from proof.processes import spread
from specs import provider_ids

BAD_USAGE, INTERRUPTED = 2, 128 + signal.SIGINT
TRIES = 3
"""How often the conforming mock of each provider is put before each tester, with as many seeds."""

TOLD_EVERY_S = 5.0
MOST_TOLD = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table with a row for each tester; gives 0, 2 for nothing to compare, 130 after Ctrl-C with what there is."""
    options = _parser().parse_args(arguments)
    names = options.provider or provider_ids()
    sample = None if options.all else options.mutants
    targets = [*twins(names, options.seed, options.named), *mutants(names, options.seed, sample, options.named)]
    if not targets:
        print(f"compare: there is no mutant or twin whose name holds {options.named!r}", file=sys.stderr)
        return BAD_USAGE
    # In any order, so that how long the first of them take tells how long the others will.
    random.Random(options.seed).shuffle(targets)  # noqa: S311 - no secret
    wanted = [*wholes(names, range(options.seed, options.seed + TRIES)), *targets]
    begun, stopped, results = time.monotonic(), False, list[tuple[Target, dict[str, Result]]]()
    try:
        with closing(spread(contestants.results, wanted, options.jobs)) as found:
            for each in _told(zip(wanted, found, strict=True), len(wanted)):
                results.append(each)
    except KeyboardInterrupt:
        stopped = True
    print("\n".join(_table(results)))
    print(f"seed {options.seed}, {time.monotonic() - begun:.0f} s by {options.jobs} processes")
    if options.details:
        print("\n".join(_details(results)))
    if stopped:
        print(f"interrupted; {len(results)} of {len(wanted)} targets are in the table", file=sys.stderr)
    return INTERRUPTED if stopped else 0


def _told(found: Iterator[tuple[Target, dict[str, Result]]], of: int) -> Iterator[tuple[Target, dict[str, Result]]]:
    """*found*; says on stderr every few seconds how far it is."""
    begun = told_at = time.monotonic()
    for done, each in enumerate(found, start=1):
        yield each
        now = time.monotonic()
        if now - told_at >= TOLD_EVERY_S:
            told_at, left = now, (now - begun) / done * (of - done)
            print(f"compare: {done} of {of} targets, {now - begun:.0f} s, {left:.0f} s left", file=sys.stderr, flush=True)


def _table(results: Results) -> Iterator[str]:
    yield HEAD
    for tester in contestants.TESTERS:
        yield f"{tester:<34}{score(results, tester).line}"
    yield ""
    for tester in contestants.TESTERS:
        said = sorted({failure for failures in known(results, tester).values() for failure in failures})
        for failure in said:
            yield f"{tester} says this of a conforming mock, so it counts nowhere: {failure}"


def _details(results: Results) -> Iterator[str]:
    """Who accused which twins of what, and who killed what the other did not."""
    for tester in contestants.TESTERS:
        yield f"\n{tester}"
        accused = Counter(
            (target.name, failure) for target, failures in told(results, tester, Kind.TWIN) for failure in failures
        )
        for (twin, failure), count in accused.most_common():
            yield f"  accused {twin} ({count}): {failure[:200]}"
        alive = [target for target, failures in told(results, tester, Kind.MUTANT) if not failures]
        yield from (f"  alive {target.name} ({target.level})" for target in alive)
        errors = Counter(error[:200] for _, by in results if tester in by for error in by[tester].errors)
        yield from (f"  error ({count}): {error}" for error, count in errors.most_common(MOST_TOLD))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description=__doc__)
    add = parser.add_argument
    add("--mutants", type=_count, default=200, metavar="N", help="drawn from all that there are (default: %(default)s)")
    add("--all", action="store_true", help="every mutant, which takes hours")
    add("--named", default="", metavar="TEXT", help="only mutants and twins whose names hold this")
    add("--provider", action="append", choices=provider_ids(), help="only this one; may be repeated")
    add("--seed", type=int, default=0, metavar="N", help="what the draw and the choices of all testers depend on (default: 0)")
    add("--details", action="store_true", help="name the twins that were accused, and the mutants that were not killed")
    add("--jobs", type=_count, default=os.cpu_count() or 1, metavar="N", help="processes (default: one for each core)")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
