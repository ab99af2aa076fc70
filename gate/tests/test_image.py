"""What the Dockerfile says is done here, command by command, as far as that can be without Docker; no image is built."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate.tests import container
from gate.tests.container import Container
from gate.tests.dockerfile import Stage, context, stages
from gate.tests.installation import CHECKOUT, ready

BUILD, FINAL = stages((CHECKOUT / "Dockerfile").read_text(encoding="utf-8"))
IGNORE = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8")
PROVIDER = "zenmux"
HERE = "http://127.0.0.1:8080"


def test_a_linter_has_nothing_to_say() -> None:
    command = [str(Path(sys.executable).with_name("hadolint")), "--failure-threshold", "style", "Dockerfile"]

    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_both_stages_are_of_one_base_that_is_named_by_its_python_and_its_debian() -> None:
    assert BUILD.base == FINAL.base
    assert re.fullmatch(r"python:3\.[0-9]+-slim-[a-z]+", BUILD.base)


def test_it_does_not_run_as_root_and_the_user_is_a_number() -> None:
    user, _, group = FINAL.one("USER").text.partition(":")

    assert min(int(user), int(group)) >= 1000


def test_nothing_gets_into_the_build_but_what_it_needs(tmp_path: Path) -> None:
    for name in (
        ".env",
        "specs/kept.py",
        "specs/tests/test_left.py",
        "gate/install.sh",
        "notes.txt",
        "requirements.lock",
        "a/specs/b",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert [str(path) for path in context(tmp_path, IGNORE)] == ["gate/install.sh", "requirements.lock", "specs/kept.py"]


@pytest.fixture(scope="module")
def opt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What is in /opt of the final stage, after the commands of both are done."""
    container.need_root()
    source, built, final = (tmp_path_factory.mktemp("image") / name for name in ("source", "built", "final"))
    for folder in (source, built, final):
        folder.mkdir()
    assert [each.text for each in BUILD.all("COPY")] == [". ."]
    for path in context(CHECKOUT, IGNORE):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / path, source / path)
    for each in BUILD.all("RUN"):
        places = {BUILD.one("WORKDIR").text: source, "/opt": built}
        done = container.run(places, BUILD.one("WORKDIR").text, BUILD.variables, each.words)
        assert done.returncode == 0, done.stderr
    (copied,) = FINAL.all("COPY")
    assert copied.text.split() == [f"--from={BUILD.name}", "/opt/gateway-contracts", "/opt/gateway-contracts"]
    (built / "gateway-contracts").rename(final / "gateway-contracts")
    yield final
    shutil.rmtree(final)


@pytest.fixture(scope="module")
def inside(opt: Path) -> Iterator[Container]:
    """A container of the final stage."""
    with container.container({"/opt": opt}, FINAL.one("WORKDIR").text, FINAL.one("USER").text, FINAL.variables) as one:
        yield one


def command(stage: Stage, *instead: str) -> list[str]:
    """What ``docker run IMAGE`` starts, with the words *instead* behind it where there are any."""
    return [*stage.one("ENTRYPOINT").words, *(instead or stage.one("CMD").words)]


def test_nothing_can_be_written_in_it_and_nobody_is_root(inside: Container) -> None:
    written = [inside.run(["touch", f"{folder}/file"]) for folder in ("/srv", "/opt", "/tmp", "/usr/local", "/root")]

    assert [each.returncode for each in written] == [1] * 5
    assert inside.run(["id", "-u"]).stdout == "65532\n"


def test_what_a_ci_job_runs_is_on_the_path(inside: Container) -> None:
    done = inside.run(["contract-gate"])

    assert (done.returncode, done.stderr) == (
        4,
        "contract gate: there is neither a target nor a targets file; give one of them\n",
    )


def test_what_it_does_by_itself_is_to_serve_the_mock_and_to_be_healthy_until_it_is_stopped(inside: Container) -> None:
    before = inside.run(FINAL.healthcheck).returncode
    with ready(inside.command(command(FINAL)), CHECKOUT, inside.environment) as url:
        during = inside.run(FINAL.healthcheck)
        judged = inside.run(command(FINAL, "check", f"{HERE}/{PROVIDER}"))
    after = inside.run(FINAL.healthcheck).returncode

    assert url == HERE
    assert (before, during.returncode, after) == (1, 0, 1)
    assert (judged.returncode, judged.stderr) == (0, "")
    assert "verdict   kept" in judged.stdout


def test_what_it_listens_on_is_what_it_exposes(inside: Container) -> None:
    assert FINAL.one("EXPOSE").text == HERE.rpartition(":")[2]
    assert FINAL.one("STOPSIGNAL").text == "SIGTERM"
