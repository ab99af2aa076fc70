"""The command: a mock, its contracts, and what Schemathesis makes of them, as a table."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence

from bench.process import NoMockError, mock
from bench.schemathesis.examining import VERSION, Examined, examine
from bench.schemathesis.waiver import Waiver, read
from specs import Provider, SpecError, load_all, provider_ids

BROKEN, BAD_USAGE, INTERRUPTED = 1, 2, 128 + signal.SIGINT
PHASES = ("examples", "coverage", "fuzzing", "stateful")
SERVED = ("--no-rate-limit", "--example", "catalogue")
"""All of them are asked with one key, and lists have every documented member."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a row for each provider; gives 0 if every failure is explained, else 1; 2 for bad options, 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    shipped = load_all()
    try:
        waivers = read(shipped)
        print(_row("", *PHASES, "checks", "explained", "unexplained", "seconds"), flush=True)
        found = [
            sentence
            for each in _examined([shipped[name] for name in options.provider or shipped], waivers, options)
            for sentence in wrong(shipped[each.provider], each, waivers)
        ]
    except (SpecError, NoMockError) as error:
        print(f"schemathesis: {error}", file=sys.stderr)
        return BAD_USAGE if isinstance(error, SpecError) else BROKEN
    except KeyboardInterrupt:
        print("interrupted; the rows above are whole", file=sys.stderr)
        return INTERRUPTED
    print(f"Schemathesis {VERSION}, seed {options.seed}, at most {options.examples} examples for each operation and phase")
    for sentence in found:
        print(f"WRONG: {sentence}")
    return BROKEN if found else 0


def _examined(providers: Sequence[Provider], waivers: Sequence[Waiver], options: argparse.Namespace) -> Iterator[Examined]:
    """What came of each of *providers*, whose row is printed at once."""
    with tempfile.TemporaryFile() as stderr:
        with mock(SERVED, stderr) as server:
            for provider in providers:
                root = f"{server.url}/{provider.id}"
                found = examine(provider, root, waivers, seed=options.seed, examples=options.examples)
                asked = (found.asked[each] for each in PHASES)
                numbers = (*asked, found.checks, found.explained.total(), len(found.unexplained))
                print(_row(provider.id, *map(str, numbers), f"{found.seconds:.1f}"), flush=True)
                yield found
        stderr.seek(0)
        printed = stderr.read().decode("utf-8", "replace").strip()
    if printed:
        raise NoMockError(f"the mock printed on stderr: {printed:.2000}")


def wrong(provider: Provider, found: Examined, waivers: Sequence[Waiver]) -> Iterator[str]:
    """What is wrong with *found*, a sentence each."""
    for failure in found.unexplained.values():
        yield f"{failure}; mend the mock or the contract, or add a waiver with its reason"
    for error in found.errors:
        yield f"{provider.id}: Schemathesis gave up: {error}"
    for each in provider.operations.values():
        if f"{each.method} {each.path}" not in found.operations:
            yield f"{provider.id}: {each.method} {each.path} was never asked for"
    for waiver in waivers:
        if waiver.provider == provider.id and not found.explained[waiver]:
            yield f"the waiver of {waiver} explained nothing; take it out, or ask for more examples"


def _row(name: str, *columns: str) -> str:
    return f"{name:12}" + "".join(f"{each:>12}" for each in columns)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.schemathesis", description=__doc__)
    add = parser.add_argument
    add("--provider", action="append", choices=provider_ids(), help="only this one; may be repeated")
    add("--seed", type=int, default=0, metavar="N", help="what is asked for is drawn from (default: %(default)s)")
    add("--examples", type=_count, default=100, metavar="N", help="for each operation and phase (default: %(default)s)")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number from 1 to 1000000")
    return int(text)
