from __future__ import annotations

import pytest

pytest.importorskip("schemathesis", reason="Schemathesis is not here; make test-compare runs this where it is")

from bench import compare
from bench.contestants import TESTERS
from bench.fuzzer import document
from bench.result import Result
from bench.score import score
from bench.targets import Kind, Target, provider

MOCK, BROKEN, TWIN = (Target(kind, "zenmux", kind.value, "MUST") for kind in (Kind.WHOLE, Kind.MUTANT, Kind.TWIN))


def result(*failures: str, requests: int = 1) -> Result:
    return Result(frozenset(failures), requests, 0.5)


def test_two_mutants_and_a_twin_are_put_before_every_tester(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare.main(["--provider", "zenmux", "--named", "pretty", "--jobs", "1"]) == 0
    assert compare.main(["--provider", "zenmux", "--named", "drop", "--mutants", "2", "--jobs", "1"]) == 0

    twins, mutants = capsys.readouterr().out.split("seed 0,")[:2]
    for tester in TESTERS:
        assert next(line for line in twins.splitlines() if line.startswith(tester))[34:].split()[3] == "0/1"
        assert next(line for line in mutants.splitlines() if line.startswith(tester))[34:].split()[0] in {"1/2", "2/2"}


def test_what_is_said_of_the_conforming_mock_too_kills_nothing_and_accuses_nobody() -> None:
    found = score(
        [(MOCK, {"a": result("usual")}), (BROKEN, {"a": result("usual")}), (TWIN, {"a": result("usual", "new")})], "a"
    )
    assert (found.killed, found.accused) == ((0, 1), (1, 1))


def test_a_score_counts_requests_and_seconds_of_mutants_and_twins_each_apart_and_of_nothing_else() -> None:
    found = score([(MOCK, {"a": result(requests=99)}), (BROKEN, {"a": result(requests=3)}), (TWIN, {"a": result()})], "a")
    assert (found.requests, found.seconds) == ((1, 3, 3), (0.5, 0.5, 1.0))


def test_a_document_has_every_operation_at_the_path_at_which_it_is_served() -> None:
    known = provider("zenmux")
    assert set(document(known)["paths"]) == {each.path for each in known.operations.values()}


def test_nothing_to_compare_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare.main(["--named", "no-such-thing"]) == 2
    assert capsys.readouterr().err == "compare: there is no mutant or twin whose name holds 'no-such-thing'\n"
