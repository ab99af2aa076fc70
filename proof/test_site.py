"""The user guide as a site: it builds without a warning and without a network, and leaves nothing out."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

import specs
from gateway_contracts.command import COMMANDS, Command
from gateway_contracts.exit_code import ExitCode
from mockserver.faults import FAULTS
from proof.conftest import CHECKOUT

FETCHED = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "use": "href"}
"""Elements for which a browser asks for something by itself, and the attribute that says where."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does, where every warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-n", "-W", "--keep-going", "docs", str(folder)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=180, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder


def text(page: Path) -> str:
    """What a reader sees of *page*."""
    return html.unescape(re.sub("<[^>]+>", "", page.read_text(encoding="utf-8")))


class Fetched(HTMLParser):
    """Collects what a browser would ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name == FETCHED.get(tag) and value]


def asked_for(page: Path) -> Iterator[str]:
    parser = Fetched()
    parser.feed(page.read_text(encoding="utf-8"))
    yield from parser.found


def test_a_reader_asks_nobody_else_for_anything(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    elsewhere = {each for page in pages for each in asked_for(page) if "//" in each}

    assert len(pages) > 10
    assert elsewhere == set()
    assert not any("url(http" in style.read_text(encoding="utf-8") for style in site.rglob("*.css"))


@pytest.mark.parametrize("provider", specs.load_all().values(), ids=lambda each: each.id)
def test_every_requirement_is_there_with_its_sentence_and_its_quotations(site: Path, provider: specs.Provider) -> None:
    shown = " ".join(text(site / "requirements.html").split())

    for requirement in provider.requirements:
        assert requirement.id in shown
        assert " ".join(requirement.says.split()) in shown, requirement.id
        quotes = [each.quote for each in requirement.citations if hasattr(each, "quote")]
        assert [each for each in quotes if " ".join(each.split()) not in shown] == [], requirement.id


def test_every_fault_is_there_with_its_parameters(site: Path) -> None:
    shown = text(site / "faults.html")

    for fault in FAULTS.values():
        assert fault.name in shown
        assert all(f"{each.name}=" in shown for each in fault.parameters)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
def test_every_option_is_there(site: Path, command: Command) -> None:
    shown = text(site / "commands.html")
    options = [name for action in command.parser()._actions for name in action.option_strings]

    assert "--help" in options
    assert [each for each in options if each not in shown] == []


def test_every_exit_code_is_there(site: Path) -> None:
    shown = text(site / "exit-codes.html")

    assert all(code.says in shown for code in ExitCode)


def test_every_page_can_be_reached_from_the_first(site: Path) -> None:
    shown = (site / "index.html").read_text(encoding="utf-8")

    assert [page.name for page in (CHECKOUT / "docs").glob("*.md") if f'href="{page.stem}.html"' not in shown] == ["index.md"]
