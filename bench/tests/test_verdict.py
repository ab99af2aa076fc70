"""How long the suite takes is measured on processes of its own, and said in tables and a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import specs
from bench.verdict.command import main
from bench.verdict.figures import Figure, document, figure
from bench.verdict.page import draw, page
from bench.verdict.run import Run

SHORTEST = min(specs.load_all().values(), key=lambda each: (each.generic, len(each.requirements))).id
MACHINE = {"cpu": "a processor", "cores": 2, "system": "Linux", "python": "CPython 3.11", "load": 0.0, "idle": True}


def sized(models: int | None, cpu: float, verdict: str = "kept") -> Figure:
    return Figure("acme", models, 1_000_000, 3, cpu + 1, cpu, 50_000_000, 7, verdict, 0.5 if models is None else None)


def written(*figures: Figure, **changes: Any) -> dict[str, Any]:
    return {**document(MACHINE, "2026-11-22T00:00:00Z", figures, complete=True), **changes}


def test_a_figure_is_the_median_of_its_runs_and_the_most_of_their_memory() -> None:
    runs = [Run(seconds, seconds / 2, int(seconds), 7, "kept") for seconds in (1.0, 9.0, 2.0)]

    assert figure("acme", 10, 5, runs, [Run(0.5, 0.4, 1, 0, "")]) == Figure("acme", 10, 5, 3, 2.0, 1.0, 9, 7, "kept", 0.5)


def test_what_a_thousand_models_more_take_is_counted_from_the_fewest() -> None:
    lines = page(written(sized(10, 1.0), sized(10_010, 3.0))).splitlines()

    assert [line.split(" | ")[-2] for line in lines if line.startswith("| acme | 10")] == ["–", "200"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"complete": False}, "**Interrupted**"), ({"machine": {**MACHINE, "idle": False, "load": 3.5}}, "(load average 3.50")],
)
def test_a_run_that_says_less_says_so(changes: dict[str, Any], said: str) -> None:
    assert said in page(written(sized(None, 1.0), **changes))
    assert said not in page(written(sized(None, 1.0)))


def test_the_picture_leaves_out_what_could_not_be_judged(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is missing; make test installs it")
    kept = written(sized(10, 1.0), sized(100, 2.0))
    more = written(sized(10, 1.0), sized(100, 2.0), sized(1000, 0.1, "inconclusive"))

    drawn = [[file.read_bytes() for file in draw(each, tmp_path / name)] for name, each in (("kept", kept), ("more", more))]

    assert drawn[0] == drawn[1]


def test_a_catalogue_is_judged_by_a_process_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--provider", SHORTEST, "--sizes", "12", "--rounds", "1", "--out", str(tmp_path)])

    usual, twelve = json.loads((tmp_path / "verdict.json").read_bytes())["figures"]
    assert code == 0
    assert (usual["verdict"], twelve["verdict"], twelve["models"]) == ("kept", "kept", 12)
    assert 0 < twelve["requests"] <= 40
    assert twelve["memory"] > 10_000_000
    assert usual["ready"] > 0
    assert (tmp_path / "verdict.md").read_text(encoding="utf-8") in capsys.readouterr().out


@pytest.mark.parametrize("sizes", ["0", "ten", "10,-1", "1000001"])
def test_a_size_that_is_none_is_one_sentence(sizes: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--sizes", sizes])

    assert ended.value.code == 2
    assert "expected a whole number from 1 to 1000000" in capsys.readouterr().err
