"""``python -m bench.verdict``."""

from __future__ import annotations

import sys

from bench.verdict.command import main

if __name__ == "__main__":
    sys.exit(main())
