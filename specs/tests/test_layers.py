from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from specs import load, provider_ids

ROOT = Path(__file__).resolve().parents[2]
OURS = ("specs", "mockserver", "conformance", "gateway_contracts", "gate", "proof", "bench")
FILES = sorted(path.relative_to(ROOT) for name in OURS for path in (ROOT / name).rglob("*.py"))
CODE = [file for file in FILES if not ({"tests", "selftest"} & set(file.parts) or file.name.startswith("test_"))]


def imports(file: Path) -> Iterator[str]:
    """The full name of every module that *file* imports, wherever in the file it does."""
    package = list(file.parts[:-1])
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            yield ".".join([*above, *filter(None, [node.module])])


def top_level(files: list[Path], package: str) -> dict[str, set[str]]:
    """Which of our packages each of the *files* in *package* imports from."""
    return {
        str(file): {name.partition(".")[0] for name in imports(file)} & set(OURS) for file in files if file.parts[0] == package
    }


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("specs", {"specs"}),
        ("mockserver", {"specs", "mockserver"}),
        ("conformance", {"specs", "conformance"}),
        ("gateway_contracts", {"specs", "mockserver", "conformance", "gateway_contracts"}),
        ("gate", {"specs", "mockserver", "gateway_contracts", "gate"}),
        ("bench", {"specs", "mockserver", "conformance", "proof", "bench"}),
    ],
)
def test_a_package_and_its_tests_import_only_what_is_below(package: str, allowed: set[str]) -> None:
    found = {file: sorted(names - allowed) for file, names in top_level(FILES, package).items() if names - allowed}
    assert found == {}


@pytest.mark.parametrize(("package", "users"), [("proof", {"proof", "bench"}), ("bench", {"bench"})])
def test_nothing_else_imports_from_what_shows_something(package: str, users: set[str]) -> None:
    outside = [file for file in CODE if file.parts[0] not in users]
    assert [str(file) for file in outside if any(name.partition(".")[0] == package for name in imports(file))] == []


@pytest.mark.parametrize("id", provider_ids())
def test_no_provider_is_named_in_the_code(id: str) -> None:
    provider = load(id)
    # A contract for a whole kind of gateways is called as the kind is, which is a word like any other: SDKs have it too.
    name = provider.requirements[0].id.partition("-")[0] if provider.generic else id
    words = re.compile(rf"\b({re.escape(name)}|{re.escape(provider.title)})\b", re.IGNORECASE)
    assert [str(file) for file in CODE if words.search((ROOT / file).read_text(encoding="utf-8"))] == []


def test_the_walk_sees_imports_at_every_depth_and_relative_ones() -> None:
    here = Path(__file__).relative_to(ROOT)
    assert {"ast", "re", "pathlib", "specs"} <= set(imports(here))
    assert here in FILES
    assert here not in CODE
