"""The wheel works where nothing else of the project is: in an empty folder, with what it names as its needs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import specs
from gate.tests.installation import CHECKOUT, MOMENT, Installation, build, unpacked, wanted
from mockserver.testing import running

PACKAGES = ("specs", "mockserver", "conformance", "gateway_contracts")
WITHOUT = {"tests", "selftest", "__pycache__"}
PROVIDER = min(specs.load_all().values(), key=lambda each: (each.generic, each.rate_limit is not None, len(each.requirements)))
MUTANT = next(each for each in PROVIDER.mutants if not each.needs and each.breaks == PROVIDER.requirements[0].id)


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_sdist_makes_itself_and_the_same_wheel_byte_for_byte_again(installed: Installation, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    source = unpacked(installed.sdist, tmp_path / "elsewhere")
    before = os.umask(0o077)
    try:
        again = build(source, tmp_path / "again", SOURCE_DATE_EPOCH=MOMENT)
    finally:
        os.umask(before)

    assert [path.read_bytes() for path in again] == [installed.sdist.read_bytes(), installed.wheel.read_bytes()]


def test_the_files_in_the_wheel_are_of_the_moment_that_was_said(installed: Installation) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        assert {each.date_time[:2] for each in archive.infolist()} == {(2027, 1)}


def test_the_wheel_holds_every_file_of_the_packages_and_the_recordings_but_no_test(installed: Installation) -> None:
    source = installed.source
    files = [path.relative_to(source) for name in (*PACKAGES, "fixtures") for path in (source / name).rglob("*")]
    wanted = {path for path in files if not WITHOUT & set(path.parts) and (source / path).is_file()}
    expected = {re.sub("^fixtures/", "specs/recordings/", path.as_posix()) for path in wanted}

    found = {name for name in contents(installed.wheel) if ".dist-info/" not in name}

    assert found == expected
    assert {f"{name}/py.typed" for name in PACKAGES} <= found
    assert "mockserver/admin/openapi.yaml" in found


def test_the_sdist_has_every_test_and_what_they_need(installed: Installation) -> None:
    source = installed.source
    folders = [path for path in CHECKOUT.iterdir() if path.is_dir() and not path.name.startswith(".")]
    tests = {path.relative_to(CHECKOUT) for folder in folders for path in folder.rglob("test_*.py")}
    tests = {path for path in tests if "node_modules" not in path.parts}

    assert tests
    assert {path.relative_to(source) for path in source.rglob("test_*.py")} == tests
    assert {path.name for path in source.iterdir()} >= {
        *(path.name for path in CHECKOUT.glob("*.lock")),
        "Makefile",
        "docs",
        ".ci",
    }


def test_neither_names_a_folder_of_this_machine(installed: Installation) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        texts = {name: archive.read(name) for name in archive.namelist()}

    here = (f"{CHECKOUT}".encode(), f"{Path.home()}/".encode())
    assert [name for name, text in texts.items() if any(folder in text for folder in here)] == []


@pytest.fixture(scope="module")
def mock(installed: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the installed mock."""
    with installed.mock(tmp_path_factory.mktemp("mock")) as url:
        yield url


def test_the_mock_is_judged_by_the_command_and_the_version_is_one_everywhere(
    installed: Installation, mock: str, tmp_path: Path
) -> None:
    words = (f"{mock}/{PROVIDER.id}", "--record", "run.json", "--report-json", "report.json")
    judged = installed.run(tmp_path, "gateway-contracts", "check", *words)
    with urllib.request.urlopen(f"{mock}/__mock/health") as answer:
        healthy = json.load(answer)

    assert (judged.returncode, judged.stderr) == (0, "")
    assert "verdict   kept" in judged.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"run.json", "report.json"}
    assert {
        installed.run(tmp_path, "gateway-contracts", "--version").stdout.split()[-1],
        healthy["version"],
        json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["suite"],
        json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["tool"]["version"],
        installed.wheel.name.split("-")[1],
    } == {specs.VERSION}


