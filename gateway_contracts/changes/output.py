"""The options that say how a comparison is told and when it fails, and doing so: the same for every command that compares."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

from gateway_contracts.changes import document, markdown, telling
from gateway_contracts.changes.change import Change, Comparison, Severity
from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen

SEVERITIES = {each.word: each for each in sorted(Severity, reverse=True)}

Hidden = Callable[[str], str]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds how it is told and when it fails."""
    group = parser.add_argument_group("what comes of it")
    group.add_argument(
        "--fail-on",
        choices=[*SEVERITIES, "never"],
        default=Severity.BREAKING.word,
        help="exit with 1 at a change as bad as this (default: %(default)s)",
    )
    group.add_argument("--all", action="store_true", help="tell every change, however many there are")
    form = group.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--markdown", action="store_true", help="print Markdown")


def fail_on(options: argparse.Namespace) -> Severity | None:
    """From which severity on it fails; None for never."""
    return SEVERITIES.get(options.fail_on)


def tell(comparison: Comparison, options: argparse.Namespace, screen: Screen, hidden: Hidden = str) -> int:
    """Prints *comparison* without what *hidden* takes out, and gives the exit code."""
    shown = masked(comparison, hidden)
    if options.json:
        screen.json(document.document(shown, fail_on(options)))
    else:
        form = markdown if options.markdown else telling
        for line in form.lines(shown, whole=options.all):
            screen.line(line)
    return ExitCode.BROKEN if document.fails(comparison, fail_on(options)) else ExitCode.GOOD


def masked(comparison: Comparison, hidden: Hidden) -> Comparison:
    """*comparison* with every text that came from elsewhere as *hidden* leaves it, in characters that can be written."""

    def change(each: Change) -> Change:
        return replace(
            each,
            what=text(each.what, hidden),
            subject=text(each.subject, hidden),
            was=text(each.was, hidden),
            old=maybe(each.old, hidden),
            new=maybe(each.new, hidden),
        )

    return replace(
        comparison,
        old=text(comparison.old, hidden),
        new=text(comparison.new, hidden),
        notes=tuple(text(each, hidden) for each in comparison.notes),
        changes=tuple(map(change, comparison.changes)),
    )


def text(value: str, hidden: Hidden) -> str:
    """*value* as *hidden* leaves it, in characters that can be written: half of a surrogate pair is in no encoding."""
    return hidden(value).encode("utf-8", "backslashreplace").decode()


def maybe(value: str | None, hidden: Hidden) -> str | None:
    """The same for what may not be there."""
    return None if value is None else text(value, hidden)
