"""``python -m mockserver``: Ctrl-C ends it quietly at any moment, also while all the rest is still being imported."""

from __future__ import annotations

import gc
import os
import signal
import sys

INTERRUPTED = 128 + signal.SIGINT


def run() -> int:
    """What the command exits with."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    gc.disable()  # until it serves: what is made before stays, and to look through it for garbage takes a tenth of the start
    from mockserver.command import main  # noqa: PLC0415 - it takes longest, and is not to be interrupted by a traceback

    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = main()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C comes too late to change anything
    return code


if __name__ == "__main__":
    sys.exit(run())
