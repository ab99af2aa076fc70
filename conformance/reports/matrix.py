"""Several targets beside each other: what came of each requirement at each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.reports.words import OUTCOMES, label

QUIET = ("pass", "not applicable")


@dataclass(frozen=True)
class Row:
    """One requirement. *outcomes* has one member for each target, None where its contract does not have it.

    It is *quiet* when it needs nobody at any target that could be judged.
    """

    requirement: str
    level: str
    says: str
    outcomes: tuple[str | None, ...]
    quiet: bool


@dataclass(frozen=True)
class Matrix:
    """Targets by requirements; the rows that need somebody come first."""

    targets: tuple[str, ...]
    rows: tuple[Row, ...]


def matrix(report: Mapping[str, Any]) -> Matrix:
    """The matrix of all runs of *report*."""
    runs = report["runs"]
    refused = {column for column, run in enumerate(runs) if run["refusal"]}
    said: dict[str, tuple[str, str]] = {}
    found: dict[str, list[str | None]] = {}
    for column, run in enumerate(runs):
        for finding in run["findings"]:
            said.setdefault(finding["requirement"], (finding["level"], finding["says"]))
            found.setdefault(finding["requirement"], [None] * len(runs))[column] = finding["outcome"]
    rows, worst = [], {}
    for name, outcomes in found.items():
        told = [each for column, each in enumerate(outcomes) if each and column not in refused]
        rows.append(Row(name, *said[name], tuple(outcomes), quiet=all(each in QUIET for each in told)))
        worst[name] = min(map(OUTCOMES.index, told), default=len(OUTCOMES))
    return Matrix(tuple(map(label, runs)), tuple(sorted(rows, key=lambda row: worst[row.requirement])))
