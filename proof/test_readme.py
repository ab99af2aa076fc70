"""What the README shows is what happens."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import specs
from mockserver import index
from proof import documented
from proof.conftest import CHECKOUT
from proof.test_end_to_end import judge

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
TEXTS = [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/*.md")]
MUTANTS = [mutant.id for provider in specs.load_all().values() for mutant in provider.mutants]


def block(command: str) -> str:
    """The output that the README shows for *command*."""
    return README.partition(f"$ {command}\n")[2].partition("\n```")[0]


def test_the_number_of_mutants_is_the_number_that_there_are() -> None:
    own = [name for name in MUTANTS if not name.startswith("CLIENT-")]

    assert f"{len(own)} mutants" in README


def test_every_requirement_and_mutant_that_is_named_exists() -> None:
    known = {*MUTANTS, *(each.id for provider in specs.load_all().values() for each in provider.requirements)}

    named = set(re.findall(r"\b(?:[A-Z]{3}|CLIENT)(?:-[A-Z0-9]+)+-[0-9]{2}(?:/[a-z-]+)?", README))

    assert named
    assert named <= known


def test_the_verdict_on_the_mutant_is_the_one_shown(mock: Callable[..., str]) -> None:
    shown = block(".venv/bin/pytest conformance --target http://127.0.0.1:8080/zenmux")
    url = mock("--mutant", "ZEN-TIER-01/earlier")

    said = judge(f"{url}/zenmux").stdout.replace(url, "http://127.0.0.1:8080").splitlines()

    assert "ZEN-TIER-01 MUST" in shown
    assert [line for line in shown.splitlines()[:-1] if line not in said] == []


def test_an_outage_is_told_as_it_is_shown(mock: Callable[..., str], tmp_path: Path) -> None:
    shown = block(".venv/bin/pytest conformance --target http://127.0.0.1:8080/zenmux -q --junitxml report.xml; echo $?")
    url = mock("--chaos", "500=1.0")

    found = judge(f"{url}/zenmux", "-q", "--junitxml", str(tmp_path / "report.xml"))

    said = f"{found.stdout.replace(url, 'http://127.0.0.1:8080')}{found.returncode}"
    assert untimed(said) == untimed(shown)


def untimed(text: str) -> str:
    return re.sub(r"\bin [0-9.]+s\b", "in a moment", text)


def test_the_addresses_that_are_shown_are_those_that_the_mock_prints() -> None:
    printed = index.table(index.entries(tuple(specs.load_all().values()), "http://127.0.0.1:8080", None))

    assert block("make mock").startswith(f"{printed}\n")


def test_the_429_that_is_shown_is_the_one_that_comes(mock: Callable[..., str], tmp_path: Path) -> None:
    command = "curl -i -H 'Authorization: Bearer sk-mock-429' http://127.0.0.1:8080/zenmux/api/v1/models"
    lines = tuple(line for line in block(command).splitlines() if not line.startswith("date:"))

    found = documented.said(command, mock(), tmp_path, tmp_path)

    assert lines
    assert documented.missing(documented.Shown(command, lines), found) == []


def test_the_extras_that_can_be_installed_are_those_that_are_named() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    for text in (README, (CHECKOUT / "docs/index.md").read_text(encoding="utf-8")):
        assert set(re.findall(r"'\.\[([a-z0-9]+)\]'", text)) == set(project["optional-dependencies"])


def test_every_module_that_a_text_says_to_run_can_be_run() -> None:
    named = {name for each in TEXTS for name in re.findall(r"\bpython -m ([a-z_.]*[a-z_])", each.read_text(encoding="utf-8"))}

    assert named
    assert [name for name in sorted(named) if not runs(name)] == []


def runs(module: str) -> bool:
    """Whether ``python -m`` runs *module*: it is there, and where it is a package, so is what it runs."""
    found = importlib.util.find_spec(module)
    return found is not None and (
        not found.submodule_search_locations or importlib.util.find_spec(f"{module}.__main__") is not None
    )
