"""What docs/recording.md shows is what happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway_contracts.recording.rules import rules
from proof import documented
from proof.conftest import CHECKOUT

PAGE = CHECKOUT / "docs/recording.md"
FIRST = 2
"""So many commands are given before the gateway has another catalogue."""


def test_every_command_says_what_is_shown(mock: Callable[..., str], tmp_path: Path) -> None:
    programs, url, later = documented.programs(tmp_path), mock(), mock("--example", "catalogue")
    commands = documented.read(PAGE).commands
    assert len(commands) == 4

    for number, shown in enumerate(commands):
        found = documented.said(shown.command, url if number < FIRST else later, tmp_path, programs)
        assert documented.missing(shown, found) == [], f"{shown.command}\n{found}"


@pytest.mark.parametrize(
    "becomes", sorted({rules().own_key, *rules().members.values(), *(each.becomes for each in rules().texts)})
)
def test_every_placeholder_is_in_the_table(becomes: str) -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## What is taken out")[2]

    assert f"`{becomes.replace('{n}', '1')}`" in table
