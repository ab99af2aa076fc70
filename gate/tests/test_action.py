"""The action and the workflow do on a runner what they say, in every shell step; what is red is red."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

import specs
from gate.tests.installation import CHECKOUT, Installation, free_port
from gate.tests.runner import Done, Runner
from mockserver.testing import running

WORKFLOW = ".github/workflows/contract-gate.yml"
PROVIDER = min(specs.load_all().values(), key=lambda each: (each.generic, each.rate_limit is not None, len(each.requirements)))
MUTANT = next(each for each in PROVIDER.mutants if not each.needs and each.breaks == PROVIDER.requirements[0].id)
ONE = {PROVIDER.id: PROVIDER}
KEY = "sk-Qm7Zt4Xw9Lp2Vb6"
FILES = ["junit.xml", "report.html", "report.json", "report.md", "report.sarif"]


@pytest.fixture
def runner(installed: Installation, tmp_path: Path) -> Runner:
    """A runner with a checkout of this project, on which it is installed already; what it writes no other runner sees."""
    workspace, temp = tmp_path / "workspace", tmp_path / "temp"
    for each in (workspace, temp):
        each.mkdir()
    (temp / installed.folder.name).symlink_to(installed.folder)
    for each in installed.source.iterdir():
        (workspace / each.name).symlink_to(each)
    return Runner(workspace, temp, installed.path)


def judged(runner: Runner, inputs: Mapping[str, str], **variables: str) -> Done:
    return runner.action(runner.workspace, inputs, variables)


def verdict(done: Done) -> tuple[bool, str, str]:
    return done.failed, done.outputs["action"]["verdict"], done.outputs["action"]["exit-code"]


def test_a_broken_gateway_turns_the_job_red_and_leaves_reports_summary_and_annotations(runner: Runner) -> None:
    with running(ONE, mutant=MUTANT.id) as mock:
        done = judged(runner, {"target": f"{mock.url}/{PROVIDER.id}", "api-key": KEY})

    report = Path(done.outputs["action"]["report"])
    assert verdict(done) == (True, "broken", "1")
    assert done.kept == {"contract-gate": FILES}
    assert json.loads((report / "report.json").read_bytes())["exit_code"] == 1
    assert MUTANT.breaks in done.summary
    assert any(line.startswith("::error ") and MUTANT.breaks in line for line in done.printed.splitlines())
    assert KEY not in done.printed + done.summary + "".join(path.read_text(encoding="utf-8") for path in report.iterdir())


def test_an_outage_is_inconclusive_and_not_green(runner: Runner) -> None:
    with running(ONE, chaos={"500": 1.0}) as mock:
        done = judged(runner, {"target": f"{mock.url}/{PROVIDER.id}"})

    assert verdict(done) == (True, "inconclusive", "6")
    assert "out of order" in done.summary
    assert done.kept


WAIVERS = """
waivers:
  - {{requirement: {requirement}, target: '*', reason: It was to be mended by now., expires: '2026-01-31'}}
"""


def test_a_waiver_whose_last_day_has_passed_keeps_nothing_green(runner: Runner) -> None:
    (runner.workspace / "waivers.yaml").write_text(WAIVERS.format(requirement=MUTANT.breaks), encoding="utf-8")
    with running(ONE, mutant=MUTANT.id) as mock:
        done = judged(runner, {"target": f"{mock.url}/{PROVIDER.id}", "waivers": "waivers.yaml"})

    assert verdict(done) == (True, "broken", "1")
    assert "expired" in done.printed


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({}, "contract gate: there is neither a target nor a targets file; give one of them"),
        ({"target": "http://h", "fail-on": "never"}, "contract gate: fail-on: found 'never', expected must or should"),
        ({"target": "http://h", "report": "action.yml"}, "contract gate: report: there can be no folder action.yml"),
    ],
    ids=["no target", "fail-on", "report"],
)
def test_an_input_that_cannot_be_used_is_one_sentence(runner: Runner, inputs: dict[str, str], sentence: str) -> None:
    done = judged(runner, inputs)

    assert done.failed
    assert done.printed.splitlines()[-1] == sentence


def test_no_input_is_a_command(runner: Runner) -> None:
    text = '"; touch injected; $(touch injected) `touch injected` --insecure'
    inputs = dict.fromkeys(("target", "targets", "only", "provider", "api-key", "depth", "waivers", "report", "fail-on"), text)
    done = judged(runner, inputs)

    assert done.printed == f"contract gate: fail-on: found '{text}', expected must or should\n"
    assert not list(runner.workspace.glob("injected"))


def test_a_pull_request_has_the_mock_judged_and_is_green(runner: Runner) -> None:
    here = Runner(runner.workspace, runner.temp, runner.path, {"github": {"event_name": "pull_request"}})
    try:
        done = here.job(WORKFLOW, "mock", PORT=str(free_port()))
    finally:
        # A runner ends what a job leaves running.
        os.kill(int((runner.temp / "mock.pid").read_text(encoding="utf-8")), signal.SIGTERM)

    assert done is not None
    assert not done.failed, done.printed
    assert [each for each in specs.provider_ids() if f"/{each}\n  verdict   kept" not in done.printed] == []
    assert done.kept == {"contract-gate": FILES}
    assert here.job(WORKFLOW, "targets") is None


def test_the_schedule_has_a_job_for_each_live_gateway(runner: Runner) -> None:
    here = Runner(runner.workspace, runner.temp, runner.path, {"github": {"event_name": "schedule"}})
    done = here.job(WORKFLOW, "targets")
    declared = yaml.safe_load((CHECKOUT / "targets.yaml").read_text(encoding="utf-8"))["targets"]

    assert done is not None
    assert not done.failed, done.printed
    assert [each["name"] for each in json.loads(done.outputs["targets"]["matrix"])] == [each["name"] for each in declared]
    assert here.job(WORKFLOW, "mock") is None


def test_a_live_gateway_whose_secret_is_missing_is_red_before_anything_is_sent(runner: Runner) -> None:
    declared = yaml.safe_load((CHECKOUT / "targets.yaml").read_text(encoding="utf-8"))["targets"]
    gateway = next(each for each in declared if "api_key_env" in each)
    contexts = {"github": {"event_name": "schedule"}, "secrets": {}, "matrix": {"gateway": gateway}}

    done = runner.job(WORKFLOW, "live", contexts)

    assert done is not None
    assert done.failed
    assert f"the key of {gateway['name']} is to be in {gateway['api_key_env']}, which is not set" in done.printed
    assert done.summary == "Nothing was judged (not usable, exit code 4); the log of the step says why.\n"


def test_the_workflow_hands_over_the_secrets_that_the_targets_name_and_no_others() -> None:
    live = yaml.safe_load((CHECKOUT / WORKFLOW).read_text(encoding="utf-8"))["jobs"]["live"]
    declared = yaml.safe_load((CHECKOUT / "targets.yaml").read_text(encoding="utf-8"))["targets"]
    names = {each["api_key_env"] for each in declared if "api_key_env" in each}

    assert live["steps"][-1]["env"] == {name: f"${{{{ secrets.{name} }}}}" for name in names}
    assert yaml.safe_load((CHECKOUT / WORKFLOW).read_text(encoding="utf-8"))["permissions"] == {"contents": "read"}
