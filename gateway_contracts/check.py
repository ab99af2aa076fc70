"""``gateway-contracts check``: the suite, as ``pytest conformance`` runs it, whatever pytest is told of the folder it is in."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest

from conformance import contract, options
from conformance.rerun import Command
from gateway_contracts.screen import Screen

ISOLATED = ("-c", os.devnull, "--disable-plugin-autoload", "-p", "conformance.plugin", "-p", "no:cacheprovider")
"""No configuration and no plugin of the project that this is started in: neither is meant for judging a gateway."""

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


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Has pytest judge the gateway."""
    screen.out.flush()  # pytest prints by itself
    words = list(options.arguments)
    if words and "://" in words[0] and not words[0].startswith("-"):
        words.insert(0, "--target")
    own = [contract.__file__, *ISOLATED, "--rootdir", str(Path.cwd())]
    return int(pytest.main([*own, *words], plugins=[Command(("gateway-contracts", "check"))]))
