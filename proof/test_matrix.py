"""``make mutants``: what it prints, and its exit code."""

from __future__ import annotations

import pytest

from proof.__main__ import main


def test_the_mutants_that_are_caught_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--provider", "dimilinks", "--mutant", "DIM-ID-01/empty"]) == 0
    assert capsys.readouterr().out == "dimilinks: 1 of 1 mutants caught first by the requirement that they break\n"


def test_a_mutant_that_is_not_caught_is_named_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--provider", "dimilinks", "--mutant", "DIM-HTTP-05/options-500", "--depth", "quick"]) == 1
    assert "DIM-HTTP-05/options-500: not caught" in capsys.readouterr().out


def test_an_unknown_mutant_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--mutant", "DIM-ID-01/nonsense"]) == 2
    assert capsys.readouterr().err == "there is no mutant 'DIM-ID-01/nonsense'; expected an id from fixtures/*/mutants.json\n"
