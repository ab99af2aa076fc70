"""The table of gateways by requirements, with a note on each verdict that is not a pass."""

from __future__ import annotations

from collections.abc import Iterator

from proof.gateways import Gateway, contract, gateways
from specs.requirement import Requirement

SIGNS = {"pass": "✓", "fail": "**fail**", "warn": "warn", "not applicable": "–"}


def table() -> str:
    """The tables and the notes, in Markdown."""
    return "\n".join([*_found(), "", *_head(), *rows(), "", *_notes()])


def _found() -> Iterator[str]:
    """What was judged, and what each was found to have."""
    capabilities = list(contract().capabilities)
    yield f"| gateway | version | as | {' | '.join(capabilities)} |"
    yield "|---" * (len(capabilities) + 3) + "|"
    for each in gateways().values():
        found = " | ".join(each.capabilities[name] for name in capabilities)
        yield f"| {each.title} | {each.version} | {each.settings} | {found} |"


def _head() -> Iterator[str]:
    yield f"| requirement | | {' | '.join(each.title for each in gateways().values())} |"
    yield "|---|---|" + "---|" * len(gateways())


def rows() -> list[str]:
    """One row for each requirement."""
    notes = _numbers()
    found = []
    for each in contract().requirements:
        cells = " | ".join(_cell(gateway, each, notes) for gateway in gateways().values())
        found.append(f"| {each.id} {each.level.value} | {each.says} | {cells} |")
    return found


def _cell(gateway: Gateway, requirement: Requirement, notes: dict[tuple[str, str], int]) -> str:
    deviation = gateway.deviations.get(requirement.id)
    if deviation is None:
        return SIGNS["pass"]
    return f"{SIGNS[deviation.outcome]} ({notes[gateway.name, deviation.seen]})"


def _numbers() -> dict[tuple[str, str], int]:
    """The numbers of the notes, by gateway and what was seen."""
    seen = dict.fromkeys((name, each.seen) for name, gateway in gateways().items() for each in gateway.deviations.values())
    return {each: number for number, each in enumerate(seen, start=1)}


def _notes() -> Iterator[str]:
    numbers = _numbers()
    told = {(name, each.seen): each for name, gateway in gateways().items() for each in gateway.deviations.values()}
    for (name, seen), number in numbers.items():
        yield f"{number}. {gateways()[name].title}: {seen} {told[name, seen].because}"
