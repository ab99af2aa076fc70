"""A mock on a free port of this machine, as its users start it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A machine may have much else to do: no example is timed.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")

CHECKOUT = Path(__file__).resolve().parent.parent
SDK_FOLDER = CHECKOUT / "proof/openai-node"
READY = re.compile(r"http://127\.0\.0\.1:[0-9]+")


@pytest.fixture(scope="session")
def node() -> str:
    """The command node; skips where it or OpenAI's SDK is missing, but fails in CI."""
    found = shutil.which("node")
    if found and (SDK_FOLDER / "node_modules/openai").is_dir():
        return found
    missing = "OpenAI's SDK for Node.js" if found else "Node.js"
    reason = f"{missing} is missing; where node and npm are installed, `make test` installs the SDK"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def mock() -> Iterator[Callable[..., str]]:
    """Starts ``python -m mockserver`` with the arguments given, and returns its URL once it is ready."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> str:
        command = [sys.executable, "-m", "mockserver", "--port", "0", *arguments]
        process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        started.append(process)
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ready") and (url := READY.search(line)):
                return url[0]
        raise AssertionError(f"the mock did not start: {''.join(said)}")

    yield start
    for process in started:
        process.terminate()
        process.communicate()
