from __future__ import annotations

from pathlib import Path

import pytest

from specs.tests.small_provider import SmallProvider


@pytest.fixture
def small(tmp_path: Path) -> SmallProvider:
    """The files of a small provider that loads, for a test to change."""
    return SmallProvider.written(tmp_path)
