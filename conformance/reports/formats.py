"""The formats of a report, by the option that asks for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from conformance import whole_file
from conformance.reports.badge import badge
from conformance.reports.junit import junit
from conformance.reports.markdown import markdown
from conformance.reports.reading import Report
from conformance.reports.sarif import sarif

Write = Callable[[Report, Sequence[Report]], str]


@dataclass(frozen=True)
class Format:
    """One format: *text* makes it of a report and older ones. *help* is for the option; empty where that is pytest's own."""

    text: Write
    help: str


def _html(report: Report, previous: Sequence[Report]) -> str:
    from conformance.reports.html import html  # noqa: PLC0415 - Jinja takes longer to import than all of the others

    return html(report, previous)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "--report-md": Format(markdown, "write the findings as Markdown, for a step summary or a comment"),
        "--report-html": Format(_html, "write the findings as one HTML page, without scripts and network"),
        "--report-sarif": Format(sarif, "write the findings as SARIF 2.1.0, for code scanning"),
        "--badge": Format(badge, "write the verdict as an SVG picture, where a whole contract was judged"),
        "--junitxml": Format(junit, ""),
    }
)
"""By the option of the suite that asks for it."""

TRENDS = frozenset({"--report-md", "--report-html"})
"""The formats that show what changed since older reports."""


def write(option: str, path: Path, report: Report, previous: Sequence[Report] = ()) -> None:
    """Writes *report* to *path* in the format of *option*, whole or not at all. Raises OSError when that cannot be."""
    whole_file.write(path, FORMATS[option].text(report, previous).encode("utf-8", "backslashreplace"))
