"""What gate/check.sh makes of its variables and of each exit code; a command that says what it was told is the suite here."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from gate.tests.installation import CHECKOUT
from gate.tests.runner import outputs
from gateway_contracts.exit_code import ExitCode

VERDICTS = {
    ExitCode.GOOD: "kept",
    ExitCode.BROKEN: "broken",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.OUR_ERROR: "our error",
    ExitCode.USAGE: "not usable",
    ExitCode.NOTHING: "nothing judged",
    ExitCode.INCONCLUSIVE: "inconclusive",
}
REPORTS = [f"--report-{each}=r/report.{each}" for each in ("json", "md", "html", "sarif")] + ["--junitxml=r/junit.xml"]


def check(folder: Path, variables: Mapping[str, str], code: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs the script in *folder*, where the command prints its words and the key, each on a line, and ends with *code*."""
    shutil.copy(CHECKOUT / "gate/check.sh", folder / "contract-gate")
    command = folder / "gateway-contracts"
    command.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" "key ${{GATEWAY_API_KEY:-}}" "${{GATE_KEY-unset}}"\nexit {code}\n', "utf-8"
    )
    command.chmod(0o755)
    environment = {"PATH": "/usr/bin:/bin", "GATE_REPORT": "r", **variables}
    return subprocess.run(["./contract-gate"], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_each_variable_is_an_option_of_the_suite(tmp_path: Path) -> None:
    variables = {
        "GATE_TARGETS": "a b.yaml",
        "GATE_ONLY": "staging",
        "GATE_PROVIDER": "--insecure",
        "GATE_DEPTH": "deep",
        "GATE_FAIL_ON": "should",
        "GATE_WAIVERS": "$(w).yaml",
        "GITHUB_ACTIONS": "true",
    }
    done = check(tmp_path, variables)

    assert done.stdout.splitlines()[:-2] == [
        "check",
        "--depth=deep",
        *REPORTS,
        "--targets=a b.yaml",
        "--only=staging",
        "--provider=--insecure",
        "--waivers=$(w).yaml",
        "--strict",
        "--report-annotations",
    ]


def test_what_is_not_said_is_left_to_the_suite(tmp_path: Path) -> None:
    assert check(tmp_path, {"GATE_TARGET": "http://h"}).stdout.splitlines()[:-2] == [
        "check",
        "--depth=standard",
        *REPORTS,
        "--target=http://h",
    ]


@pytest.mark.parametrize(
    ("variables", "key"),
    [({"GATE_KEY": "sk-one"}, "sk-one"), ({"GATE_KEY": "", "GATEWAY_API_KEY": "sk-two"}, "sk-two"), ({}, "")],
    ids=["from the input", "from the job", "none"],
)
def test_the_key_is_in_the_environment_alone(tmp_path: Path, variables: dict[str, str], key: str) -> None:
    done = check(tmp_path, {"GATE_TARGET": "http://h", **variables})

    assert done.stdout.splitlines()[-2:] == [f"key {key}", "unset"]
    assert done.stdout.count("sk-") == (1 if key else 0)


@pytest.mark.parametrize("code", ExitCode)
def test_the_exit_code_is_the_suites_and_has_a_name(tmp_path: Path, code: ExitCode) -> None:
    written = tmp_path / "output"
    done = check(tmp_path, {"GATE_TARGET": "http://h", "GITHUB_OUTPUT": str(written)}, code)

    assert done.returncode == code
    assert outputs(written.read_text(encoding="utf-8")) == {
        "verdict": VERDICTS[code],
        "exit-code": str(int(code)),
        "report": str(tmp_path / "r"),
    }


def test_a_report_of_an_earlier_run_is_not_taken_for_one_of_this(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r/report.md").write_text("kept", encoding="utf-8")
    summary = tmp_path / "summary"
    check(tmp_path, {"GATE_TARGET": "http://h", "GITHUB_STEP_SUMMARY": str(summary)}, 4)

    assert (
        summary.read_text(encoding="utf-8") == "Nothing was judged (not usable, exit code 4); the log of the step says why.\n"
    )
