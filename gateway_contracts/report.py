"""``gateway-contracts report REPORT.json``: a report in other formats, without judging again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from conformance import whole_file
from conformance.reports import words, workflow
from conformance.reports.badge import NoBadge
from conformance.reports.formats import FORMATS, TRENDS, write
from conformance.reports.reading import Report, read
from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen
from gateway_contracts.usage import UsageError

OPTIONS = {option: option.replace("--report-", "--") for option in FORMATS}
"""What is called here as the suite calls it there."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of report."""
    add = parser.add_argument
    add("report", type=Path, metavar="REPORT", help="a JSON report, as check --report-json writes it")
    for option, each in FORMATS.items():
        add(OPTIONS[option], type=Path, metavar="FILE", help=each.help or "write the findings as JUnit XML")
    add("--previous", type=Path, metavar="FILE", action="append", default=[], help="an older JSON report; may be given again")
    add(
        "--annotations",
        action="store_true",
        help="print the worst findings as annotations for GitHub Actions alone",
    )
    add("--json", action="store_true", help="print the verdicts as JSON")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Writes what is asked for, and prints the verdicts."""
    given = {name: getattr(options, name.strip("-")) for name in OPTIONS.values()}
    files = {name: path for name, path in given.items() if path is not None}
    held = [("REPORT", options.report), *(("--previous", path) for path in options.previous)]
    if problem := whole_file.refusal(files, held):
        raise UsageError(problem)
    trends = {OPTIONS[option] for option in TRENDS}
    if options.previous and not trends & set(files):
        raise UsageError(f"--previous has no effect without {' or '.join(sorted(trends))}")
    if options.annotations and options.json:
        raise UsageError("--annotations and --json both say what is printed; give one of them")
    report, previous = read(options.report), [read(path) for path in options.previous]
    for option, name in OPTIONS.items():
        if name in files:
            try:
                write(option, files[name], report, previous)
            except NoBadge as why:
                screen.error(f"{name} {files[name]}: not written, as {why}")
    _print(report, options, screen)
    return ExitCode.GOOD


def _print(report: Report, options: argparse.Namespace, screen: Screen) -> None:
    runs = report["runs"]
    if options.annotations:
        for line in workflow.commands(report):
            screen.line(line)
    elif options.json:
        screen.json([_value(run) for run in runs])
    else:
        rows = [[words.label(run), words.sentence(run), words.counted(run)] for run in runs]
        screen.table(["gateway", "verdict", "outcomes"], rows)


def _value(run: Report) -> dict[str, Any]:
    shown = {"gateway": words.label(run), "target": run["target"], "verdict": run["verdict"], "complete": run["complete"]}
    return shown | {"outcomes": words.counts(run)}
