"""``gateway-contracts completion SHELL``: a script that makes a shell complete commands and options."""

from __future__ import annotations

import argparse

import shtab

from gateway_contracts import command
from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen
from gateway_contracts.usage import Parser

SHELLS = ("bash", "zsh", "tcsh")
"""Those of which is said where the script belongs."""

EPILOG = """\
bash: gateway-contracts completion bash > ~/.local/share/bash-completion/completions/gateway-contracts
zsh:  gateway-contracts completion zsh > a file _gateway-contracts in a folder of $fpath
tcsh: gateway-contracts completion tcsh > /etc/profile.d/gateway-contracts.completion.csh
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the shell."""
    parser.epilog = EPILOG
    parser.add_argument("shell", choices=SHELLS, help="for which shell")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Prints the script."""
    screen.line(shtab.complete(whole(), shell=options.shell))
    return ExitCode.GOOD


def whole() -> Parser:
    """One parser of all commands."""
    made = Parser(prog=command.PROGRAM)
    made.add_argument("--version", action="store_true", help="print which version this is")
    commands = made.add_subparsers(metavar="COMMAND")
    for each in command.COMMANDS:
        own = each.parser()
        # A parser's options are taken over from another; its usage and epilog are of no use to a shell.
        commands.add_parser(each.name, help=each.says, parents=[own], add_help=False, conflict_handler="resolve")
    return made
