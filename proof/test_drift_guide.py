"""What docs/drift.md shows is what happens, and it has every rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway_contracts.changes.change import Rule
from gateway_contracts.compat.rules import RULES as OF_CONTRACTS
from gateway_contracts.drift.rules import RULES as OF_LISTS
from gateway_contracts.drift.three_way import VERDICTS, Verdict
from proof import documented
from proof.conftest import CHECKOUT

PAGE = CHECKOUT / "docs/drift.md"
TEXT = PAGE.read_text(encoding="utf-8")
FIRST = 1
"""So many commands are given before the gateway has another catalogue."""


def later(folder: Path) -> Path:
    """Recordings of the gateway of the guide, some weeks later."""
    recording = json.loads((CHECKOUT / "fixtures/zenmux/listModels/200-documented.json").read_text(encoding="utf-8"))
    claude, gpt = recording["body"]["data"]
    claude["pricings"]["completion"][0]["value"] = 18
    claude["input_modalities"].remove("file")
    gpt["id"] = "openai/gpt-5.2-chat"
    for model in (claude, gpt):
        model["publish_time"] = "2026-08-21"
    path = folder / "zenmux/listModels/200-later.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({**recording, "provenance": "synthetic", "source": "made for the guide"}), encoding="utf-8")
    return folder


def test_every_command_says_what_is_shown(mock: Callable[..., str], tmp_path: Path) -> None:
    programs, folder = documented.programs(tmp_path), tmp_path / "here"
    folder.mkdir()
    before, now = mock(), mock("--recordings", str(later(tmp_path / "later")))
    commands = documented.read(PAGE).commands
    assert len(commands) == 8

    for number, shown in enumerate(commands):
        found = documented.said(shown.command, before if number < FIRST else now, folder, programs)
        assert documented.missing(shown, found) == [], f"{shown.command}\n{found}"


@pytest.mark.parametrize("rule", [*OF_LISTS.values(), *OF_CONTRACTS.values()], ids=lambda rule: rule.id)
def test_every_rule_is_told_as_it_is(rule: Rule) -> None:
    assert f"| `{rule.id}` | {rule.severity.word} | {rule.says} | {rule.because} |" in TEXT.splitlines()


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda verdict: verdict.id)
def test_every_verdict_is_told_as_it_is(verdict: Verdict) -> None:
    assert f"| `{verdict.id}` | {verdict.says} | {verdict.next} |" in TEXT.splitlines()
