"""``python -m bench.schemathesis``."""

from __future__ import annotations

import sys

from bench.schemathesis.command import main

if __name__ == "__main__":
    sys.exit(main())
