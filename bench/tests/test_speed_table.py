from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bench.speed import plot
from bench.speed.contestants import CONTESTANTS
from bench.speed.document import Run, document
from bench.speed.figures import Samples
from bench.speed.goals import judged
from bench.speed.machine import Machine
from bench.speed.sample import Closed, Highest, Life, Load
from bench.speed.table import page
from bench.speed.traffic import read
from bench.speed.tree import Memory
from bench.speed.verified import Verified

SCHEMA = json.loads((Path(plot.__file__).parent / "formats" / "speed.schema.json").read_text(encoding="utf-8"))
MACHINE = Machine("Some CPU", 2, 8_000_000_000, "Linux 6.1", "CPython 3.11.9", 0.05)
SETTINGS = {
    "quick": False,
    "rounds": 1,
    "seconds": 4,
    "open_seconds": 2.0,
    "tries": 7,
    "connections": 64,
    "seed": 0,
    "warmed": True,
}
RUN = Run(
    date="2026-11-22T09:00:00Z",
    machine=MACHINE,
    cores="the server on core 0",
    settings=SETTINGS,
    versions={"wrk": "4.1.0", "java": ""},
    complete=True,
    ceilings={"small": 60_000.0},
)


def measured(run: Run = RUN) -> dict[str, Any]:
    samples = Samples(absent={"mockserver": "no package of npm or PyPI ships its jar"})
    for key, rate in (("ours", 20_000), ("asgi", 25_000)):
        for connections in (32, 1):
            load = Load(rate * 4, 4.0, 700 * rate * 4, 900.0, 2500.0, wrong=0, busy=0.4)
            samples.add(key, "small", Closed(key, "small", connections, 1, load, cpu_s=2.0))
        samples.add(key, "small", Verified(640))
        samples.add(key, "", Life(key, 1, 0.31, Memory(50_000_000, 40_000_000), Memory(51_000_000, 1), Memory(52_000_000, 1)))
    samples.add("ours", "small", Highest("ours", "small", 1, 15_000.4, client=False))
    samples.add("asgi", "small", Highest("asgi", "small", 1, 55_000.0, client=True))
    samples.add("ours", "large", Verified(0, wrong="answered 500, expected 200"))
    samples.add("asgi", "large", Verified(10, ("any key is good",)))
    contestants = {CONTESTANTS[key]: version for key, version in (("ours", "1.2"), ("asgi", "3.4"), ("mockserver", ""))}
    return document(run, read(), contestants, samples, judged(samples))


def test_what_is_written_is_of_its_format() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    written = json.loads(json.dumps(measured()))
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(written)] == []


def test_the_table_has_a_row_for_each_server_and_leaves_out_columns_in_which_nothing_stands() -> None:
    text = page(measured())
    assert "| this mock | 20000 | 0.80 | 25 | 0.90 | 2.50 | 20000 | 0.90 | 2.50 | 15000 |" in text
    assert (
        "| bare ASGI on uvicorn | 25000 | 1.00 | 20 | 0.90 | 2.50 | 25000 | 0.90 | 2.50 | ≥ 55000 (the client's limit) |"
        in text
    )
    assert "| this mock | 0.31 | 50 / 40 | 51 / 0 | 52 / 0 |" in text
    without = measured()
    for contestant in without["contestants"]:
        contestant["figures"] = [{**each, "highest": None} for each in contestant["figures"]]
    assert "highest, p99" in text
    assert "highest, p99" not in page(without)


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    tables = re.findall(r"(?m)^\|.*\|$", page(measured()))
    cells = [line.count("|") for line in tables]
    heads = [number for number, line in enumerate(tables) if line.startswith("| server")]
    for start, end in zip(heads, [*heads[1:], len(tables)], strict=True):
        assert len(set(cells[start:end])) == 1


def test_the_goals_stand_first_and_are_computed() -> None:
    assert "- goal small list, of bare ASGI ≥ 0.85: 0.80, missed" in page(measured()).split("##")[0]


def test_what_was_not_measured_is_there_with_the_reason() -> None:
    text = page(measured())
    assert "| MockServer | – | – | not measured: no package of npm or PyPI ships its jar |" in text
    assert "not measured: answered 500, expected 200 (large)" in text
    assert "any key is good (large)" in text


def test_a_machine_that_was_busy_a_cold_start_and_an_interruption_are_said() -> None:
    busy = replace(RUN, machine=replace(MACHINE, load=3.5), complete=False, settings={**SETTINGS, "warmed": False})
    text = page(measured(busy))
    assert "**The machine was not idle** (load average 3.50 at the start)" in text
    assert "**Interrupted**" in text
    assert "Nothing was warmed up" in text
    assert not re.search(r"not idle|Interrupted|warmed", page(measured()))


def test_machine_versions_and_the_generators_own_limit_are_said() -> None:
    text = page(measured())
    for said in (
        "Some CPU, 2 cores, 8 GB, Linux 6.1, CPython 3.11.9",
        "With wrk 4.1.0.",
        "against nginx: small 60000 a second.",
    ):
        assert said in text


def test_the_plot_has_the_fastest_first() -> None:
    assert plot.bars(measured(), "small") == [("bare ASGI on uvicorn", 25_000, False), ("this mock", 20_000, True)]
    assert plot.bars(measured(), "large") == []


def test_the_plot_is_drawn_as_png_and_as_svg(tmp_path: Path) -> None:
    try:
        files = plot.draw(measured(), tmp_path / "speed")
    except plot.NoPlotError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))
    assert [file.name for file in files] == ["speed.svg", "speed.png"]
    assert files[0].read_text(encoding="utf-8").startswith("<?xml")
    assert files[1].read_bytes().startswith(b"\x89PNG")
