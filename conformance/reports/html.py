"""A report as one HTML page that needs nothing else: no script, no network, and what a gateway said is text wherever it stands.

Everything goes through the template's escaping and through `_written`, and a Content-Security-Policy forbids all but the page's
own style, so that what should slip through both would do nothing still.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from conformance.reports import words
from conformance.reports.matrix import matrix
from conformance.reports.trend import NOTHING_OLDER, trend
from specs.printable import printable

FOLDER = Path(__file__).parent

MOST_TEXT = 30_000
"""Characters of any one text."""

Report = Mapping[str, Any]


def html(report: Report, previous: Sequence[Report] = ()) -> str:
    """*report* as an HTML document, with a trend where there are *previous* reports."""
    runs = report["runs"]
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    found = matrix(report) if len(runs) > 1 else None
    text = (
        _environment()
        .get_template("page.html.jinja")
        .render(
            style=Markup(style),  # noqa: S704 - it is a file of ours
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
            overall=words.overall(report),
            tool=report["tool"],
            runs=runs,
            outcomes=words.OUTCOMES,
            otherwise=NOTHING_OLDER if previous else "",
            trends=[trend(run, previous) for run in runs],
            matrix=found,
            loud=[row for row in found.rows if not row.quiet] if found else [],
            quiet=[row for row in found.rows if row.quiet] if found else [],
        )
    )
    return f"{text}\n"


@cache  # the template is part of the program
def _environment() -> Environment:
    made = Environment(
        autoescape=True,
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        finalize=_written,
    )
    made.filters |= {
        "answered": words.answered,
        "counted": words.counted,
        "counts": words.counts,
        "cut": words.shown,
        "heading": words.heading,
        "in_order": words.in_order,
        "label": words.label,
        "line": words.line,
        "linked": words.linked,
        "place": words.place,
        "requests": words.requests,
        "sentence": words.sentence,
        "slug": lambda word: word.replace(" ", "-"),
        "tries": words.tries,
        "when": words.when,
        "where": words.cited,
    }
    made.tests["holding"] = lambda findings, outcome: any(each["outcome"] == outcome for each in findings)
    return made


def _written(value: Any) -> Any:
    """*value* as the page may hold it: cut, and without characters that do not print."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    more = len(value) - MOST_TEXT
    return printable(f"{value[:MOST_TEXT]}… and {more} more characters" if more > 0 else value)
