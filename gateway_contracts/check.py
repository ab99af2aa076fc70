"""``gateway-contracts check``: the suite, as ``pytest conformance`` runs it, whatever pytest is told of the folder it is in."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from conformance import contract, options
from conformance.rerun import Command
from gateway_contracts.screen import Screen
from gateway_contracts.usage import UsageError

ISOLATED = (
    "-c",
    os.devnull,
    "--disable-plugin-autoload",
    "-p",
    "conformance.plugin",
    "-p",
    "no:cacheprovider",
    "--capture=sys",
)
"""No configuration and no plugin of the project that this is started in: neither is meant for judging a gateway.

Nor a temporary file for what is printed meanwhile: where the file system is read-only, there is no place for one.
"""

EPILOG = """\
What it prints, its exit code and its options are those of `pytest conformance`; other options of pytest may be given as well.
The gateway may also be named as the first word: gateway-contracts check https://gateway.example/v1
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of the suite, and those of pytest that matter here."""
    parser.usage = "gateway-contracts check [URL] [options]"
    parser.epilog = EPILOG
    parser.set_defaults(passes_on=True)
    options.add(parser.add_argument_group("gateway conformance").add_argument)
    add = parser.add_argument_group("pytest").add_argument
    add("--strict", action="store_true", help="a broken SHOULD fails as well")
    add("--junitxml", type=Path, metavar="FILE", help="write the findings as JUnit XML")
    add("-k", metavar="EXPRESSION", help="only requirements whose ids fit, such as 'ID or CLIENT'")
    add("-x", "--exitfirst", action="store_true", help="stop at the first failure")
    add("-q", "--quiet", action="count", help="say less")
    add("-v", "--verbose", action="count", help="say more: a line for each requirement")
    add("--collect-only", "--co", action="store_true", help="list the requirements, and judge none")
    add = parser.add_argument_group("this command").add_argument
    add("--json", action="store_true", help="print the report as JSON, and all else on stderr")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Has pytest judge the gateway."""
    screen.out.flush()  # pytest prints by itself
    words = list(options.arguments)
    if words and "://" in words[0] and not words[0].startswith("-"):
        words.insert(0, "--target")
    return _with_json(options, words, screen) if options.json else _judged(words)


def _judged(words: Sequence[str]) -> int:
    own = [contract.__file__, *ISOLATED, "--rootdir", str(Path.cwd())]
    return int(pytest.main([*own, *words], plugins=[Command(("gateway-contracts", "check"))]))


def _with_json(options: argparse.Namespace, words: Sequence[str], screen: Screen) -> int:
    """Judges, and prints the report in place of what pytest says; where there is none, nothing."""
    if options.report_json is not None:
        raise UsageError("--json prints what --report-json writes; give one of them")
    with TemporaryDirectory() as folder, redirect_stdout(screen.err):
        report = Path(folder, "report.json")
        code = _judged([*(each for each in words if each != "--json"), "--report-json", str(report)])
        text = report.read_text(encoding="utf-8") if report.exists() else ""
    screen.out.write(text)
    return code
