from __future__ import annotations

import io
import json
from pathlib import Path

from gateway_contracts.command import main
from gateway_contracts.screen import Screen

SHIPPED = Path(__file__).parents[2] / "targets.yaml"
TARGETS = """
targets:
  - {name: staging, url: 'https://gateway.example/v1', provider: openai, api_key_env: STAGING_KEY}
  - {name: mock, url: 'http://127.0.0.1:8080/openai'}
"""


def said(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["targets", *words], Screen(out, err))
    return code, out.getvalue(), err.getvalue()


def test_each_gateway_of_the_file_is_a_row_or_a_value(tmp_path: Path) -> None:
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS, encoding="utf-8")
    rows, values = said(str(file)), said(str(file), "--json")

    assert rows[0] == values[0] == 0
    assert rows[1].splitlines()[1].split() == ["staging", "https://gateway.example", "openai", "STAGING_KEY"]
    assert json.loads(values[1])[1] == {
        "name": "mock",
        "url": "http://127.0.0.1:8080/openai",
        "provider": "openai",
        "api_key_env": None,
    }


def test_a_file_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "targets.yaml"
    file.write_text("targets:\n  - {name: a, url: 'https://gateway.example/v1'}\n", encoding="utf-8")
    code, out, error = said(str(file))

    assert (code, out, error.count("\n")) == (4, "", 1)
    assert error.startswith(f"gateway-contracts targets: {file}:2 at /targets/0: ")
    assert said(str(tmp_path / "none.yaml"))[0] == 4


def test_the_targets_that_come_along_can_be_used() -> None:
    code, out, _ = said(str(SHIPPED), "--json")

    assert code == 0
    assert all(each["url"].startswith("https://") for each in json.loads(out))
