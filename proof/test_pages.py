"""What the pages of the guide show is what happens, and nothing in it is left untried."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from proof import documented
from proof.conftest import CHECKOUT

DOCS = CHECKOUT / "docs"
ELSEWHERE = {
    "mock.md": "proof/test_guide.py",
    "conformance.md": "proof/test_conformance_guide.py",
    "recording.md": "proof/test_recording_guide.py",
    "drift.md": "proof/test_drift_guide.py",
    "soak.md": "bench/tests/test_soak_scenarios.py",
}
"""Pages whose commands depend on each other in a way of their own, and the tests that run them."""

PAGES = {
    each.name: page
    for each in sorted(DOCS.glob("*.md"))
    if each.name not in ELSEWHERE and (page := documented.read(each)).commands
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_command_prints_what_is_shown(page: documented.Page, mock: Callable[..., str], tmp_path: Path) -> None:
    url = mock(*page.mock)
    programs, folder = documented.programs(tmp_path), tmp_path / "here"
    folder.mkdir()

    for shown in page.commands:
        if shown.serves:
            serves(shown, programs)
            continue
        found = documented.said(shown.command, url, folder, programs)
        assert documented.missing(shown, found) == [], f"{shown.command}\n{found}"


def serves(shown: documented.Shown, programs: Path) -> None:
    """Starts what *shown* starts, on a free port, and sees that it says where."""
    command = [str(programs / "gateway-contracts"), *shlex.split(shown.command)[1:], "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert json.loads(process.stdout.readline())["url"].startswith("http://127.0.0.1:")
        process.terminate()


@pytest.mark.parametrize(("page", "test"), ELSEWHERE.items())
def test_a_page_that_is_tried_elsewhere_is(page: str, test: str) -> None:
    assert f"docs/{page}" in (CHECKOUT / test).read_text(encoding="utf-8")


def test_no_fence_hides_a_command() -> None:
    """A command stands in a block of its own kind, so that it is found."""
    for each in DOCS.glob("*.md"):
        blocks = documented.BLOCK.sub("", each.read_text(encoding="utf-8"))
        assert [line for line in blocks.splitlines() if line.startswith("$ ")] == [], each.name


def test_a_line_that_was_not_said_is_missed() -> None:
    shown = documented.Shown("x", ("one", "…", "thr…", "", "four"))

    assert documented.missing(shown, "one\ntwo\nthree\nfour\n") == []
    assert documented.missing(shown, "one\nfour\nthree\n") == ["four"]


def test_a_command_that_goes_on_in_the_next_line_is_one(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- mock: --seed 7 -->\n```console\n$ a \\\n  b\nsaid\n$ c\n```\n", encoding="utf-8")

    found = documented.read(page)
    assert found.mock == ("--seed", "7")
    assert found.commands == (documented.Shown("a \\\n  b", ("said",)), documented.Shown("c", ()))
