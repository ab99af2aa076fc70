"""Contracts as data: what each gateway promises, loaded from ``specs/providers/`` and ``fixtures/``.

Imports nothing else of this project.
"""

from specs.errors import SpecError
from specs.loader import load, load_all, provider_ids, with_recordings
from specs.provider import Provider

__all__ = ["Provider", "SpecError", "load", "load_all", "provider_ids", "with_recordings"]
