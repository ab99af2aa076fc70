from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.schemathesis.failure import Failure
from bench.schemathesis.waiver import Waiver, read
from specs import SpecError, load, load_all

FAILURE = Failure(
    "acme",
    "GET /models",
    ("status_code_conformance",),
    "Undocumented status code",
    "Received: 404\nDocumented: 200",
    "http://127.0.0.1/acme/models?type=",
)
WAIVER = Waiver("acme", "GET /models", "status_code_conformance", "^Received: 404", "type=$", "It is so.", ("ACM-ID-01",))
ENTRY = {
    "provider": "zenmux",
    "operation": "GET /api/v1/models",
    "check": "status_code_conformance",
    "message": "Received",
    "reason": "It stands so on the page.",
    "cites": "[ZEN-ID-01]",
}


def written(path: Path, **members: str) -> Path:
    """A file in the folder *path* with one waiver, in which *members* are other than usual."""
    file = path / "waivers.yaml"
    lines = "\n".join(f"    {name}: {value}" for name, value in {**ENTRY, **members}.items())
    file.write_text(f"waivers:\n  -\n{lines}\n", encoding="utf-8")
    return file


def test_a_waiver_explains_the_failure_that_it_names() -> None:
    assert WAIVER.explains(FAILURE)


@pytest.mark.parametrize(
    "other",
    [
        replace(FAILURE, provider="other"),
        replace(FAILURE, operation="GET /models/{model}"),
        replace(FAILURE, checks=("negative_data_rejection",)),
        replace(FAILURE, message="Received: 500"),
        replace(FAILURE, url="http://127.0.0.1/acme/models?type=llm"),
    ],
    ids=["provider", "operation", "check", "message", "url"],
)
def test_a_waiver_explains_no_other_failure(other: Failure) -> None:
    assert not WAIVER.explains(other)


def test_our_waivers_name_what_the_contracts_have() -> None:
    assert all(each.reason and each.cites for each in read(load_all()))


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"provider": "nobody"}, "waivers.yaml:3 at /waivers/0/provider: found 'nobody', expected what the contract has"),
        ({"operation": "GET /nowhere"}, "/waivers/0/operation: found 'GET /nowhere', expected what the contract has"),
        ({"cites": "[ZEN-NO-99]"}, "/waivers/0/cites: found 'ZEN-NO-99', expected what the contract has"),
        ({"cites": "[]"}, "/waivers/0/cites: found [], expected"),
        ({"reason": "nope"}, "/waivers/0/reason: found 'nope', expected"),
        ({"surplus": "1"}, "/waivers/0: found "),
    ],
    ids=["provider", "operation", "citation", "no citation", "no reason", "surplus"],
)
def test_what_a_waiver_cannot_say_is_refused_with_its_place(members: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as error:
        read({"zenmux": load("zenmux")}, written(tmp_path, **members))

    assert said in str(error.value)


def test_failures_of_one_kind_differ_in_no_more_than_what_was_asked_for() -> None:
    assert replace(FAILURE, url="elsewhere").kind == FAILURE.kind
    assert replace(FAILURE, message="Received: 500").kind != FAILURE.kind
