"""``make mutants``: what it prints, and its exit code."""

from __future__ import annotations

import pytest

from proof.__main__ import main
from proof.campaign import Outcome
from proof.matrix import Matrix
from specs import load

DIMILINKS = load("dimilinks")


def outcome(
    breaks: str = "DIM-ID-01", accused: tuple[str, ...] = (), equivalent: str = "", operator: str = "payload"
) -> Outcome:
    """What came of one mutant."""
    return Outcome("dimilinks", operator, f"dimilinks/{operator}/one", "It is so.", breaks, equivalent, accused, "", 7)


def matrix(*outcomes: Outcome, depth: str = "standard") -> Matrix:
    """The matrix of *outcomes*."""
    return Matrix([DIMILINKS], outcomes, depth)


def test_a_mutant_that_is_caught_by_its_requirement_is_a_row_and_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--provider", "dimilinks", "--mutant", "DIM-ID-01/empty", "--jobs", "1"]) == 0

    said = capsys.readouterr().out
    assert "DIM-ID-01 MUST" in said
    assert "100.0% of what breaks something is caught at depth standard" in said
    assert said.endswith("all is well\n")


def test_a_mutant_that_survives_is_named_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    named = ["--provider", "dimilinks", "--mutant", "placed/DIM-HTTP-05/options-500"]

    assert main([*named, "--depth", "quick", "--jobs", "1"]) == 1
    assert "dimilinks/placed/DIM-HTTP-05/options-500: not caught; breaks DIM-HTTP-05" in capsys.readouterr().out


def test_a_text_that_no_id_holds_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--provider", "dimilinks", "--mutant", "nonsense"]) == 2
    assert capsys.readouterr().err == "there is no mutant whose id holds 'nonsense'; --list prints the ids\n"


def test_a_sample_of_one_seed_is_always_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for seed in ("4", "4", "5"):
        assert main(["--list", "--provider", "dimilinks", "--sample", "20", "--seed", seed]) == 0
        said.append(capsys.readouterr().out)

    assert said[0] == said[1] != said[2]
    assert len(said[0].splitlines()) == 20


def test_a_must_that_lets_one_mutant_of_its_own_go_is_a_fault() -> None:
    caught = [outcome(accused=("DIM-ID-01",))] * 99

    assert matrix(*caught).faults == []
    assert matrix(*caught, outcome(accused=("DIM-ID-02",))).faults == [
        "these MUSTs do not catch every mutant that breaks them: DIM-ID-01 (1)"
    ]


def test_a_should_may_let_three_of_a_hundred_go() -> None:
    caught, lost = outcome(accused=("DIM-ID-01",)), outcome(breaks="DIM-AUTH-04")

    assert matrix(*[caught] * 97, *[lost] * 3).faults == []
    assert matrix(*[caught] * 96, *[lost] * 4).faults == ["96.0% of the mutants are killed, expected at least 97%"]


def test_the_quick_depth_may_let_fifteen_of_a_hundred_go() -> None:
    caught, lost = outcome(accused=("DIM-ID-01",)), outcome()

    assert matrix(*[caught] * 85, *[lost] * 15, depth="quick").faults == []
    below = matrix(*[caught] * 84, *[lost] * 16, depth="quick")
    assert below.faults == ["84.0% of the mutants are killed, expected at least 85%"]


def test_a_mutant_that_the_contract_allows_may_not_be_accused() -> None:
    found = matrix(outcome(breaks="", equivalent="null is allowed there", accused=("DIM-ID-01",)))

    assert found.faults == ["1 mutants are accused although the contract allows what they do"]


def test_a_mutant_placed_by_hand_is_to_be_caught_first_by_its_requirement() -> None:
    late = outcome(accused=("DIM-LIST-02", "DIM-ID-01"), operator="placed")

    assert matrix(late).faults == ["these MUSTs do not catch every mutant that breaks them: DIM-ID-01 (1)"]


def test_the_reasons_of_equivalent_mutants_are_listed_with_their_number() -> None:
    allowed = outcome(breaks="", equivalent="null is allowed there")

    assert "     2  null is allowed there" in list(matrix(allowed, allowed).lines())
