"""Makes `pytest --pyargs conformance` know the suite's options: pytest itself looks for a conftest.py in folders only.

Every run of pytest where this is installed loads it, so it imports nothing but pytest.
"""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Loads the suite where it is what is to be run."""
    if early_config.known_args_namespace.pyargs and any(each.partition("::")[0] == "conformance" for each in args):
        early_config.pluginmanager.import_plugin("conformance.plugin")
