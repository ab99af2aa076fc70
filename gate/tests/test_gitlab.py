"""The jobs of the GitLab template do in a shell what they say, with the variables set as GitLab's runner sets them."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

import specs
from gate.tests.installation import CHECKOUT, Installation, free_port
from mockserver.testing import running

FILE = ".gitlab/contract-gate.gitlab-ci.yml"
JOBS: dict[str, dict[str, Any]] = yaml.safe_load((CHECKOUT / FILE).read_text(encoding="utf-8"))
PROVIDER = min(specs.load_all().values(), key=lambda each: (each.generic, each.rate_limit is not None, len(each.requirements)))
MUTANT = next(each for each in PROVIDER.mutants if not each.needs and each.breaks == PROVIDER.requirements[0].id)


def job(name: str) -> dict[str, Any]:
    """The job *name* with what it extends: mappings are merged, anything else is replaced."""
    own = JOBS[name]
    base = job(own["extends"]) if "extends" in own else {}
    merged = {key: {**base.get(key, {}), **each} if isinstance(each, dict) else each for key, each in own.items()}
    return {**base, **merged}


def starts(name: str, source: str) -> bool:
    """Whether the job is in a pipeline that *source* started."""
    (rule,) = job(name)["rules"]
    (wanted,) = re.findall(r'^\$CI_PIPELINE_SOURCE == "([a-z_]+)"$', rule["if"])
    return bool(wanted == source)


def run(installed: Installation, folder: Path, name: str, **variables: str) -> tuple[int, str]:
    """The exit code of the job *name* and its log; *variables* are those of the project, which go before the job's own."""
    declared = job(name)
    lines = ["set -eo pipefail", "set +o noclobber", *declared.get("before_script", []), *declared["script"]]
    environment = {**installed.environment(folder), "CI": "true", "GITLAB_CI": "true", **declared["variables"], **variables}
    # In the image the command is on the path; what a job leaves running ends with its container.
    process = subprocess.Popen(
        ["bash"],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdin is not None
        process.stdin.write("\n".join(lines) + "\n")
        process.stdin.close()
        process.stdin = None
        log, _ = process.communicate(timeout=120)
    finally:
        with contextlib.suppress(ProcessLookupError):  # where nothing is left
            os.killpg(process.pid, signal.SIGTERM)
    return process.returncode, log


def test_a_merge_request_has_the_mock_judged(installed: Installation, tmp_path: Path) -> None:
    target = f"http://127.0.0.1:{free_port()}"
    code, log = run(installed, tmp_path, "contract-gate-mock", GATE_TARGET=target, GATE_PROVIDER="all")

    assert code == 0, log
    assert log.count("verdict   kept") == len(specs.provider_ids())
    assert ElementTree.parse(tmp_path / "contract-gate/junit.xml").getroot().get("failures") in (None, "0")


def test_a_mutant_turns_the_job_red(installed: Installation, tmp_path: Path) -> None:
    with running({PROVIDER.id: PROVIDER}, mutant=MUTANT.id) as mock:
        code, log = run(installed, tmp_path, ".contract-gate", GATE_TARGET=f"{mock.url}/{PROVIDER.id}")

    assert (code, f"{MUTANT.breaks} MUST" in log) == (1, True)
    assert "<failure" in (tmp_path / "contract-gate/junit.xml").read_text(encoding="utf-8")


def test_an_outage_is_inconclusive_and_not_green(installed: Installation, tmp_path: Path) -> None:
    with running({PROVIDER.id: PROVIDER}, chaos={"500": 1.0}) as mock:
        code, log = run(installed, tmp_path, ".contract-gate", GATE_TARGET=f"{mock.url}/{PROVIDER.id}")

    assert (code, "verdict   inconclusive" in log) == (6, True)
    assert "<error" in (tmp_path / "contract-gate/junit.xml").read_text(encoding="utf-8")


def test_a_schedule_without_the_variable_of_a_key_is_red_before_anything_is_sent(
    installed: Installation, tmp_path: Path
) -> None:
    (tmp_path / "targets.yaml").write_bytes((CHECKOUT / "targets.yaml").read_bytes())
    code, log = run(installed, tmp_path, "contract-gate-live")

    assert code == 4
    assert "_API_KEY, which is not set" in log


@pytest.mark.parametrize(
    ("name", "source"), [("contract-gate-mock", "merge_request_event"), ("contract-gate-live", "schedule")]
)
def test_each_job_is_for_one_kind_of_pipeline(name: str, source: str) -> None:
    sources = ("merge_request_event", "push", "schedule", "web")

    assert [each for each in sources if starts(name, each)] == [source]


def test_the_reports_are_kept_whatever_the_verdict() -> None:
    kept = job("contract-gate-live")["artifacts"]

    assert (kept["when"], kept["paths"], kept["reports"]) == (
        "always",
        ["contract-gate/"],
        {"junit": "contract-gate/junit.xml"},
    )
