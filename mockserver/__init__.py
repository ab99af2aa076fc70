"""The mock: every gateway of the contracts, answering as documented, also when it fails.

Imports `specs` and nothing else of this project.
"""

from mockserver.app import create_app
from mockserver.errors import UsageError

__all__ = ["UsageError", "create_app"]
