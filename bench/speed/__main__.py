"""``python -m bench.speed``."""

from __future__ import annotations

import sys

from bench.speed.command import main

if __name__ == "__main__":
    sys.exit(main())
