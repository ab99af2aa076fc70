"""Contract, recording and live: who moved."""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import specs
from conformance.snapshot import Snapshot
from gateway_contracts import reaching
from gateway_contracts.command import main
from gateway_contracts.drift.documented import Fields
from gateway_contracts.drift.three_way import Difference, differences
from gateway_contracts.screen import Screen
from gateway_contracts.tests.shop import SMALL, held, model, provider
from gateway_contracts.tests.test_drift_properties import SNAPSHOTS, STEADY
from specs import Provider, formats

FIXTURES = Path(__file__).parents[2] / "fixtures"
FIELDS = Fields(provider(), provider().operations["listModels"])
SHOWN = held([model()])


def found(recording: list[Any], live: list[Any], shown: Snapshot | None = SHOWN) -> list[Difference]:
    return differences(shown, FIELDS, held(recording), held(live))


def told(each: Difference) -> tuple[str, str, str | None, str | None, str | None]:
    return each.verdict.id, each.what, each.contract, each.recording, each.live


def test_three_that_agree_have_no_difference() -> None:
    assert found([model()], [model()]) == []


@pytest.mark.parametrize(
    ("recording", "live", "is_"),
    [
        (model(), model(context=5), ("live-left", "context", "200000 tokens", "200000 tokens", "5 tokens")),
        (model(context=5), model(), ("recording-behind", "context", "200000 tokens", "5 tokens", "200000 tokens")),
        (model(context=5), model(context=5), ("contract-behind", "context", "200000 tokens", "5 tokens", "5 tokens")),
        (model(context=5), model(context=6), ("all-differ", "context", "200000 tokens", "5 tokens", "6 tokens")),
        (model(), model(takes=["text"]), ("live-left", "input modality", "image", "image", None)),
        (model(takes=["text"]), model(), ("recording-behind", "input modality", "image", None, "image")),
        (model(), model(note=1), ("live-left", "types", "string, optional", "string", "number")),
        (model(note=1), model(), ("recording-behind", "types", "string, optional", "number", "string")),
        (model(note=1), model(note=1), ("contract-behind", "field", "string, optional", "number", "number")),
        (model(note=1), model(note=True), ("all-differ", "types", "string, optional", "number", "boolean")),
        (model(), model(note=...), ("live-moved", "field", "string, optional", "string", None)),
        (model(extra=1), model(extra=1), ("contract-behind", "field", "not documented", "number", "number")),
        (model(kind=...), model(kind=...), ("contract-behind", "field", "string, required", None, None)),
        (model(), model(kind=...), ("live-left", "field", "string, required", "string", None)),
    ],
)
def test_who_moved_is_told_with_the_three_values(recording: Any, live: Any, is_: Any) -> None:
    assert [told(each) for each in found([recording], [live])] == [is_]


def test_what_the_page_does_not_show_of_models_is_no_matter_of_the_contract() -> None:
    assert [told(each) for each in found([model(), SMALL], [model(), {**SMALL, "context": 1}])] == [
        ("live-moved", "context", None, "4096 tokens", "1 tokens")
    ]
    assert [told(each) for each in found([model()], [model(), SMALL])] == [("live-moved", "model", None, None, "listed")]


def test_a_model_of_the_page_that_nobody_lists_is_told() -> None:
    assert [told(each) for each in found([SMALL], [SMALL])] == [("contract-behind", "model", "listed", None, None)]


def test_without_a_page_the_contract_says_nothing_of_models() -> None:
    assert [told(each) for each in found([model()], [model(context=5)], None)] == [
        ("live-moved", "context", None, "200000 tokens", "5 tokens")
    ]


def test_items_without_an_id_are_as_no_contract_has_them() -> None:
    (difference,) = [each for each in found([model()], [model(), {**SMALL, "id": 7}]) if each.what == "items without an id"]

    assert told(difference) == ("live-left", "items without an id", "0", "0", "1")


@STEADY
@given(shown=SNAPSHOTS, same=SNAPSHOTS)
def test_live_has_not_moved_where_it_is_as_recorded(shown: Snapshot, same: Snapshot) -> None:
    assert {each.verdict.id for each in differences(shown, FIELDS, same, same)} <= {"contract-behind"}


