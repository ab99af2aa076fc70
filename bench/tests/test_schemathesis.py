from __future__ import annotations

import tempfile

import pytest

pytest.importorskip("schemathesis", reason="Schemathesis is not here; make test-compare runs this where it is")

from bench.process import mock
from bench.schemathesis import command
from bench.schemathesis.examining import Examined, examine
from bench.schemathesis.waiver import Waiver
from specs import load, load_all

MISSING = Waiver("zenmux", "GET /api/v1/models", "response_schema_conformance", "^.id. is a required property", "", "", ())


def broken(*waivers: Waiver) -> Examined:
    """What comes of a gateway whose models lack their ids."""
    with tempfile.TemporaryFile() as stderr, mock(["--mutant", "ZEN-ID-01/missing"], stderr) as server:
        return examine(load("zenmux"), f"{server.url}/zenmux", waivers, seed=0, examples=1)


def test_every_failure_of_the_mock_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    code = command.main([])
    printed = capsys.readouterr().out

    assert code == 0, printed
    assert [line.split()[0] for line in printed.splitlines()[1:-1]] == list(load_all())
    assert "seed 0, at most 100 examples" in printed


def test_a_failure_that_no_waiver_explains_is_told_with_what_to_do() -> None:
    found = broken()
    (sentence,) = command.wrong(load("zenmux"), found, ())

    assert found.operations == {"GET /api/v1/models"}
    assert sentence.startswith('GET /api/v1/models: Response violates schema: "id" is a required property;')
    assert sentence.endswith("/zenmux/api/v1/models); mend the mock or the contract, or add a waiver with its reason")


def test_a_waiver_explains_what_it_names_and_nothing_else() -> None:
    found = broken(MISSING)

    assert found.unexplained == {}
    assert found.explained[MISSING] > 1
    assert list(command.wrong(load("zenmux"), found, (MISSING,))) == []


def test_a_waiver_that_explains_nothing_is_told() -> None:
    found = Examined("zenmux", operations={"GET /api/v1/models"})

    assert list(command.wrong(load("zenmux"), found, (MISSING,))) == [
        f"the waiver of {MISSING} explained nothing; take it out, or ask for more examples"
    ]
    assert str(MISSING) == "response_schema_conformance at GET /api/v1/models of zenmux"


def test_an_operation_that_was_never_asked_for_and_an_error_of_schemathesis_are_told() -> None:
    found = Examined("zenmux", errors=["it broke"])

    assert list(command.wrong(load("zenmux"), found, ())) == [
        "zenmux: Schemathesis gave up: it broke",
        "zenmux: GET /api/v1/models was never asked for",
    ]


def test_what_no_command_can_do_is_refused_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(["--examples", "0"])

    assert "'0': expected a whole number from 1 to 1000000" in capsys.readouterr().err
