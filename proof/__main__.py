"""``python -m proof``: every mutant before the suite, and which requirement caught it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from proof.trial import trial
from specs import Provider, SpecError, load, provider_ids
from specs.mutant import Mutant


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line for each provider, and one for each mutant that its own requirement does not catch first.

    Returns 0 when there is none of those, 1 otherwise, 2 for a mutant or data that cannot be used.
    """
    parser = argparse.ArgumentParser(prog="python -m proof", description="Put every mutant before the suite.")
    parser.add_argument("--provider", action="append", choices=provider_ids(), help="only this provider; may be repeated")
    parser.add_argument("--mutant", help="only this mutant")
    parser.add_argument("--depth", choices=["quick", "standard", "deep"], default="standard")
    options = parser.parse_args(arguments)
    try:
        providers = [load(name) for name in options.provider or provider_ids()]
    except SpecError as error:
        print(error, file=sys.stderr)
        return 2
    chosen = {each.id: [one for one in each.mutants if options.mutant in (None, one.id)] for each in providers}
    if not any(chosen.values()):
        print(f"there is no mutant {options.mutant!r}; expected an id from fixtures/*/mutants.json", file=sys.stderr)
        return 2
    kept = [prove(provider, chosen[provider.id], options.depth) for provider in providers if chosen[provider.id]]
    return 0 if all(kept) else 1


def prove(provider: Provider, mutants: Sequence[Mutant], depth: str) -> bool:
    """Puts *provider* whole and as each of *mutants* before the suite, prints what came of it; True when all is well."""
    accused = trial(provider, depth=depth).accused
    if accused:
        print(f"{provider.id}: the conforming gateway is accused of {', '.join(accused)}")
    killed = 0
    for mutant in mutants:
        found = trial(provider, mutant, depth=depth)
        first = found.accused[0] if found.accused else None
        if first == mutant.breaks:
            killed += 1
        else:
            says = f"caught first by {first}" if first else found.refusal or "not caught"
            print(f"{mutant.id}: {says} ({mutant.says})")
    print(f"{provider.id}: {killed} of {len(mutants)} mutants caught first by the requirement that they break", flush=True)
    return not accused and killed == len(mutants)


if __name__ == "__main__":
    sys.exit(main())
