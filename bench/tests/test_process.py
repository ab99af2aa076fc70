"""What is measured starts as it does where it is installed."""

from __future__ import annotations

from importlib.util import cache_from_source
from pathlib import Path

import pytest

from bench import process


def test_modules_are_compiled_before_anything_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modules = [tmp_path / package / "inner" / "module.py" for package in ("specs", "mockserver", "conformance", "bench")]
    for module in modules:
        module.parent.mkdir(parents=True)
        module.write_text("NAME = 1\n", encoding="utf-8")
    monkeypatch.setattr(process, "CHECKOUT", tmp_path)

    process.compile_modules()

    assert all(Path(cache_from_source(str(module))).is_file() for module in modules)
