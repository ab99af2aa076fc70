"""What a user can put right."""

from __future__ import annotations

import argparse
from typing import NoReturn

from gateway_contracts.exit_code import ExitCode


class UsageError(Exception):
    """The options, or a file that they name, cannot be used; ``str()`` is one sentence that says what to do."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Ends with the exit code for options that cannot be used."""
        self.exit(ExitCode.USAGE, f"{self.prog}: {message}; --help shows the options\n")
