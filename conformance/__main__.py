"""``python -m conformance``: what can be done with the suite beside judging, which pytest does."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import specs
from conformance.evidence import plain
from conformance.explain import UnknownRequirement, explain, find
from conformance.verdict import Verdict
from specs.errors import SpecError

USAGE = """\
A gateway is judged by pytest:

  pytest conformance --target https://gateway.example/v1        its key is read from GATEWAY_API_KEY
  pytest conformance --target http://127.0.0.1:8080/PROVIDER    a mock that `make mock` started
  pytest conformance --help                                     every option, under "gateway conformance"

This command explains what is judged:

  python -m conformance explain ID ...                          a requirement, with its citations and its mutants
"""


class Parser(argparse.ArgumentParser):
    """Ends with the suite's exit code for options that cannot be used."""

    def error(self, message: str) -> NoReturn:
        """Says what is wrong in one sentence."""
        self.exit(Verdict.USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command, and returns its exit code."""
    parser = Parser(prog="python -m conformance", description=USAGE, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", metavar="explain")
    command = commands.add_parser("explain", help="say all that is known of a requirement")
    command.add_argument("ids", metavar="ID", nargs="+", help="as a failure names it")
    command.add_argument(
        "--providers", type=Path, metavar="DIR", help="a folder of contracts, instead of those that come along"
    )
    command.add_argument("--provider", metavar="ID", help="of which gateway, where several have the requirement")
    options = parser.parse_args(arguments)
    if options.command is None:
        sys.stdout.write(USAGE)
        return Verdict.KEPT
    try:
        providers = specs.load_all(options.providers, None) if options.providers else specs.load_all()
        if options.provider is not None:
            if options.provider not in providers:
                expected = ", ".join(providers)
                sys.stderr.write(plain(f"--provider {options.provider!a} is unknown; expected one of {expected}") + "\n")
                return Verdict.USAGE
            providers = {options.provider: providers[options.provider]}
        texts = ["\n".join(explain(*find(each, providers))) for each in options.ids]
    except (UnknownRequirement, SpecError) as error:
        sys.stderr.write(f"{plain(str(error))}\n")
        return Verdict.USAGE
    except OSError as error:
        sys.stderr.write(f"--providers {options.providers}: {error.strerror}; expected a folder of contracts\n")
        return Verdict.USAGE
    try:
        sys.stdout.write("\n\n".join(texts) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Verdict.KEPT


if __name__ == "__main__":
    sys.exit(main())
