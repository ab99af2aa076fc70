from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from mockserver.pytest_plugin import mock_gateway, mock_session  # noqa: F401 - as if the project were installed
from mockserver.tests.acme import Folders, write
from specs import Provider

# A machine may have much else to do: no example is timed.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")


class Clock:
    """Time that a test sets, in seconds."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """The files of the gateway acme, to change before they are loaded."""
    return write(tmp_path)


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Provider]:
    """The gateway acme, loaded once, as nothing can change it."""
    return write(tmp_path_factory.mktemp("acme")).load()
