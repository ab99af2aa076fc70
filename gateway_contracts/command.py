"""The command: which there are, and what is printed and returned whatever happens in one of them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen
from gateway_contracts.usage import Parser, UsageError
from specs import VERSION, SpecError

PROGRAM = "gateway-contracts"


class Implementation(Protocol):
    """What the module of a command has."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's options; ``set_defaults(passes_on=True)`` where it takes others as well."""

    def run(self, options: argparse.Namespace, screen: Screen) -> int:
        """Does it, and gives the exit code.

        *options* has the words as they came as ``arguments``, and as ``unknown`` those that are none of its own.

        Raises `UsageError`, SpecError for bad data, OSError for a file.
        """


@dataclass(frozen=True)
class Command:
    """One command: *says* is a sentence for the list of all; its module is imported when it is used."""

    name: str
    says: str

    @property
    def implementation(self) -> Implementation:
        """The module that does it."""
        return cast(Implementation, import_module(f"gateway_contracts.{self.name.replace('-', '_')}"))

    def parser(self) -> Parser:
        """What reads its options."""
        made = Parser(
            prog=f"{PROGRAM} {self.name}",
            description=self.says,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self.implementation.add_options(made)
        return made


COMMANDS = (
    Command("mock", "Serve every gateway of the contracts, each at its id as the first part of the path."),
    Command("check", "Judge a gateway by what its contract documents."),
    Command("record", "Record what a gateway answers, for the mock to replay."),
    Command("drift", "Say what changed in the lists of models between two sides: gateways, recordings, reports."),
    Command("report", "Write a JSON report again as Markdown, HTML, SARIF, JUnit XML, a badge or annotations."),
    Command("compat", "Say what a client would notice of a change to a contract."),
    Command("explain", "Say all that is known of a requirement: citations, check, requests, mutants."),
    Command("providers", "List the gateways that have a contract, or say what one of them promises."),
    Command("targets", "List the gateways of a targets file, as a matrix of CI jobs wants them."),
    Command("new-provider", "Start the contract of another gateway."),
    Command("completion", "Print what makes a shell complete commands and options."),
)


def main(arguments: Sequence[str] | None = None, screen: Screen | None = None) -> int:
    """Runs the command that *arguments* name, and gives its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    screen = screen or Screen()
    try:
        code = _done(words, screen)
        screen.out.flush()
    except (UsageError, SpecError) as error:
        screen.error(f"{PROGRAM} {words[0]}: {error}")
        return ExitCode.USAGE
    except BrokenPipeError:  # whoever reads has seen enough
        _print_no_more()
        return ExitCode.GOOD
    except OSError as error:
        screen.error(f"{' '.join([PROGRAM, *words[:1]])}: {_said(error)}")
        if error.filename is None:  # what was opened before, stdout or a file, takes no more
            _print_no_more()
            return ExitCode.OUR_ERROR
        return ExitCode.USAGE
    except KeyboardInterrupt:
        screen.error(f"{' '.join([PROGRAM, *words[:1]])}: interrupted")
        return ExitCode.INTERRUPTED
    return code


def _done(words: Sequence[str], screen: Screen) -> int:
    """Runs the command that *words* name. Raises what it raises."""
    command = next((each for each in COMMANDS if words[:1] == [each.name]), None)
    if command is None:
        return _without_command(words, screen)
    parser = command.parser()
    options, unknown = parser.parse_known_args(words[1:])
    if unknown and not getattr(options, "passes_on", False):
        parser.error(f"found {unknown[0]!r}, which is none of its options")
    options.arguments, options.unknown = words[1:], unknown
    return command.implementation.run(options, screen)


def _print_no_more() -> None:
    """Has what is still to be printed go nowhere: Python would try it again at the end, and say so."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _said(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)


def _without_command(words: Sequence[str], screen: Screen) -> int:
    parser = Parser(prog=PROGRAM, description="What LLM gateways promise, served and judged.", add_help=False)
    if words[:1] == ["--version"]:
        screen.line(f"{PROGRAM} {VERSION}")
    elif not words or words[0] in ("-h", "--help", "help"):
        screen.line(overview())
    else:
        parser.error(f"found {words[0]!r}, expected {', '.join(each.name for each in COMMANDS)}")
    return ExitCode.GOOD


def overview() -> str:
    """What ``--help`` says: every command and every exit code."""
    commands = "\n".join(f"  {each.name:<13} {each.says}" for each in COMMANDS)
    codes = "\n".join(f"  {code:<13} {code.says}" for code in ExitCode)
    return f"""\
usage: {PROGRAM} COMMAND [options]

What LLM gateways promise, served by a mock and judged by a suite.

commands:
{commands}

  {PROGRAM} COMMAND --help tells its options, --version which one this is.

exit codes:
{codes}"""
