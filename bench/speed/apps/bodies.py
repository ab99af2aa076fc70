"""What the apps answer: the files of the folder that BENCH_BODIES names."""

from __future__ import annotations

import os
from pathlib import Path

KEY = os.environ.get("BENCH_KEY", "").encode("ascii")
BODIES = {f"/{file.stem}/v1/models": file.read_bytes() for file in sorted(Path(os.environ["BENCH_BODIES"]).glob("*.json"))}
"""Bodies by their paths."""