@STEADY
@given(shown=SNAPSHOTS, recording=SNAPSHOTS, live=SNAPSHOTS)
def test_any_three_can_be_told_apart(shown: Snapshot, recording: Snapshot, live: Snapshot) -> None:
    for each in differences(shown, FIELDS, recording, live):
        assert len({each.contract, each.recording, each.live}) > 1


@pytest.fixture(autouse=True)
def loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The contracts are read once, as they take a second."""
    monkeypatch.setattr(reaching, "contracts", lambda _: shipped())


@functools.cache
def shipped() -> Mapping[str, Provider]:
    return specs.load_all()


def ways(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    return main(["drift", *arguments], Screen(out, out)), out.getvalue()


@pytest.fixture
def live(tmp_path: Path) -> str:
    """The documented list, in which one price is otherwise."""
    path = tmp_path / "zenmux/listModels/200-live.json"
    path.parent.mkdir(parents=True)
    text = (FIXTURES / "zenmux/listModels/200-documented.json").read_text(encoding="utf-8")
    path.write_text(text.replace('"value": 14,', '"value": 28,'), encoding="utf-8")
    return str(path)


EMPTY, CATALOGUE = (str(FIXTURES / f"zenmux/listModels/200-{name}.json") for name in ("empty", "catalogue"))
RECORDED = str(FIXTURES / "zenmux/listModels/200-documented.json")


def test_the_command_has_a_table_for_each_verdict(live: str) -> None:
    code, out = ways("--contract", "zenmux", RECORDED, live)

    assert code == 0
    assert "live-left (1): Live alone is otherwise: contract and recording agree. Tell the provider;" in out
    assert "risky  openai/gpt-5.2  price of output  14 USD per 1M tokens  14 USD per 1M tokens  28 USD per 1M tokens\n" in out
    assert out.endswith("\n0 breaking, 1 risky, 0 information\n")
    assert ways("--contract", "zenmux", RECORDED, live, "--fail-on", "risky")[0] == 1
    assert ways("--contract", "zenmux", RECORDED, RECORDED) == (
        0,
        f"three ways of zenmux: contract, recording {RECORDED}, live {RECORDED}\n\nno difference\n",
    )


def test_the_command_speaks_json_and_markdown(live: str) -> None:
    value = json.loads(ways("--contract", "zenmux", RECORDED, live, "--json")[1])

    formats.check(value, "three-way", "stdout")
    assert (value["fails"], value["verdicts"]["live-left"]["count"]) == (False, 1)
    assert "| risky | openai/gpt-5.2 | price of output |" in ways("--contract", "zenmux", RECORDED, live, "--markdown")[1]


def test_what_only_one_side_has_is_a_note() -> None:
    one, both = str(FIXTURES / "aihubmix/listModels/200-empty.json"), str(FIXTURES / "aihubmix")
    note = f"listModelInfo is in {both} only, and was not compared"

    assert f"  note: {note}\n" in ways("--contract", "aihubmix", one, both)[1]
    assert f"\n- {note}\n" in ways("--contract", "aihubmix", one, both, "--markdown")[1]
    assert "… and 10 more\n" in ways("--contract", "zenmux", EMPTY, CATALOGUE, "--markdown")[1]


def test_more_than_can_be_read_is_bounded() -> None:
    assert "\n… and 10 more\n" in ways("--contract", "zenmux", EMPTY, CATALOGUE)[1]
    assert "more\n" not in ways("--contract", "zenmux", EMPTY, CATALOGUE, "--all")[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--contract", "nobody"), "--contract 'nobody' is unknown; expected one of aihubmix"),
        (("--contract", "zenmux", "--provider", "openkey"), "name two contracts"),
    ],
)
def test_a_contract_that_cannot_be_used_is_a_sentence_and_4(arguments: tuple[str, ...], sentence: str) -> None:
    code, out = ways(*arguments, RECORDED, RECORDED)

    assert (code, out.count("\n")) == (4, 1)
    assert sentence in out
