"""``python -m bench.scaling``."""

from __future__ import annotations

import sys

from bench.scaling.command import main

if __name__ == "__main__":
    sys.exit(main())
