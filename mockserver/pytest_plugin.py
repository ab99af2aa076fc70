"""Fixtures for the tests of whoever uses a gateway: a mock of all of them, and a session of one's own on it.

Every run of pytest imports this module where the project is installed, so it imports as little as it can.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mockserver.testing import Mock, MockSession


@pytest.fixture(scope="session")
def mock_gateway() -> Iterator[Mock]:
    """A mock of every gateway, one for all tests of a process; a fixture of this name in a conftest.py can be another one."""
    from mockserver.testing import running  # noqa: PLC0415 - some 0.3 s that only those pay who use it

    with running() as mock:
        yield mock


@pytest.fixture
def mock_session(mock_gateway: Mock) -> Iterator[MockSession]:
    """A session of `mock_gateway` for this test alone: no other test sees its traffic, settings, clock or journal."""
    with mock_gateway.session() as session:
        yield session
