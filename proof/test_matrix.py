"""``make mutants``: what it prints, and its exit code."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import proof.__main__ as command
from proof.__main__ import main
from proof.campaign import Outcome, chosen, run
from proof.matrix import COLUMNS, Matrix
from specs import load

DIMILINKS = load("dimilinks")


def outcome(
    breaks: str = "DIM-ID-01",
    accused: tuple[str, ...] = (),
    equivalent: str = "",
    operator: str = "payload",
    refusal: str = "",
    sent: int = 7,
) -> Outcome:
    """What came of one mutant."""
    return Outcome(
        "dimilinks", operator, f"dimilinks/{operator}/one", "It is so.", breaks, breaks, equivalent, accused, refusal, sent
    )


def matrix(*outcomes: Outcome, depth: str = "standard") -> Matrix:
    """The matrix of *outcomes*."""
    return Matrix([DIMILINKS], outcomes, depth)


def test_a_mutant_that_is_caught_by_its_requirement_is_a_row_and_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--provider", "dimilinks", "--mutant", "DIM-ID-01/empty", "--jobs", "1"]) == 0

    said = capsys.readouterr().out
    assert "DIM-ID-01 MUST" in said
    assert "100.0 % of what breaks something is killed at depth standard; 1 mutants, at most " in said
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
    caught, lost = outcome(accused=("DIM-ID-01",)), outcome(breaks="DIM-AUTH-04", accused=("DIM-ID-01",))

    assert matrix(*[caught] * 97, *[lost] * 3).faults == []
    assert matrix(*[caught] * 96, *[lost] * 4).faults == ["96.0% of the mutants are killed, expected at least 97%"]


def test_the_quick_depth_may_let_fifteen_of_a_hundred_go() -> None:
    caught, lost = outcome(accused=("DIM-ID-01",)), outcome()

    assert matrix(*[caught] * 85, *[lost] * 15, depth="quick").faults == []
    below = matrix(*[caught] * 84, *[lost] * 16, depth="quick")
    assert below.faults == ["84.0% of the mutants of dimilinks that are generated are killed, expected at least 85%"]


def test_the_quick_depth_may_not_make_up_for_one_kind_of_mutant_with_the_other() -> None:
    many, lost = outcome(accused=("DIM-ID-01",)), outcome(operator="placed")

    assert matrix(*[many] * 99, lost, depth="quick").faults == [
        "0.0% of the mutants of dimilinks that are placed by hand are killed, expected at least 85%"
    ]


def test_a_mutant_that_the_contract_allows_may_not_be_accused() -> None:
    found = matrix(outcome(breaks="", equivalent="null is allowed there", accused=("DIM-ID-01",)))

    assert found.faults == ["1 mutants are accused although the contract allows what they do"]


def test_a_mutant_placed_by_hand_is_to_be_caught_first_by_its_requirement() -> None:
    late = outcome(accused=("DIM-LIST-02", "DIM-ID-01"), operator="placed")

    assert matrix(*[outcome(accused=("DIM-ID-01",))] * 99, late).faults == [
        "these MUSTs do not catch every mutant that breaks them: DIM-ID-01 (1)"
    ]


def test_a_mutant_that_ends_the_run_before_it_judges_is_not_killed() -> None:
    refused = matrix(*[outcome(accused=("DIM-ID-01",))] * 99, outcome(refusal="nothing is there"))

    assert refused.share == 0.99
    assert refused.faults == ["these MUSTs do not catch every mutant that breaks them: DIM-ID-01 (1)"]
    assert any("nothing is there; breaks DIM-ID-01" in line for line in refused.lines())


@pytest.mark.parametrize(("depth", "most"), [("quick", 10), ("standard", 40), ("deep", 400)])
def test_no_mutant_may_be_sent_more_than_the_depth_allows(depth: str, most: int) -> None:
    kept, over = outcome(accused=("DIM-ID-01",), sent=most), outcome(accused=("DIM-ID-01",), sent=most + 1)

    assert matrix(kept, depth=depth).faults == []
    assert matrix(kept, over, depth=depth).faults == [f"a mutant was sent {most + 1} requests, expected at most {most}"]


def test_an_equivalent_mutant_stands_in_the_row_of_the_requirement_that_speaks_of_its_place() -> None:
    allowed = dataclasses.replace(outcome(breaks="", equivalent="null is allowed there"), about="DIM-ID-01")
    found = list(matrix(outcome(accused=("DIM-ID-01",)), allowed, outcome(breaks="", equivalent="it is open")).lines())

    (row,) = (line for line in found if line.startswith("DIM-ID-01 MUST"))
    (none,) = (line for line in found if line.startswith("of no requirement"))
    assert row.split()[2:] == ["2", "1", "0", "0", "0", "1"]
    assert none.split()[3:] == ["1", "0", "0", "0", "0", "1"]


def test_ctrl_c_leaves_what_was_found_until_then(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> Iterator[Outcome]:
        yield outcome(accused=("DIM-ID-01",))
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run", interrupted)

    assert main(["--provider", "dimilinks", "--mutant", "placed/DIM-ID-01"]) == 130
    said = capsys.readouterr()
    assert "DIM-ID-01 MUST" in said.out
    assert "all is well" not in said.out
    assert re.fullmatch(r"interrupted after 1 of [0-9]+ mutants\n", said.err)


def test_several_processes_come_to_the_same() -> None:
    mutants = chosen([DIMILINKS], named="placed/DIM-ID-0")

    assert list(run(mutants, depth="quick", jobs=2)) == list(run(mutants, depth="quick", jobs=1))


def test_what_came_of_each_mutant_is_written(tmp_path: Path) -> None:
    file = tmp_path / "mutants.json"

    assert main(["--provider", "dimilinks", "--mutant", "placed/DIM-ID-01", "--jobs", "1", "--json", str(file)]) == 0

    report = json.loads(file.read_text(encoding="utf-8"))
    assert (report["depth"], report["killed"]) == ("standard", 1.0)
    assert {(each["breaks"], each["fate"]) for each in report["mutants"]} == {("DIM-ID-01", "killed")}


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = ["--provider", "dimilinks", "--mutant", "placed/DIM-ID-01", "--jobs", "1"]

    assert main([*named, "--json", str(tmp_path / "nowhere/mutants.json")]) == 2
    assert capsys.readouterr().err.endswith("No such file or directory; it is not written\n")


def test_what_takes_longer_than_two_seconds_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter([0.0, 0.0, 1.9, 2.0, 3.0, 4.1, 5.0])
    monkeypatch.setattr("time.monotonic", lambda: next(seconds))

    assert len(list(command.told(iter([outcome()] * 4), 4))) == 4
    assert capsys.readouterr().err == "3 of 4 mutants, 2 s\n"


def test_a_share_is_never_rounded_up(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def nearly(*_: object, **__: object) -> Iterator[Outcome]:
        yield from [outcome(accused=("DIM-ID-01",))] * 4999
        yield outcome()

    monkeypatch.setattr(command, "run", nearly)

    main(["--provider", "dimilinks", "--mutant", "placed/DIM-ID-01"])

    assert "99.9 % of what breaks something is killed at depth standard; 5000 mutants" in capsys.readouterr().out


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5"])
def test_a_number_that_is_none_is_a_usage_error(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--sample", number])

    assert ended.value.code == 2
    assert f"found {number}, expected a whole number of at least 1" in capsys.readouterr().err


def test_the_help_explains_the_columns_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    said = capsys.readouterr().out
    for word in (*COLUMNS[1:], "exit codes", "130"):
        assert word in said


def test_the_reasons_of_equivalent_mutants_are_listed_with_their_number() -> None:
    allowed = outcome(breaks="", equivalent="null is allowed there")

    assert "     2  null is allowed there" in list(matrix(allowed, allowed).lines())
