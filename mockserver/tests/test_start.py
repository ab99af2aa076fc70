"""What the mock leaves out when it starts, so that it starts fast."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
from typing import Any

import pytest

from mockserver import command
from mockserver.tests.acme import Folders

# Libraries that some requests, options or mistakes need, each as long to import as a good part of the mock.
LATER = {"httpx2", "hypothesis", "jsonpath", "jsonschema", "limits", "prometheus_client", "pytest", "redis", "rich"} | {
    "starlette.applications",
    "starlette.requests",
}


def test_what_only_some_mocks_need_is_not_imported_at_the_start() -> None:
    code = f"import sys, specs, mockserver.command; specs.load_all(); print(*sorted(set(sys.modules) & {LATER}))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.split() == []


def test_garbage_is_collected_while_it_serves(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    collects: list[bool] = []

    class Served:
        started, unheard = True, None

        def __init__(self, *_: Any) -> None: ...

        def run(self, sockets: list[socket.socket]) -> None:
            collects.append(gc.isenabled())
            sockets[0].close()

    monkeypatch.setattr(command, "Server", Served)
    monkeypatch.setattr("mockserver.command.signal.signal", lambda *_: None)  # the tests keep their own way to end
    gc.disable()  # as `python -m mockserver` does before it imports the rest
    try:
        assert command.main(["--port", "0", "--providers", str(folders.providers), "--fixtures", str(folders.fixtures)]) == 0
    finally:
        gc.enable()
        gc.unfreeze()

    assert collects == [True]
