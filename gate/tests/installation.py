"""The project as its users get it: a wheel made from the sdist, in an environment with what the lock file names and no more."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
READY = re.compile(r"Ready at (http://127\.0\.0\.1:[0-9]+)/")
LIMIT_S = 120.0
MOMENT = "1800000000"
"""When it is built, as SOURCE_DATE_EPOCH: in January 2027."""


class Failed(Exception):
    """A command ended with another code than 0; ``str()`` is what it printed."""


@dataclass(frozen=True)
class Installation:
    """What was built, and the virtual environment in *folder* that the wheel is installed in."""

    sdist: Path
    wheel: Path
    folder: Path

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


def _environment(folder: Path, wheel: Path) -> None:
    """Makes a virtual environment in *folder*, with what the lock file names, and *wheel* without asking what it needs."""
    _uv("venv", "--python", sys.executable, str(folder))
    into = ("pip", "install", "--system-certs", "--python", str(folder / "bin/python"))
    try:
        _uv(*into, "--require-hashes", "--requirement", str(CHECKOUT / "requirements.lock"))
    except Failed as failed:
        lacking(f"what requirements.lock names cannot be installed, which needs the package index once: {failed}")
    _uv(*into, "--no-deps", str(wheel))
    _uv("pip", "check", "--python", str(folder / "bin/python"))


def lacking(reason: str) -> None:
    """Skips the test for *reason*; fails it in CI."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def installed(scratch: Path) -> Installation:
    """The installation in the folder *scratch*, which the first of several processes makes while the others wait."""
    scratch.mkdir(exist_ok=True)
    folder, built, whole = scratch / "environment", scratch / "built", scratch / "whole"
    with (scratch / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            _, wheel = build(CHECKOUT, built, SOURCE_DATE_EPOCH=MOMENT)
            _environment(folder, wheel)
            whole.touch()
    return Installation(next(built.glob("*.tar.gz")), next(built.glob("*.whl")), folder)


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
