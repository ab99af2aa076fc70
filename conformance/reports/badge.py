"""A badge: the verdict as a small picture (SVG), for a README.

Only a whole verdict has one: a badge is looked at without its report, so it must not speak for what was not judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from conformance.reports import words
from conformance.verdict import Verdict

LABEL = "gateway contract"
GREEN, RED = "#2f7d3c", "#b3261e"
LETTER = 6.6
"""About the width of a letter of the font, in pixels; the text is fitted to what it comes to."""


class NoBadge(Exception):
    """There is no verdict that a badge could show; ``str()`` says why."""


def badge(report: Mapping[str, Any], previous: Sequence[Mapping[str, Any]] = ()) -> str:  # noqa: ARG001 - it is of now
    """*report* as an SVG image. Raises `NoBadge` where it is not complete, of a part of a contract, or without a verdict."""
    runs = report["runs"]
    if not runs:
        raise NoBadge("nothing was judged")
    for run in runs:
        if run["refusal"] or words.verdict(run) not in (Verdict.KEPT, Verdict.BROKEN):
            raise NoBadge(f"{words.label(run)} has no verdict: {words.sentence(run)}")
        if not run["complete"]:
            raise NoBadge(f"{words.label(run)} is not complete: {words.sentence(run)}")
        if run["selected"] < run["contract"]:
            raise NoBadge(f"only {run['selected']} of the {run['contract']} requirements of {words.label(run)} were selected")
    return _drawn(_said(runs), GREEN if all(words.verdict(run) is Verdict.KEPT for run in runs) else RED)


def _said(runs: Sequence[Mapping[str, Any]]) -> str:
    if len(runs) > 1:
        kept = sum(words.verdict(run) is Verdict.KEPT for run in runs)
        return f"{kept} of {len(runs)} gateways kept"
    counts = words.counts(runs[0])
    return f"{counts['fail']} broken" if "fail" in counts else f"kept, {counts.get('pass', 0)} passed"


def _drawn(text: str, colour: str) -> str:
    left, right = (round(len(each) * LETTER + 12) for each in (LABEL, text))
    said = escape(f"{LABEL}: {text}")
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{said}">
<title>{said}</title>
<rect width="{left}" height="20" fill="#444"/>
<rect x="{left}" width="{right}" height="20" fill="{colour}"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
<text x="{left / 2:g}" y="14" textLength="{left - 12}">{LABEL}</text>
<text x="{left + right / 2:g}" y="14" textLength="{right - 12}">{escape(text)}</text>
</g>
</svg>
"""
