"""What checks the files of other programs has nothing to say: schemas, ShellCheck, zizmor, all without a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from gate.tests.installation import CHECKOUT

SCHEMAS = {
    "action.yml": "vendor.github-actions",
    ".github/workflows/contract-gate.yml": "vendor.github-workflows",
    ".gitlab/contract-gate.gitlab-ci.yml": "vendor.gitlab-ci",
}


def said(program: str, *words: str) -> tuple[int, str]:
    command = [str(Path(sys.executable).with_name(program)), *words]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("file", "schema"), SCHEMAS.items())
def test_the_file_fits_the_schema_of_the_program_that_reads_it(file: str, schema: str) -> None:
    done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, str(CHECKOUT / file)])

    assert (done.exit_code, done.output) == (0, "ok -- validation done\n")


def test_shellcheck_finds_nothing() -> None:
    assert said("shellcheck", "--enable=all", "--exclude=SC2250,SC2292,SC2310,SC2312", "gate/install.sh", "gate/check.sh") == (
        0,
        "",
    )


def test_zizmor_finds_no_weakness_in_action_and_workflow() -> None:
    code, text = said("zizmor", "--offline", "--no-progress", "--color=never", "--quiet", "action.yml", ".github")

    assert code == 0, text
