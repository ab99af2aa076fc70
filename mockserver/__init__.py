"""The mock: every gateway of the contracts, answering as documented, also when it fails.

Imports `specs` and nothing else of this project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.errors import UsageError

if TYPE_CHECKING:
    from mockserver.app import create_app

__all__ = ["UsageError", "create_app"]


def __getattr__(name: str) -> Any:
    """`create_app`, imported when it is used (PEP 562): pytest imports this package for its plugin in every run of a user."""
    if name == "create_app":
        from mockserver.app import create_app  # noqa: PLC0415 - see above

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
