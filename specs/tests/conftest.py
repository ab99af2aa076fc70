from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from specs.tests.small_provider import SmallProvider

# A machine may have much else to do: no example is timed.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def small(tmp_path: Path) -> SmallProvider:
    """The files of a small provider that loads, for a test to change."""
    return SmallProvider.written(tmp_path)
