"""``gateway-contracts mock``: the mock server, as ``python -m mockserver`` starts it."""

from __future__ import annotations

import argparse

from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen
from mockserver import command, options


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of the mock server."""
    options.add(parser)


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Serves until Ctrl-C or SIGTERM; says on stderr why it cannot."""
    screen.out.flush()  # the server prints by itself
    return command.run(options, bad_usage=ExitCode.USAGE, interrupted=ExitCode.INTERRUPTED)
