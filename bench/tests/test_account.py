from __future__ import annotations

import pytest

from bench.account import ANOTHER, AS_RECORDED, Account, Seen, expected, lost, seen
from bench.client import Form, Received
from mockserver.faults import FAULTS
from mockserver.faults.fault import Kind
from specs.recording import Recording

JSON = "application/json"
LIST = Recording(
    "list", 200, "a", "synthetic", "", "", default=True, headers={"Content-Type": JSON}, content=b'{"data":[1]}', is_json=True
)
RECORDED = {200: LIST}


@pytest.mark.parametrize("name", [each.name for each in FAULTS.values() if each.kind is Kind.BODY] + ["BAD_GZIP"])
def test_a_fault_of_the_body_is_seen_as_another_answer(name: str) -> None:
    assert expected(name) == ANOTHER


@pytest.mark.parametrize("name", [each.name for each in FAULTS.values() if each.kind is Kind.WIRE and each.name != "BAD_GZIP"])
def test_a_fault_of_the_wire_is_seen_by_its_form_and_never_as_another_answer(name: str) -> None:
    assert expected(name) != ANOTHER


def test_json_that_says_the_same_is_as_recorded() -> None:
    assert seen(Received(Form.WHOLE, 200, JSON, None, b'{ "data": [1] }'), RECORDED) == AS_RECORDED


@pytest.mark.parametrize(
    "received",
    [
        Received(Form.WHOLE, 200, JSON, None, b'{"data":[]}'),
        Received(Form.WHOLE, 200, JSON, None, b'{"data":[1],'),
        Received(Form.WHOLE, 200, JSON, "gzip", LIST.content),
        Received(Form.WHOLE, 200, "text/plain", None, LIST.content),
        Received(Form.WHOLE, 502, JSON, None, LIST.content),
    ],
    ids=["content", "no JSON", "coding", "media type", "status"],
)
def test_anything_else_is_another_answer(received: Received) -> None:
    assert seen(received, RECORDED) == ANOTHER


def journal(**counts: dict[str, int]) -> dict[str, object]:
    return {"total": 4, "by_status": {}, "by_cause": {}, "by_fault": {}, "entries": [], **counts}


def account(*answers: Seen) -> Account:
    """Of four requests, all of which chaos truncates."""
    made = Account({"TRUNCATE": 1.0}, seed=1, sent=4)
    for each in answers:
        made.add(each, Received(each.form))
    return made


CUT = Seen(Form.CUT, None)
COUNTED = {"by_status": {"200": 4}, "by_cause": {"chaos": 4}, "by_fault": {"TRUNCATE": 4}}


def test_nothing_is_wrong_where_lots_client_and_journal_agree() -> None:
    rows, wrong = account(CUT, CUT, CUT, CUT).compared(journal(**COUNTED))

    assert [(str(row.what), row.drawn, row.seen, row.counted) for row in rows] == [("cut short", 4, 4, 4)]
    assert lost(rows) == 0
    assert wrong == []


def test_an_answer_that_nobody_saw_is_lost() -> None:
    rows, wrong = account(CUT, CUT, CUT, Seen(Form.SILENT, None)).compared(journal(**COUNTED))

    assert lost(rows) == 1
    assert wrong == [
        "cut short: drawn 4, seen 3, counted 4 times",
        "nothing in time: drawn 0, seen 1, counted 0 times",
    ]


def test_a_count_of_the_journal_that_does_not_fit_is_told() -> None:
    _, wrong = account(CUT, CUT, CUT, CUT).compared(journal(**{**COUNTED, "by_cause": {"chaos": 3, "recording": 1}}))

    assert wrong == ["the journal's by_cause is {'chaos': 3, 'recording': 1}, expected {'chaos': 4}"]


def test_a_draw_that_the_seed_does_not_make_is_told() -> None:
    entry = {"number": 3, "draw": {"number": 3, "value": 0.5, "hit": "TRUNCATE"}}
    _, (sentence,) = account(CUT, CUT, CUT, CUT).compared({**journal(**COUNTED), "entries": [entry]})

    assert sentence.startswith("the journal's entry 3 has the draw")
