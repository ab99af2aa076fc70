"""A real browser for tests: the Chromium of this machine, without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

MISSING = "there is no Chromium on this machine: install it (apt-get install chromium), or Google Chrome"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser that is gone when the block ends; skips the test where there is none, and fails it in CI."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("CI"):
        pytest.fail(MISSING)
    if found is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        # Without its own sandbox, as containers have no user namespaces; what it is shown is a file of ours.
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            opened.close()
