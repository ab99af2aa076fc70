"""``gateway-contracts`` and ``python -m gateway_contracts``: Ctrl-C ends it quietly, also while all the rest is imported."""

from __future__ import annotations

import os
import signal
import sys

from gateway_contracts.exit_code import ExitCode


def run() -> int:
    """What the command exits with."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(ExitCode.INTERRUPTED))
    from gateway_contracts.command import main  # noqa: PLC0415 - it takes longest, and is not to be interrupted by a traceback

    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = main()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C comes too late to change anything
    return code


if __name__ == "__main__":
    sys.exit(run())
