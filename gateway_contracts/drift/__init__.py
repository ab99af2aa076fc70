"""``gateway-contracts drift OLD NEW``: what changed in the lists of models between two sides."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from gateway_contracts import reaching
from gateway_contracts.changes import output
from gateway_contracts.changes.change import Change, Comparison, ordered
from gateway_contracts.drift.asking import Silent
from gateway_contracts.drift.comparing import compare
from gateway_contracts.drift.documented import fields
from gateway_contracts.drift.sides import Side, read
from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen
from gateway_contracts.usage import UsageError

EPILOG = """\
A side is the URL of a gateway, which is asked for its plain lists and nothing else; a recording, or a folder of them; a
transcript that `check --record` wrote; or a report of `check --report-json`. docs/drift.md has every rule.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the two sides, how gateways are asked, and how it is told."""
    parser.epilog = EPILOG
    parser.add_argument("old", metavar="OLD", help="how it was: a URL, a recording, a folder of them, a transcript, a report")
    parser.add_argument("new", metavar="NEW", help="how it is now: any of these")
    output.add_options(parser)
    reaching.add_options(parser)


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Compares both sides."""
    providers = reaching.contracts(options.providers)
    try:
        old, new = (read(each, options, os.environ, providers) for each in (options.old, options.new))
    except Silent as reason:
        screen.error(f"gateway-contracts drift: {reason}; nothing was compared")
        return ExitCode.INCONCLUSIVE
    return output.tell(compared(old, new), options, screen, lambda text: old.hidden(new.hidden(text)))


def compared(old: Side, new: Side) -> Comparison:
    """What changed from *old* to *new*. Raises `UsageError` for sides that cannot be compared."""
    if old.provider.id != new.provider.id:
        raise UsageError(
            f"{old.name} is of {old.provider.id} and {new.name} of {new.provider.id}; two sides of one provider can be compared"
        )
    common = [name for name in old.snapshots if name in new.snapshots]
    if not common:
        raise UsageError(f"{old.name} has {_names(old)} and {new.name} has {_names(new)}; expected a list that both have")
    changes = [change for name in common for change in _changes(name, old, new)]
    sizes = {name: (old.snapshots[name].total, new.snapshots[name].total) for name in common}
    return Comparison("drift", old.provider.id, old.name, new.name, ordered(changes), tuple(_notes(old, new)), sizes)


def _changes(name: str, old: Side, new: Side) -> Iterator[Change]:
    documented = fields(new.provider, new.provider.operations[name])
    yield from compare(old.snapshots[name], new.snapshots[name], documented)


def _names(side: Side) -> str:
    return " and ".join(side.snapshots)


def _notes(old: Side, new: Side) -> Iterator[str]:
    """What was not compared."""
    for one, other in ((old, new), (new, old)):
        for name, held in one.snapshots.items():
            if name not in other.snapshots:
                yield f"{name} is in {one.name} only, and was not compared"
            elif held.left_out:
                yield f"{one.name} lacks the last {held.left_out} models of {name}, which were not compared"
