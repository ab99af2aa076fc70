from __future__ import annotations

import pytest

from gate.tests.installation import Installation
from gate.tests.installation import installed as _installed


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The project installed from its wheel, once for all processes that test."""
    own = tmp_path_factory.getbasetemp()
    return _installed((own.parent if own.name.startswith("popen-") else own) / "installation")
