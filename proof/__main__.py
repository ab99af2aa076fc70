"""``python -m proof``: mutants before the suite, and the matrix of which requirement caught which."""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.plan import DEPTHS
from proof.campaign import Outcome, chosen, run
from proof.matrix import Matrix
from proof.operators import OPERATORS
from proof.trial import trial
from specs import Provider, SpecError, load, provider_ids
from specs.requirement import Level

TOLD_EVERY_S = 2.0

INTERRUPTED = 130
"""The exit code after Ctrl-C: 128 and the number of SIGINT, as shells have it."""

EPILOGUE = """\
columns: killed, caught by the requirement that the mutant breaks (a mutant placed by hand: first of all by it);
elsewhere, caught by other requirements only; survived, not caught; refused, the run ended before judging;
equivalent, the contract allows what the mutant does, for the reason that is listed.

exit codes: 0 all is as it must be; 1 a MUST lets a mutant that breaks it go, or fewer than 97 % of all are killed
(quick: 85 % of any provider's), or somebody is accused of what the contract allows; 2 the arguments name nothing, or a
file cannot be read or written; 130 interrupted, what was found until then is printed.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the kill matrix; returns the exit code, see `EPILOGUE`."""
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
    begun = time.monotonic()
    outcomes: list[Outcome] = []
    unfair: list[str] = []
    try:
        unfair += [each for provider in providers for each in _honest(provider, options.depth)]
        outcomes.extend(
            told(run(mutants, depth=options.depth, jobs=options.jobs, post=bool(options.allow_methods)), len(mutants))
        )
    except KeyboardInterrupt:
        print(f"interrupted after {len(outcomes)} of {len(mutants)} mutants", file=sys.stderr)
    matrix = Matrix(providers, outcomes, options.depth)
    print("\n".join(matrix.lines()))
    took = f"{time.monotonic() - begun:.0f} s by {options.jobs} processes"
    share = f"{math.floor(matrix.share * 1000) / 10} % of what breaks something is killed at depth {options.depth}"
    print(f"\n{share}; {len(outcomes)} mutants, at most {matrix.most_sent} requests each, {took}")
    if options.json and not _written(options.json, matrix, options.depth):
        return 2
    if len(outcomes) < len(mutants):
        return INTERRUPTED
    faults = unfair + matrix.faults
    print("\n".join(f"not well: {each}" for each in faults) or "all is well")
    return 1 if faults else 0


def _honest(provider: Provider, depth: str) -> Iterator[str]:
    """What is wrong with how the gateway of *provider* is judged that breaks nothing."""
    found = trial(provider, depth=depth)
    if found.accused:
        yield f"{provider.id}: the conforming gateway is accused of {', '.join(found.accused)}"
    musts = {each.id for each in provider.requirements if each.level is Level.MUST}
    if depth != "quick" and (unjudged := [each for each in found.inconclusive if each in musts]):
        yield f"{provider.id}: the conforming gateway is not judged by {', '.join(unjudged)}"


def _written(path: Path, matrix: Matrix, depth: str) -> bool:
    """Writes what came of each mutant to *path*, and says whether that could be done."""
    found = [dataclasses.asdict(each) | {"fate": each.fate.name.lower()} for each in matrix.outcomes]
    report = {"depth": depth, "killed": matrix.share, "mutants": found}
    try:
        path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        print(f"--json {path}: {error.strerror}; it is not written", file=sys.stderr)
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m proof",
        description="Put mutants, gateways with one thing broken, before the suite, and print which requirement kills which.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--provider", action="append", choices=provider_ids(), help="only this provider; may be repeated")
    parser.add_argument("--operator", action="append", choices=list(OPERATORS), help="only this operator; may be repeated")
    parser.add_argument("--mutant", metavar="TEXT", default="", help="only mutants whose id holds this text")
    parser.add_argument("--sample", type=_count, metavar="N", help="N of them, chosen by --seed")
    parser.add_argument("--seed", type=int, metavar="N", default=0, help="which sample (default: 0)")
    parser.add_argument("--depth", choices=list(DEPTHS), default="standard", help="what the suite may send (default: standard)")
    parser.add_argument(
        "--allow-methods", choices=["POST"], help="let the suite send it to every mutant, not only to those that need it"
    )
    parser.add_argument(
        "--jobs", type=_count, metavar="N", default=os.cpu_count() or 1, help="processes (default: one for each core)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what came of each mutant, with its reason, as JSON")
    parser.add_argument("--list", action="store_true", help="print the ids of the mutants and judge nothing")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found {text}, expected a whole number of at least 1")
    return int(text)


def told(outcomes: Iterator[Outcome], of: int) -> Iterator[Outcome]:
    """*outcomes* as they come; says on stderr every few seconds how far it is."""
    begun = told = time.monotonic()
    for done, outcome in enumerate(outcomes, start=1):
        yield outcome
        now = time.monotonic()
        if now - told >= TOLD_EVERY_S:
            told = now
            print(f"{done} of {of} mutants, {now - begun:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
