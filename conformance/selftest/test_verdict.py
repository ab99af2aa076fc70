from __future__ import annotations

import pytest

from conformance.finding import Finding, Outcome
from conformance.verdict import Verdict, verdict
from specs import Provider

MUST, SHOULD = "ACM-ID-01", "ACM-TIME-01"
P, F, W, V, I, N, E = (  # noqa: E741  # one letter each keeps the table below readable
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.WARN,
    Outcome.WAIVED,
    Outcome.INCONCLUSIVE,
    Outcome.NOT_APPLICABLE,
    Outcome.ERROR,
)


@pytest.mark.parametrize(
    ("musts", "shoulds", "expected"),
    [
        ([P], [P], Verdict.KEPT),
        ([P], [W], Verdict.KEPT),
        ([P], [I], Verdict.KEPT),
        ([P, N], [N], Verdict.KEPT),
        ([P, V], [], Verdict.KEPT),
        ([V], [], Verdict.KEPT),
        ([], [P], Verdict.KEPT),
        ([], [W], Verdict.KEPT),
        ([P, F], [], Verdict.BROKEN),
        ([P], [F], Verdict.BROKEN),
        ([F, I], [], Verdict.BROKEN),
        ([P, I], [], Verdict.INCONCLUSIVE),
        ([I], [W], Verdict.INCONCLUSIVE),
        ([N], [I], Verdict.INCONCLUSIVE),
        ([], [I], Verdict.INCONCLUSIVE),
        ([N], [N], Verdict.NOTHING),
        ([], [], Verdict.NOTHING),
        ([E, F], [], Verdict.OUR_ERROR),
        ([P], [E], Verdict.OUR_ERROR),
    ],
)
def test_the_verdict_is_the_worst_of_the_findings(
    provider: Provider, musts: list[Outcome], shoulds: list[Outcome], expected: Verdict
) -> None:
    found = [Finding(provider.requirement(MUST), each) for each in musts]
    found += [Finding(provider.requirement(SHOULD), each) for each in shoulds]

    assert verdict(found) is expected


def test_exit_codes_are_those_of_pytest_and_one_more() -> None:
    assert {each.name: each.value for each in Verdict} == {
        "KEPT": 0,
        "BROKEN": 1,
        "INTERRUPTED": 2,
        "OUR_ERROR": 3,
        "USAGE": 4,
        "NOTHING": 5,
        "INCONCLUSIVE": 6,
    }
