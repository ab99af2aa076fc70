"""What docs/conformance.md shows is what happens."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from proof.conftest import CHECKOUT
from proof.test_end_to_end import environment

GUIDE = (CHECKOUT / "docs/conformance.md").read_text(encoding="utf-8")
SHOWN = [
    command.partition("\n")
    for block in re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL)
    for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
]


GATEWAYS = re.findall(r"## Many gateways\n.*?```yaml\n(.*?)```", GUIDE, re.DOTALL)[0]


def said(command: str, url: str, folder: Path) -> str:
    """What *command* of the guide says, for the mock at *url* and with its files in *folder*."""
    here = {"http://127.0.0.1:8080": url}
    here |= {name: str(folder / name) for name in ("run.json", "waivers.yaml", "gateways.yaml")}
    for shown, real in here.items():
        command = command.replace(shown, real)
    words = shlex.split(command)
    if words[0] != "cat":
        words = [
            sys.executable,
            *(["-m", "pytest", "-p", "no:cacheprovider"] if words[0].endswith("pytest") else []),
            *words[1:],
        ]
    text = subprocess.run(
        words, cwd=CHECKOUT, env=environment(), capture_output=True, text=True, check=False, timeout=60
    ).stdout
    text = text.replace(url.removeprefix("http://"), "127.0.0.1:8080")
    for shown, real in here.items():
        text = text.replace(real, shown)
    return text


def without_dates(text: str) -> list[str]:
    return re.sub(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2})?", "DATE", text).splitlines()


def test_every_command_says_what_is_shown(mock: Callable[..., str], tmp_path: Path) -> None:
    url = mock("--mutant", "ZEN-ID-01/empty")
    assert len(SHOWN) == 6
    listed = GATEWAYS.replace("http://127.0.0.1:8080", url).replace("http://127.0.0.1:8081", mock())
    (tmp_path / "gateways.yaml").write_text(listed, encoding="utf-8")

    for command, _, shown in SHOWN:
        lines = iter(without_dates(said(command, url, tmp_path)))
        missing = [line for line in without_dates(shown) if line and line != "…" and line not in lines]
        assert missing == [], command
