"""What docs/gate.md and the README say of the gate is so; proof/test_pages.py runs its commands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from gate.tests.installation import CHECKOUT

GUIDE = (CHECKOUT / "docs/gate.md").read_text(encoding="utf-8")
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
ACTION = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))
SCRIPT = (CHECKOUT / "gate/check.sh").read_text(encoding="utf-8")


def blocks(text: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below *heading*, without its head."""
    table = GUIDE.partition(f"## {heading}\n")[2].partition("\n|---")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[1:]]


def test_every_input_stands_in_the_guide_with_its_default() -> None:
    shown = {cells[0].strip("`"): cells[2].strip("`") for cells in rows("GitHub Actions")}

    assert shown == {name: each["default"] for name, each in ACTION["inputs"].items()}


def test_every_variable_of_the_script_stands_in_the_guide() -> None:
    assert set(re.findall(r"\bGATE_[A-Z_]+", SCRIPT)) == set(re.findall(r"\bGATE_[A-Z_]+", str(rows("Any other CI"))))


@pytest.mark.parametrize("text", [GUIDE, README], ids=["guide", "README"])
def test_the_workflow_that_is_shown_uses_inputs_that_there_are(text: str) -> None:
    (workflow,) = [each for each in blocks(text) if "jobs" in each]
    (step,) = workflow["jobs"]["gate"]["steps"]

    assert set(step["with"]) <= set(ACTION["inputs"])


def test_what_is_shown_fits_the_schemas_of_github_and_gitlab(tmp_path: Path) -> None:
    shown = {"jobs": "vendor.github-workflows", "include": "vendor.gitlab-ci"}
    for member, schema in shown.items():
        (block,) = [each for each in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) if member in yaml.safe_load(each)]
        file = tmp_path / f"{member}.yml"
        file.write_text(block, encoding="utf-8")
        done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, str(file)])
        assert done.exit_code == 0, done.output


def test_the_files_that_are_named_are_there() -> None:
    named = re.findall(r"`(\.?[a-z]+/[a-z./-]+\.(?:yml|sh)|targets\.yaml)`", GUIDE)

    assert named
    assert [name for name in named if not (CHECKOUT / name).is_file()] == []
