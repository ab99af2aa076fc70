"""The project as its users get it: a wheel made from the sdist, in an environment with what the lock file names and no more."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
import yaml

from gate.tests.runner import Runner, python

CHECKOUT = Path(__file__).parents[2]
READY = re.compile(r"Ready at (http://127\.0\.0\.1:[0-9]+)/")
LIMIT_S = 120.0
MOMENT = "1800000000"
"""When it is built, as SOURCE_DATE_EPOCH: in January 2027."""


class Failed(Exception):
    """A command ended with another code than 0; ``str()`` is what it printed."""


@dataclass(frozen=True)
class Installation:
    """What was built, and the virtual environment in *folder* that the wheel is installed in.

    *source* is what the sdist holds. *path* is where programs are found on a machine that has Python and nothing of this.
    """

    source: Path
    sdist: Path
    wheel: Path
    folder: Path
    path: str

    def program(self, name: str) -> str:
        """The program *name* of the environment."""
        return str(self.folder / "bin" / name)

    def environment(self, home: Path) -> dict[str, str]:
        """What a new user's terminal has, with the environment activated and *home* as the home."""
        return {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"}

    def run(self, cwd: Path, name: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs the program *name* in the folder *cwd*, where nothing of this project is."""
        environment = self.environment(cwd) | variables
        command = [self.program(name), *words]
        return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=LIMIT_S)

    @contextmanager
    def mock(self, cwd: Path, *options: str) -> Iterator[str]:
        """The URL of ``gateway-contracts mock`` with these *options*, started in *cwd*."""
        command = [self.program("gateway-contracts"), "mock", "--port", "0", *options]
        with ready(command, cwd, self.environment(cwd)) as url:
            yield url


@contextmanager
def ready(command: list[str], cwd: Path, environment: Mapping[str, str], user: int | None = None) -> Iterator[str]:
    """The URL that a mock prints when it is ready, which *command* starts; it is ended with the block."""
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, user=user
    )
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if url := READY.search(line):
                break
        else:
            raise AssertionError(f"the mock did not start: {''.join(said)}")
        yield url[1]
    finally:
        process.terminate()
        process.communicate()


def build(source: Path, out: Path, **variables: str) -> tuple[Path, Path]:
    """The sdist of the project in *source*, and the wheel made from that sdist, in the folder *out*."""
    _uv(
        "build",
        "--no-build-isolation",
        "--offline",
        "--python",
        sys.executable,
        "--out-dir",
        str(out),
        str(source),
        **variables,
    )
    return next(out.glob("*.tar.gz")), next(out.glob("*.whl"))


def unpacked(sdist: Path, folder: Path) -> Path:
    """Where *sdist* has its files, unpacked in *folder*."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.iterdir())


def free_port() -> int:
    """A port of this machine that nothing listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def lacking(reason: str) -> NoReturn:
    """Skips the test for *reason*; fails it in CI."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def installed(scratch: Path) -> Installation:
    """The installation in the folder *scratch*, which the first of several processes makes while the others wait."""
    scratch.mkdir(exist_ok=True)
    temp, built, whole = scratch / "temp", scratch / "built", scratch / "whole"
    with (scratch / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = python(scratch / "python", _with_pip())
        if not whole.exists():
            sdist, _ = build(CHECKOUT, built, SOURCE_DATE_EPOCH=MOMENT)
            _install(Runner(unpacked(sdist, scratch / "source"), temp, path))
            whole.touch()
    (source,) = (scratch / "source").iterdir()
    return Installation(source, next(built.glob("*.tar.gz")), next(built.glob("*.whl")), temp / "gateway-contracts", path)


def _install(runner: Runner) -> None:
    """Installs the project as the action does, which is what gate/install.sh does, into the folder that the action uses."""
    action = yaml.safe_load((runner.workspace / "action.yml").read_text(encoding="utf-8"))
    (step,) = [each for each in action["runs"]["steps"] if each.get("name") == "Install"]
    done = runner.shell(step, {"GITHUB_ACTION_PATH": str(runner.workspace), "SOURCE_DATE_EPOCH": MOMENT})
    if done.failed:
        lacking(f"the versions of the lock files cannot be installed, which needs the package index once: {done.printed}")
    _uv("pip", "check", "--python", str(runner.temp / "gateway-contracts/bin/python"))


def _with_pip() -> str:
    """A Python that has pip: this one, or the one that it was made from."""
    base = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")
    for each in (sys.executable, base):
        if subprocess.run([each, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
            return each
    lacking(f"neither {sys.executable} nor {base} has pip")


def wanted(installation: Installation, extra: str) -> set[str]:
    """The packages that *extra* would add to *installation*, at the versions that developing has."""
    at = ("--python", installation.program("python"), "--constraint", str(CHECKOUT / "requirements-dev.lock"))
    said = _uv("pip", "install", "--system-certs", "--dry-run", *at, f"{installation.wheel}[{extra}]")
    return set(re.findall(r"^ \+ ([a-z0-9-]+)==", said, re.MULTILINE))


def _uv(*words: str, **variables: str) -> str:
    """What uv says when it does *words*; raises `Failed` when it cannot."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "VIRTUAL_ENV", "COV_"))}
    done = subprocess.run(
        [sys.executable, "-m", "uv", "--no-config", "--color", "never", *words],
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
    if done.returncode:
        raise Failed(f"{' '.join(words[:2])}: {done.stderr}")
    return done.stderr
