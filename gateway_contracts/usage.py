"""What a user can put right."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn

from gateway_contracts.exit_code import ExitCode

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class UsageError(Exception):
    """The options, or a file that they name, cannot be used; ``str()`` is one sentence that says what to do."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the whole usage."""

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Prints the help. Raises OSError where it cannot be printed, of which argparse says nothing."""
        (file or sys.stdout).write(self.format_help())
        sys.stdout.flush()

    def error(self, message: str) -> NoReturn:
        """Ends with the exit code for options that cannot be used."""
        self.exit(ExitCode.USAGE, f"{self.prog}: {message}; --help shows the options\n")
