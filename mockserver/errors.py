"""What a caller of the mock can do wrong."""

from __future__ import annotations


class UsageError(Exception):
    """An option that cannot be served: one sentence with what was found and what is possible."""
