"""The mock and the suite as users run them: two processes and a socket between."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import specs
from proof.conftest import CHECKOUT

PROVIDERS = specs.provider_ids()


def environment() -> dict[str, str]:
    """That of a terminal: without a key, and without what tells pytest that it is tested or in CI."""
    ours = ("GATEWAY_", "COV_", "PYTEST_", "CI", "BUILD_NUMBER")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def judge(target: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs the suite as at a terminal."""
    command = [sys.executable, "-m", "pytest", "conformance", "-p", "no:cacheprovider", "--target", target, *options]
    return subprocess.run(command, cwd=CHECKOUT, env=environment(), capture_output=True, text=True, check=False)


def test_the_mock_of_every_provider_is_judged_whole_and_kept(mock: Callable[..., str]) -> None:
    url = mock()

    found = {provider: judge(f"{url}/{provider}") for provider in PROVIDERS}

    assert {name: each.returncode for name, each in found.items()} == dict.fromkeys(PROVIDERS, 0)
    assert not [name for name, each in found.items() if "inconclusive" in each.stdout]


def test_a_mock_that_always_answers_500_is_inconclusive(mock: Callable[..., str]) -> None:
    url = mock("--chaos", "500=1.0")

    found = {provider: judge(f"{url}/{provider}").returncode for provider in PROVIDERS}

    assert found == dict.fromkeys(PROVIDERS, 6)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_mutant_ends_with_1_and_names_its_requirement_first(mock: Callable[..., str], provider: str) -> None:
    mutant = next(each for each in specs.load(provider).mutants if not each.needs and "ID" in each.breaks)
    url = mock("--mutant", mutant.id)

    found = judge(f"{url}/{provider}")

    assert found.returncode == 1
    first = next(line for line in found.stdout.splitlines() if " MUST  " in line)
    assert first.startswith(f"{mutant.breaks} MUST")


def test_all_providers_are_judged_in_one_run(mock: Callable[..., str], tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"

    found = judge(mock(), "--provider", "all", "--junitxml", str(report))

    assert found.returncode == 0
    assert report.read_text(encoding="utf-8").count("<testcase ") == sum(
        len(each.requirements) for each in specs.load_all().values()
    )


def test_a_provider_that_is_served_at_the_root_is_found_by_its_name(mock: Callable[..., str]) -> None:
    provider = PROVIDERS[0]

    assert judge(mock("--provider", provider), "--provider", provider).returncode == 0