def test_the_mock_is_judged_by_pytest(installed: Installation, mock: str, tmp_path: Path) -> None:
    words = ("-p", "no:cacheprovider", "--pyargs", "conformance", "--target", f"{mock}/{PROVIDER.id}")
    tested = installed.run(tmp_path, "pytest", *words)

    assert (tested.returncode, tested.stderr) == (0, "")
    assert "verdict   kept" in tested.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_mutant_is_broken(installed: Installation, tmp_path: Path) -> None:
    with running({PROVIDER.id: PROVIDER}, mutant=MUTANT.id) as mutant:
        judged = installed.run(tmp_path, "gateway-contracts", "check", f"{mutant.url}/{PROVIDER.id}", "-k", MUTANT.breaks)

    assert judged.returncode == 1
    assert f"{MUTANT.breaks} MUST" in judged.stdout


def test_providers_and_requirements_are_told(installed: Installation, tmp_path: Path) -> None:
    listed = installed.run(tmp_path, "gateway-contracts", "providers", "--json")
    explained = installed.run(tmp_path, "gateway-contracts", "explain", MUTANT.breaks)

    assert [each["id"] for each in json.loads(listed.stdout)] == list(specs.provider_ids())
    assert explained.stdout.startswith(f"{MUTANT.breaks} MUST")
    assert (listed.returncode, explained.returncode) == (0, 0)
    assert listed.stderr == explained.stderr == ""


def test_the_extra_adds_what_http2_needs_and_nothing_else(installed: Installation) -> None:
    assert wanted(installed, "http2") == {"h2", "hpack", "hyperframe"}


TYPED = """
from __future__ import annotations

import specs
from mockserver import create_app
from mockserver.testing import Mock, running

def asked(mock: Mock) -> int:
    with mock.session() as session:
        return len(session.journal())

with running(specs.load_all(), example="empty") as mock:
    reveal_type(mock.base_url("acme"))
    reveal_type(specs.load("acme").requirements[0].id)
    reveal_type(asked(mock))
    mock.base_url(1)
"""
MYPY = """
[mypy]
strict = True
# What it needs in turn is not read: that takes three times as long, and says nothing of our own types.
follow_imports = skip
[mypy-specs.*,mockserver.*]
follow_imports = silent
"""
SEEN = [
    'note: Revealed type is "str"',
    'note: Revealed type is "str"',
    'note: Revealed type is "int"',
    'error: Argument 1 to "base_url" of "Mock" has incompatible type "int"; expected "str"  [arg-type]',
]


USES_FIXTURES = """
def test_each_session_is_one_of_the_mock(mock_gateway, mock_session):
    assert mock_session.base_url("PROVIDER").startswith(mock_gateway.url)
"""


def test_pytest_finds_the_fixtures_by_itself(installed: Installation, tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(USES_FIXTURES.replace("PROVIDER", PROVIDER.id), encoding="utf-8")

    done = installed.run(tmp_path, "pytest", "-p", "no:cacheprovider")

    assert "1 passed" in done.stdout, done.stdout


def test_a_program_that_uses_it_is_checked_with_its_types(installed: Installation, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(TYPED, encoding="utf-8")
    (tmp_path / "mypy.ini").write_text(MYPY, encoding="utf-8")
    options = ("--no-error-summary", "--cache-dir", os.devnull)
    command = [sys.executable, "-m", "mypy", *options, "--python-executable", installed.program("python"), "program.py"]

    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout

    assert [line.partition(": ")[2] for line in said.splitlines()] == SEEN


USES_NOTHING = """
import sys

def test_nothing_of_it_is_imported():
    packages = ("specs", "mockserver", "conformance", "gateway_contracts")
    ours = sorted(name for name in sys.modules if name.partition(".")[0] in packages)
    assert ours == ["conformance", "conformance.pyargs", "mockserver", "mockserver.errors", "mockserver.pytest_plugin"]
    assert not {"httpx2", "jsonschema", "starlette", "uvicorn", "yaml"} & set(sys.modules)

def test_no_option_is_added(pytestconfig):
    assert not {"target", "depth", "report_json"} & set(vars(pytestconfig.option))
"""


def test_a_run_of_pytest_that_has_nothing_to_do_with_it_is_not_disturbed(installed: Installation, tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(USES_NOTHING, encoding="utf-8")

    others = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:anyio")
    done = installed.run(tmp_path, "pytest", "-W", "error", *others)

    assert "2 passed" in done.stdout, done.stdout
    assert done.stderr == ""
