"""``gateway-contracts drift OLD NEW``: what changed in the lists of models between two sides."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping

from conformance import snapshot
from gateway_contracts import reaching
from gateway_contracts.changes import output
from gateway_contracts.changes.change import Change, Comparison, ordered
from gateway_contracts.drift import three_way_output
from gateway_contracts.drift.asking import Silent
from gateway_contracts.drift.comparing import compare
from gateway_contracts.drift.documented import Fields
from gateway_contracts.drift.sides import Side, read
from gateway_contracts.drift.three_way import Difference, differences
from gateway_contracts.drift.three_way_output import ThreeWay
from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen
from gateway_contracts.usage import UsageError
from specs.provider import Provider

EPILOG = """\
A side is the URL of a gateway, which is asked for its plain lists and nothing else; a recording, or a folder of them; a
transcript that `check --record` wrote; or a report of `check --report-json`. docs/drift.md has every rule.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the two sides, how gateways are asked, and how it is told."""
    parser.epilog = EPILOG
    parser.add_argument("old", metavar="OLD", help="how it was: a URL, a recording, a folder of them, a transcript, a report")
    parser.add_argument("new", metavar="NEW", help="how it is now: any of these")
    parser.add_argument(
        "--contract", metavar="ID", help="also compare both, as recorded and as live, with this contract, and say who moved"
    )
    output.add_options(parser)
    reaching.add_options(parser)


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Compares both sides."""
    providers = reaching.contracts(options.providers)
    if options.contract is not None:
        _check_contract(options, providers)
        options.provider = options.contract
    try:
        old, new = (read(each, options, os.environ, providers) for each in (options.old, options.new))
    except Silent as reason:
        screen.error(f"gateway-contracts drift: {reason}; nothing was compared")
        return ExitCode.INCONCLUSIVE

    def hidden(text: str) -> str:
        return old.hidden(new.hidden(text))

    if options.contract is not None:
        return three_way_output.tell(three_ways(old, new), options, screen, hidden)
    return output.tell(compared(old, new), options, screen, hidden)


def _check_contract(options: argparse.Namespace, providers: Mapping[str, Provider]) -> None:
    if options.contract not in providers:
        raise UsageError(f"--contract {options.contract!a} is unknown; expected one of {', '.join(providers)}")
    if options.provider not in (None, options.contract):
        raise UsageError("--contract and --provider name two contracts; --contract alone will do")


def three_ways(recording: Side, live: Side) -> ThreeWay:
    """Where the contract, *recording* and *live* differ. Raises `UsageError` for sides that cannot be compared."""
    found: list[Difference] = []
    for name in _common(recording, live):
        operation = live.provider.operations[name]
        pages = [each for each in live.provider.answers(name, 200) if each.provenance == "documented"]
        shown = snapshot.read(pages[0].content, operation) if pages else None
        sides = recording.snapshots[name], live.snapshots[name]
        found += differences(shown, Fields(live.provider, operation), *sides)
    notes = tuple(_notes(recording, live))
    return ThreeWay(live.provider.id, recording.name, live.name, sorted(found, key=lambda each: each.sorting), notes)


def compared(old: Side, new: Side) -> Comparison:
    """What changed from *old* to *new*. Raises `UsageError` for sides that cannot be compared."""
    common = _common(old, new)
    changes = [change for name in common for change in _changes(name, old, new)]
    sizes = {name: (old.snapshots[name].total, new.snapshots[name].total) for name in common}
    return Comparison("drift", old.provider.id, old.name, new.name, ordered(changes), tuple(_notes(old, new)), sizes)


def _common(old: Side, new: Side) -> list[str]:
    """The lists that both sides have. Raises `UsageError` when there is none."""
    if old.provider.id != new.provider.id:
        raise UsageError(
            f"{old.name} is of {old.provider.id} and {new.name} of {new.provider.id}; two sides of one provider can be compared"
        )
    common = [name for name in old.snapshots if name in new.snapshots]
    if not common:
        raise UsageError(f"{old.name} has {_names(old)} and {new.name} has {_names(new)}; expected a list that both have")
    return common


def _changes(name: str, old: Side, new: Side) -> Iterator[Change]:
    documented = Fields(new.provider, new.provider.operations[name])
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
