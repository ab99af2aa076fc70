"""``python -m proof``: mutants before the suite, and the matrix of which requirement caught which."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence

from proof.campaign import chosen, run
from proof.matrix import Matrix
from proof.operators import OPERATORS
from proof.trial import trial
from specs import SpecError, load, provider_ids

TOLD_EVERY_S = 5.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the kill matrix.

    Returns 0 when all is as it must be, 1 otherwise, 2 for arguments that name nothing or data that cannot be used.
    """
    options = _parser().parse_args(arguments)
    try:
        providers = [load(name) for name in options.provider or provider_ids()]
    except SpecError as error:
        print(error, file=sys.stderr)
        return 2
    mutants = chosen(
        providers, operators=options.operator or (), named=options.mutant, sample=options.sample, seed=options.seed
    )
    if not mutants:
        print(f"there is no mutant whose id holds {options.mutant!r}; --list prints the ids", file=sys.stderr)
        return 2
    if options.list:
        print("\n".join(name for _, name in mutants))
        return 0
    accused = [
        f"{each.id}: the conforming gateway is accused of {', '.join(found)}"
        for each in providers
        if (found := trial(each, depth=options.depth).accused)
    ]
    begun = time.monotonic()
    outcomes = run(mutants, depth=options.depth, jobs=options.jobs, progress=_progress(len(mutants)))
    matrix = Matrix(providers, outcomes, options.depth)
    print("\n".join(matrix.lines()))
    faults = accused + matrix.faults
    took = f"{time.monotonic() - begun:.0f} s by {options.jobs} processes"
    print(f"\n{matrix.share:.1%} of what breaks something is caught at depth {options.depth}; {len(mutants)} mutants, {took}")
    print("\n".join(f"not well: {each}" for each in faults) or "all is well")
    return 1 if faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proof", description="Put mutants before the suite: the kill matrix.")
    parser.add_argument("--provider", action="append", choices=provider_ids(), help="only this provider; may be repeated")
    parser.add_argument("--operator", action="append", choices=list(OPERATORS), help="only this operator; may be repeated")
    parser.add_argument("--mutant", default="", help="only mutants whose id holds this text")
    parser.add_argument("--sample", type=_count, help="so many of them, chosen by --seed")
    parser.add_argument("--seed", type=int, default=0, help="which sample (default 0)")
    parser.add_argument("--depth", choices=["quick", "standard", "deep"], default="standard")
    parser.add_argument("--jobs", type=_count, default=os.cpu_count() or 1, help="processes (default: one for each core)")
    parser.add_argument("--list", action="store_true", help="print the ids of the mutants and judge nothing")
    return parser


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"found {text}, expected a whole number of at least 1")
    return value


def _progress(of: int) -> Callable[[int], None]:
    """Says on stderr every few seconds how far it is."""
    begun = told = time.monotonic()

    def progress(done: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= TOLD_EVERY_S:
            told = now
            print(f"{done} of {of} mutants, {now - begun:.0f} s", file=sys.stderr, flush=True)

    return progress


if __name__ == "__main__":
    sys.exit(main())
