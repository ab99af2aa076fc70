"""The commands that a page of the guide shows, run as its reader would run them, and what it says they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proof.test_end_to_end import environment

CHECKOUT = Path(__file__).resolve().parent.parent
SHOWN_URL = "http://127.0.0.1:8080"
LEFT_OUT = "…"
"""Stands for what is left out: alone on a line for lines, at the end of one for the rest of it."""

BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
MOCK = re.compile(r"<!-- mock: (.*?) -->")
SERVES = re.compile(r"^gateway-contracts mock\b")


@dataclass(frozen=True)
class Shown:
    """A command, and the lines that a page shows below it."""

    command: str
    lines: tuple[str, ...]

    @property
    def serves(self) -> bool:
        """Whether it starts a server, which does not end by itself."""
        return SERVES.match(self.command) is not None


@dataclass(frozen=True)
class Page:
    """A page: its commands in order, and the options of the mock that they are for, from a comment ``<!-- mock: … -->``."""

    commands: tuple[Shown, ...]
    mock: tuple[str, ...] = ()


def read(path: Path) -> Page:
    """The page at *path*."""
    text = path.read_text(encoding="utf-8")
    mock = MOCK.search(text)
    return Page(tuple(_commands(text)), tuple(mock[1].split()) if mock else ())


def _commands(text: str) -> Iterator[Shown]:
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            while lines[0].endswith("\\"):
                lines[:2] = [f"{lines[0]}\n{lines[1]}"]
            yield Shown(lines[0], tuple(lines[1:]))


def programs(folder: Path) -> Path:
    """A folder for PATH with what an installation puts there: the command, and pytest."""
    made = folder / "bin"
    made.mkdir()
    for name, module in (("gateway-contracts", "gateway_contracts"), ("pytest", "pytest -p no:cacheprovider")):
        program = made / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    return made


def said(command: str, url: str, folder: Path, path: Path) -> str:
    """What *command* prints on stdout and stderr, in *folder*, with the mock at *url* in place of the one that is shown."""
    done = subprocess.run(  # noqa: S603 - the commands are those of our own guide
        ["/bin/bash", "-c", command.replace(SHOWN_URL, url)],
        cwd=folder,
        env=environment() | {"PATH": f"{path}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=100,
    )
    return done.stdout.replace(url.removeprefix("http://"), SHOWN_URL.removeprefix("http://"))


def missing(shown: Shown, said: str) -> list[str]:
    """The lines that are shown and were not said, in this order; dates and times of day may differ."""
    left = iter(_without_dates(said).splitlines())
    return [line for line in _without_dates("\n".join(shown.lines)).splitlines() if not _stands(line, left)]


def _stands(line: str, left: Iterator[str]) -> bool:
    wanted = " ".join(line.split())  # columns are as wide as what stands in them
    if wanted in ("", LEFT_OUT):
        return True
    if wanted.endswith(LEFT_OUT):
        return any(" ".join(each.split()).startswith(wanted[:-1].rstrip()) for each in left)
    return any(" ".join(each.split()) == wanted for each in left)


def _without_dates(text: str) -> str:
    return re.sub(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|\+00:00)?)?", "DATE", text)
