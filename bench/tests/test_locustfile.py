from __future__ import annotations

import csv
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest

from bench.process import CHECKOUT, mock
from bench.scaling import redis_server
from bench.speed.server import free_port
from mockserver.tests import redis_server as tested_redis

# Not imported, as it changes what sockets are for the whole process.
if importlib.util.find_spec("locust") is None:
    pytest.skip("Locust is not here; make test-bench runs this where it is", allow_module_level=True)

LOCUST = [sys.executable, "-m", "locust", "-f", str(CHECKOUT / "bench" / "locustfile.py")]
USERS = ["--headless", "--users", "12", "--spawn-rate", "12", "--run-time", "5s"]
ROUGH = ["--gateway", "aihubmix", "--refused", "0.3", "--broken", "0.1", "--pause", "0.05"]
NAMES = {
    "list",
    "list: 429",
    "list: 500",
    "list, with If-None-Match",
    "list, with a wrong key",
    "retrieve",
    "session: made",
    "session: ended",
}


def counted(file: Path) -> Mapping[str, Mapping[str, str]]:
    """What Locust counted, by the name of the request."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["Name"]: row for row in csv.DictReader(lines)}


def seen(rows: Mapping[str, Mapping[str, str]], server: str) -> None:
    assert {row["Failure Count"] for row in rows.values()} == {"0"}
    assert set(rows) >= NAMES
    assert rows["session: made"]["Request Count"] == rows["session: ended"]["Request Count"] == "12"
    assert httpx2.get(f"{server}/__mock/sessions").json() == {"sessions": []}


def test_two_processes_drive_the_mock_as_sdks_do_and_nothing_fails(tmp_path: Path) -> None:
    with tempfile.TemporaryFile() as stderr, mock([], stderr) as server:
        command = [*LOCUST, "--host", server.url, *USERS, *ROUGH, "--csv", str(tmp_path / "run"), "--processes", "2"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert ended.returncode == 0, ended.stderr
        seen(counted(tmp_path / "run_stats.csv"), server.url)


def test_a_master_and_two_workers_as_on_a_fleet_drive_two_workers_of_the_mock(tmp_path: Path) -> None:
    tested_redis.program()
    with (
        redis_server.running(tmp_path, frozenset(os.sched_getaffinity(0))) as redis,
        tempfile.TemporaryFile() as stderr,
        mock(["--workers", "2", "--state", redis.url], stderr) as server,
    ):
        port, common = str(free_port()), [*LOCUST, "--host", server.url, *ROUGH]
        worker = [*common, "--worker", "--master-host", "127.0.0.1", "--master-port", port]
        master = [*common, *USERS, "--csv", str(tmp_path / "run"), "--master", "--expect-workers", "2"]
        quiet = subprocess.DEVNULL
        workers = [subprocess.Popen(worker, stdout=quiet, stderr=quiet) for _ in range(2)]
        try:
            bound = [*master, "--master-bind-host", "127.0.0.1", "--master-bind-port", port]
            ended = subprocess.run(bound, capture_output=True, text=True, check=False, timeout=60)
            assert ended.returncode == 0, ended.stderr
            assert [each.wait(20) for each in workers] == [0, 0]
        finally:
            for each in workers:
                each.kill()
        seen(counted(tmp_path / "run_stats.csv"), server.url)
