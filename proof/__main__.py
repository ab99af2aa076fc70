"""``python -m proof``: every mutant before the suite, and which requirement caught it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from proof.trial import trial
from specs import SpecError, load, provider_ids


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a row for each requirement and returns 0 when every mutant is caught first by the one it breaks, else 1."""
    parser = argparse.ArgumentParser(prog="python -m proof", description="Put every mutant before the suite.")
    parser.add_argument("--provider", action="append", choices=provider_ids(), help="only this provider; may be repeated")
    parser.add_argument("--mutant", help="only this mutant")
    parser.add_argument("--depth", choices=["quick", "standard", "deep"], default="standard")
    options = parser.parse_args(arguments)
    survived = 0
    try:
        providers = [load(name) for name in options.provider or provider_ids()]
    except SpecError as error:
        print(error, file=sys.stderr)
        return 2
    for provider in providers:
        accused = trial(provider, depth=options.depth).accused
        if accused:
            survived += 1
            print(f"{provider.id}: the conforming gateway is accused of {', '.join(accused)}")
        mutants = [each for each in provider.mutants if options.mutant in (None, each.id)]
        killed = 0
        for mutant in mutants:
            result = trial(provider, mutant, depth=options.depth)
            first = result.accused[0] if result.accused else None
            if first == mutant.breaks:
                killed += 1
            else:
                says = f"caught first by {first}" if first else result.refusal or "not caught"
                print(f"{mutant.id}: {says} ({mutant.says})")
        survived += len(mutants) - killed
        print(f"{provider.id}: {killed} of {len(mutants)} mutants caught first by the requirement that they break")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
