"""What docs/recording.md shows is what happens."""

from __future__ import annotations

import io
import shlex
from pathlib import Path

import pytest

from gateway_contracts.command import main
from gateway_contracts.recording.rules import rules
from gateway_contracts.screen import Screen
from mockserver.testing import running
from proof import documented
from proof.conftest import CHECKOUT
from specs import load

PAGE = CHECKOUT / "docs/recording.md"
FIRST = 2
"""So many commands are given before the gateway has another catalogue."""


def test_every_command_says_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GATEWAY_API_KEY", raising=False)
    commands = documented.read(PAGE).commands
    assert len(commands) == 4

    shown_only = {"openkey": load("openkey")}
    with running(shown_only) as mock, running(shown_only, example="catalogue") as later:
        for number, shown in enumerate(commands):
            url, out = (mock if number < FIRST else later).url, io.StringIO()
            program, *words = shlex.split(shown.command.replace(documented.SHOWN_URL, url))
            main(words, Screen(out, out))
            found = out.getvalue().replace(url, documented.SHOWN_URL)
            assert program == "gateway-contracts"
            assert documented.missing(shown, found) == [], f"{shown.command}\n{found}"


@pytest.mark.parametrize(
    "becomes", sorted({rules().own_key, *rules().members.values(), *(each.becomes for each in rules().texts)})
)
def test_every_placeholder_is_in_the_table(becomes: str) -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## What is taken out")[2]

    assert f"`{becomes.replace('{n}', '1')}`" in table
