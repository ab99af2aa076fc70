"""The pytest plugin as pytest finds it where the project is installed: by its entry point, in a run of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("anyio", "httpx2", "jsonschema", "specs", "starlette", "uvicorn", "yaml")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder on the path with what tells pytest of the plugin, word for word from pyproject.toml."""
    plugins = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]["pytest11"]
    folder = tmp_path / "site/gateway_contracts-0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: gateway-contracts\nVersion: 0\n", encoding="utf-8")
    entries = "".join(f"{name} = {module}\n" for name, module in plugins.items())
    (folder / "entry_points.txt").write_text(f"[pytest11]\n{entries}", encoding="utf-8")
    return folder.parent


def run(installed: Path, tests: str, *options: str, conftest: str = "") -> subprocess.CompletedProcess[str]:
    """Pytest over *tests*, in a folder of their own, where every warning is an error."""
    folder = installed.parent / "tests"
    folder.mkdir()
    (folder / "conftest.py").write_text(conftest, encoding="utf-8")
    (folder / "test_it.py").write_text(tests, encoding="utf-8")
    command = [sys.executable, "-W", "error", "-m", "pytest", "-W", "error", "-p", "no:cacheprovider", *options, str(folder)]
    path = os.pathsep.join([str(installed), str(ROOT)])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_"))}
    environment |= {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


TESTS = """
import urllib.request
import pytest

@pytest.mark.parametrize("number", range(4))
def test_it_answers(mock_gateway, number):
    assert urllib.request.urlopen(mock_gateway.base_url("zenmux") + "/models").status == 200

def test_a_session_is_reached(mock_session):
    assert urllib.request.urlopen(mock_session.base_url("zenmux") + "/models").status == 200
"""


@pytest.mark.parametrize("options", [[], ["-n", "2"]], ids=["one process", "two processes"])
def test_the_fixtures_are_there_where_the_project_is_installed(installed: Path, options: list[str]) -> None:
    done = run(installed, TESTS, *options)

    assert "5 passed" in done.stdout, done.stdout
    assert done.returncode == 0
    assert done.stderr == ""


def test_a_conftest_can_choose_another_mock(installed: Path) -> None:
    conftest = """
import pytest
from mockserver.testing import running

@pytest.fixture(scope="session")
def mock_gateway():
    with running(example="empty") as mock:
        yield mock
"""
    tests = """
import json
import urllib.request

def test_it_is_that_one(mock_session):
    with urllib.request.urlopen(mock_session.base_url("zenmux") + "/models") as answer:
        assert json.load(answer)["data"] == []
"""
    done = run(installed, tests, conftest=conftest)

    assert "1 passed" in done.stdout, done.stdout


def test_a_run_that_does_not_use_it_imports_nothing_of_the_mock(installed: Path) -> None:
    tests = f"""
import sys

def test_nothing_is_imported():
    assert "mockserver.pytest_plugin" in sys.modules
    assert [name for name in {HEAVY!r} if name in sys.modules] == []
"""
    done = run(installed, tests, "-p", "no:hypothesispytest", "-p", "no:anyio", "-p", "no:randomly")

    assert "1 passed" in done.stdout, done.stdout
