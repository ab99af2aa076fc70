"""What most tests need: the provider Acme, and ways to put questions to a scripted gateway in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpcore2  # noqa: F401  # httpx2 imports it late; a run in this process would have one of its own, with other exceptions
import pytest

from conformance.selftest import acme
from specs import Provider


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    """The contract of Acme."""
    return acme.provider(tmp_path_factory.mktemp("acme"))


@pytest.fixture
def contract(tmp_path: Path) -> Callable[..., Provider]:
    """Loads the contract of Acme with parts of its openapi.yaml replaced, given as pairs."""

    def loaded(*changes: tuple[str, str], checks: dict[str, tuple[str, str, str]] | None = None) -> Provider:
        text = acme.OPENAPI
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the contract"
            text = text.replace(old, new)
        return acme.provider(tmp_path, openapi=text, checks=checks)

    return loaded
