"""A mock on a free port of this machine, as its users start it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
READY = re.compile(r"http://127\.0\.0\.1:[0-9]+")


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
