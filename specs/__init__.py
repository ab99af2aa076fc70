"""Contracts as data: what each gateway promises, loaded from ``specs/providers/`` and ``fixtures/``.

Imports nothing else of this project.
"""

from specs.errors import SpecError
from specs.loader import load, load_all, on_demand, provider_ids, with_recordings
from specs.provider import Provider

VERSION = "0.1.0"  # of the whole project

__all__ = ["VERSION", "Provider", "SpecError", "load", "load_all", "on_demand", "provider_ids", "with_recordings"]
