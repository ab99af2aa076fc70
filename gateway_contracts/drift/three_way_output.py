"""The three-way comparison told: as a table for each verdict, as Markdown and as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import specs
from conformance.reports.markdown import prose
from gateway_contracts.changes import output
from gateway_contracts.changes.change import Severity
from gateway_contracts.changes.telling import cut
from gateway_contracts.drift.three_way import VERDICTS, Difference, Verdict
from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen

VERSION = 1

MOST_ROWS = 20
"""Differences of one verdict that are told."""

MOST = 20_000
"""Differences that JSON lists; the counts are of all."""

COLUMNS = ("is", "of", "what", "contract", "recording", "live")
NOTHING = "–"

Hidden = Callable[[str], str]


@dataclass(frozen=True)
class ThreeWay:
    """The *differences* between the contract of *provider*, a *recording* and a *live* side, as these are called."""

    provider: str
    recording: str
    live: str
    differences: Sequence[Difference]
    notes: Sequence[str] = ()

    @property
    def counts(self) -> dict[Severity, int]:
        """How many differences there are of each severity, the worst first."""
        return {each: sum(found.severity is each for found in self.differences) for each in sorted(Severity, reverse=True)}

    def of(self, verdict: Verdict) -> list[Difference]:
        """Those of one verdict."""
        return [each for each in self.differences if each.verdict is verdict]

    def fails(self, fail_on: Severity | None) -> bool:
        """Whether anything is as bad as *fail_on*."""
        return fail_on is not None and any(each.severity >= fail_on for each in self.differences)


def tell(found: ThreeWay, options: argparse.Namespace, screen: Screen, hidden: Hidden) -> int:
    """Prints *found* without what *hidden* takes out, and gives the exit code."""
    shown, fail_on = _masked(found, hidden), output.fail_on(options)
    if options.json:
        screen.json(document(shown, fail_on))
    elif options.markdown:
        for line in _markdown(shown, whole=options.all):
            screen.line(line)
    else:
        _print(shown, screen, whole=options.all)
    return ExitCode.BROKEN if found.fails(fail_on) else ExitCode.GOOD


def _print(found: ThreeWay, screen: Screen, *, whole: bool) -> None:
    screen.line(f"three ways of {found.provider}: contract, recording {found.recording}, live {found.live}")
    for note in found.notes:
        screen.line(f"  note: {note}")
    for verdict in VERDICTS:
        if differences := found.of(verdict):
            screen.line()
            screen.line(f"{verdict.id} ({len(differences)}): {verdict.says} {verdict.next}")
            shown = differences if whole else differences[:MOST_ROWS]
            screen.table(COLUMNS, [_cells(each) for each in shown])
            if len(differences) > len(shown):
                screen.line(f"… and {len(differences) - len(shown)} more")
    screen.line()
    screen.line(_summary(found))


def _markdown(found: ThreeWay, *, whole: bool) -> Iterator[str]:
    yield f"## Three ways of {prose(found.provider)}: {prose(_summary(found))}"
    yield ""
    yield f"The contract, the recording {prose(found.recording)}, and {prose(found.live)} now."
    yield from (f"- {prose(each)}" for each in found.notes)
    for verdict in VERDICTS:
        if differences := found.of(verdict):
            shown = differences if whole else differences[:MOST_ROWS]
            yield from ("", f"**{verdict.id}** ({len(differences)}): {verdict.says} {verdict.next}", "")
            yield f"| {' | '.join(COLUMNS)} |"
            yield f"|{'---|' * len(COLUMNS)}"
            yield from (f"| {' | '.join(map(prose, _cells(each)))} |" for each in shown)
            if len(differences) > len(shown):
                yield from ("", f"… and {len(differences) - len(shown)} more")


def document(found: ThreeWay, fail_on: Severity | None) -> dict[str, Any]:
    """*found* as JSON, in the format ``specs/formats/three-way.schema.json``."""
    return {
        "version": VERSION,
        "tool": {"name": "gateway-contracts", "version": specs.VERSION},
        "kind": "three-way",
        "provider": found.provider,
        "recording": found.recording,
        "live": found.live,
        "fail_on": fail_on.word if fail_on is not None else "never",
        "fails": found.fails(fail_on),
        "notes": list(found.notes),
        "counts": {severity.word: count for severity, count in found.counts.items()},
        "verdicts": {
            each.id: {"count": len(found.of(each)), "says": each.says, "next": each.next} for each in VERDICTS if found.of(each)
        },
        "differences": [
            {
                "verdict": each.verdict.id,
                "severity": each.severity.word,
                "at": each.at,
                "what": each.what,
                "subject": each.subject or None,
                "contract": each.contract,
                "recording": each.recording,
                "live": each.live,
            }
            for each in found.differences[:MOST]
        ],
        "left_out": max(0, len(found.differences) - MOST),
    }


def _summary(found: ThreeWay) -> str:
    if not found.differences:
        return "no difference"
    return ", ".join(f"{count} {severity.word}" for severity, count in found.counts.items())


def _cells(each: Difference) -> tuple[str, ...]:
    values = (NOTHING if value is None else cut(value) for value in (each.contract, each.recording, each.live))
    return (each.severity.word, cut(each.subject or each.at), cut(each.what), *values)


def _masked(found: ThreeWay, hidden: Hidden) -> ThreeWay:
    def difference(each: Difference) -> Difference:
        return replace(
            each,
            what=output.text(each.what, hidden),
            subject=output.text(each.subject, hidden),
            contract=output.maybe(each.contract, hidden),
            recording=output.maybe(each.recording, hidden),
            live=output.maybe(each.live, hidden),
        )

    return replace(
        found,
        recording=output.text(found.recording, hidden),
        live=output.text(found.live, hidden),
        notes=tuple(output.text(each, hidden) for each in found.notes),
        differences=[difference(each) for each in found.differences],
    )
