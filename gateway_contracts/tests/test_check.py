"""``gateway-contracts check`` is the suite, also in a project that has pytest set up for something else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import specs
from gateway_contracts.tests.recording import said
from mockserver.testing import running

CHECKOUT = Path(__file__).parents[2]
PROVIDER = next(each for each in specs.load_all().values() if not each.generic and not each.rate_limit)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running() as mock:
        yield f"{mock.url}/{PROVIDER.id}"


def done(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command run in *folder*, where the project is on Python's path and nothing else is known of it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_", "GATEWAY_"))}
    environment |= {"PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_a_gateway_that_keeps_its_contract_ends_with_0(url: str, tmp_path: Path) -> None:
    judged = done(tmp_path, "-m", "gateway_contracts", "check", url)

    assert (judged.returncode, judged.stderr) == (0, "")
    assert "verdict   kept: every MUST that could be judged is kept" in judged.stdout
    assert list(tmp_path.iterdir()) == []


def test_what_pytest_is_told_in_the_folder_does_not_matter(url: str, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text("raise SystemExit('this is not for the suite')\n", encoding="utf-8")

    assert done(tmp_path, "-m", "gateway_contracts", "check", "--target", url, "-q").returncode == 0


def test_options_of_the_suite_and_of_pytest_are_passed_on(url: str, tmp_path: Path) -> None:
    first = PROVIDER.requirements[0].id
    judged = done(tmp_path, "-m", "gateway_contracts", "check", url, "-k", first, "-v", "-rA", "--report-json", "report.json")

    assert judged.returncode == 0
    assert f"{first} PASSED" in judged.stdout
    assert (tmp_path / "report.json").is_file()


@pytest.mark.parametrize("before", [("--depth", "quick"), ("-q", "-k", "CLIENT"), ("--tb", "short")], ids=" ".join)
def test_the_url_may_stand_behind_options(url: str, tmp_path: Path, before: tuple[str, ...]) -> None:
    planned = done(tmp_path, "-m", "gateway_contracts", "check", *before, url, "--plan")

    assert (planned.returncode, planned.stderr) == (0, "")
    assert f"{PROVIDER.title} at {url}" in planned.stdout


@pytest.mark.parametrize("option", ["--target", "--targets", "--replay"])
def test_a_url_beside_another_way_to_say_what_is_judged_is_refused(option: str) -> None:
    found = said("check", "http://127.0.0.1:1/v1", option, "http://127.0.0.1:2/v1")

    assert (found.code, found.out) == (4, "")
    sentence = f"the URL and {option} contradict each other, as both say what is judged; give one of them"
    assert found.err == f"gateway-contracts check: {sentence}\n"


def test_two_urls_are_refused() -> None:
    found = said("check", "http://127.0.0.1:1/v1", "-q", "http://127.0.0.1:2/v1")

    assert (found.code, found.out) == (4, "")
    assert found.err.endswith("found several URLs, expected that of one gateway; --targets FILE judges several\n")


@pytest.mark.parametrize("words", [("nonsense",), ("--depth", "quick", "nonsense"), ("-x", "nonsense", "http://h/v1")])
def test_a_word_that_is_no_url_is_refused(words: tuple[str, ...]) -> None:
    found = said("check", *words)

    assert (found.code, found.out) == (4, "")
    assert found.err.endswith(" found 'nonsense', expected the URL of a gateway, such as https://gateway.example/v1\n")


def test_what_is_printed_tells_nothing_of_the_folders_that_pytest_looks_at(url: str, tmp_path: Path) -> None:
    judged = done(tmp_path, "-m", "gateway_contracts", "check", url, "-k", "CLIENT-JSON-01")

    first, second, empty, progress, *_ = judged.stdout.splitlines()
    assert "test session starts" in first
    assert second.startswith("collected ")
    assert (empty, progress.split()) == ("", ["conformance/contract.py", ".", "[100%]"])


def test_requirements_are_listed_one_a_line(url: str, tmp_path: Path) -> None:
    listed = done(tmp_path, "-m", "gateway_contracts", "check", url, "--collect-only")

    lines = [f"conformance/contract.py::{each.id}" for each in PROVIDER.requirements]
    assert listed.stdout.splitlines()[: len(lines)] == lines


def test_a_failure_is_rerun_by_the_command_that_was_used(tmp_path: Path) -> None:
    mutant = next(each for each in PROVIDER.mutants if not each.needs and each.breaks == PROVIDER.requirements[0].id)
    with running(mutant=mutant.id) as mock:
        judged = done(tmp_path, "-m", "gateway_contracts", "check", f"{mock.url}/{PROVIDER.id}", "-k", mutant.breaks)

    assert judged.returncode == 1
    assert f"  rerun     gateway-contracts check --target {mock.url}/{PROVIDER.id} --provider {PROVIDER.id}" in judged.stdout


def test_what_cannot_be_used_ends_with_4_as_with_pytest(tmp_path: Path) -> None:
    ours = done(tmp_path, "-m", "gateway_contracts", "check")
    theirs = done(tmp_path, "-m", "pytest", "-p", "conformance.pyargs", "--pyargs", "conformance", "--provider", "nobody")

    assert (ours.returncode, theirs.returncode) == (4, 4)
    assert ours.stderr == theirs.stderr.replace("pytest --pyargs conformance", "gateway-contracts check")
    assert "no --target; usage: gateway-contracts check --target URL [--provider ID]" in ours.stderr


def test_an_option_that_nobody_knows_is_one_sentence(tmp_path: Path) -> None:
    judged = done(tmp_path, "-m", "gateway_contracts", "check", "http://127.0.0.1:1", "--no-such-option")

    assert (judged.returncode, judged.stdout) == (4, "")
    assert judged.stderr == "ERROR: unrecognized arguments: --no-such-option; --help shows the options\n\n"


def test_the_suite_is_known_to_pytest_by_its_package_alone(url: str, tmp_path: Path) -> None:
    judged = done(tmp_path, "-m", "pytest", "-p", "conformance.pyargs", "--pyargs", "conformance", "--target", url)

    assert judged.returncode == 0
    assert "verdict   kept" in judged.stdout


def test_with_json_the_report_alone_is_on_stdout(url: str, tmp_path: Path) -> None:
    judged = done(tmp_path, "-m", "gateway_contracts", "check", url, "--json")

    assert judged.returncode == 0
    assert json.loads(judged.stdout)["runs"][0]["verdict"] == "kept"
    assert "verdict   kept" in judged.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_plan_as_json_is_refused_by_the_names_that_were_given() -> None:
    found = said("check", "http://127.0.0.1:1/v1", "--plan", "--json")

    contradiction = "--json and --plan contradict each other, as --plan judges nothing; give one of them"
    assert (found.code, found.out, found.err) == (4, "", f"gateway-contracts check: {contradiction}\n")


def test_where_nothing_was_judged_json_is_nothing(tmp_path: Path) -> None:
    judged = done(tmp_path, "-m", "gateway_contracts", "check", "--provider", "nobody", "--json")

    assert (judged.returncode, judged.stdout) == (4, "")
