"""What the machine has to measure with, and what the peers are made of: programs, where they are, their versions."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.process import CHECKOUT

INSTALLED = CHECKOUT / ".bench"
"""What ``make bench`` installs: the peers of npm in ``node_modules``, programs of Debian in ``debian``."""

_NUMBER = re.compile(r"\d+(\.\d+)+([-+~.\w]*)")
ASKED_S = 30


@dataclass(frozen=True)
class Tools:
    """Programs by their names, with a path that is empty where there is none; *installed* is where the peers are."""

    installed: Path
    programs: Mapping[str, str]

    def has(self, *names: str) -> str:
        """Why what needs the programs *names* cannot run; an empty string where it can."""
        missing = [name for name in names if not self.programs[name]]
        return f"there is no {' and no '.join(missing)} on this machine" if missing else ""

    def has_module(self, name: str) -> str:
        """Why the peer that the npm package *name* is cannot run; an empty string where it can."""
        if why := self.has("node"):
            return why
        return "" if self.module(name).is_dir() else f"npm did not install {name}"

    def module(self, name: str) -> Path:
        """The folder of the npm package *name*."""
        return self.installed / "node_modules" / name

    @property
    def environment(self) -> Mapping[str, str]:
        """For each process that is started: nothing of this one's, which may hold keys and proxies."""
        libraries = [str(path) for path in sorted((self.installed / "debian" / "usr" / "lib").glob("*-linux-gnu*"))]
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(CHECKOUT),
            **({"LD_LIBRARY_PATH": libraries[0]} if libraries else {}),
        }


def found(installed: Path = INSTALLED) -> Tools:
    """What there is: on the search path first, then in the folder *installed*."""
    debian = installed / "debian" / "usr"
    search = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", str(debian / "bin"), str(debian / "sbin")))
    programs = {name: shutil.which(name, path=search) or "" for name in ("wrk", "nginx", "node", "java")}
    return Tools(installed, {**programs, "python": sys.executable})


def package(name: str) -> str:
    """The version of the Python package *name*; an empty string where it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def version(command: Sequence[str], tools: Tools) -> str:
    """The first number with dots that *command* prints, as most do when asked for their version; else an empty string."""
    try:
        asked = subprocess.run(  # noqa: S603 - a program of this machine, with words of ours
            command, capture_output=True, text=True, timeout=ASKED_S, check=False, env=dict(tools.environment)
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    number = _NUMBER.search(asked.stdout + asked.stderr)
    return number[0] if number else ""
