"""The mock of this project, for a server that makes its app itself: `app` is what it calls."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.types import ASGIApp

from mockserver import create_app
from specs import load_all


def app() -> ASGIApp:
    """The mock of the contracts in the folder that BENCH_PREPARED names."""
    prepared = Path(os.environ["BENCH_PREPARED"])
    return create_app(load_all(prepared / "providers", prepared / "fixtures", served=True))
