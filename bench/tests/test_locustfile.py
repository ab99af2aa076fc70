from __future__ import annotations

import csv
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx2
import pytest

from bench.process import CHECKOUT, mock

# Not imported, as it changes what sockets are for the whole process.
if importlib.util.find_spec("locust") is None:
    pytest.skip("Locust is not here; make test-bench runs this where it is", allow_module_level=True)


def test_two_workers_drive_the_mock_as_sdks_do_and_nothing_fails(tmp_path: Path) -> None:
    with tempfile.TemporaryFile() as stderr, mock([], stderr) as server:
        options = [
            "--host",
            server.url,
            "--gateway",
            "aihubmix",
            "--headless",
            "--users",
            "12",
            "--spawn-rate",
            "12",
            "--run-time",
            "5s",
        ]
        files = ["-f", str(CHECKOUT / "bench" / "locustfile.py"), "--csv", str(tmp_path / "run"), "--processes", "2"]
        command = [sys.executable, "-m", "locust", *files, *options, "--refused", "0.3", "--pause", "0.05"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert ended.returncode == 0, ended.stderr
        assert httpx2.get(f"{server.url}/__mock/sessions").json() == {"sessions": []}
    with (tmp_path / "run_stats.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["Name"]: row for row in csv.DictReader(file)}
    assert {row["Failure Count"] for row in rows.values()} == {"0"}
    assert {"list", "list: 429", "retrieve", "list, with If-None-Match", "session: made"} <= set(rows)
    assert rows["session: made"]["Request Count"] == "12"
