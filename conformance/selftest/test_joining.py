"""Requests that must change nothing, asked as one; alone only where the answer to all of them is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from conformance.finding import Outcome
from conformance.run import Run
from conformance.selftest import bench
from conformance.selftest.acme import MODELS, Acme, answer, changed
from conformance.selftest.gateway import Answer, Asked
from specs import Provider

CHECKS = {
    "ACM-REPEAT-01": ("MUST", "listModels", "{probe: repeat}"),
    "ACM-SCHEME-01": ("MUST", "listModels", "{probe: scheme-case}"),
    "ACM-HARM-01": ("MUST", "listModels", "{probe: harmless}"),
    "ACM-UNKNOWN-01": ("MUST", "listModels", "{probe: unknown-parameter}"),
    "ACM-PAGE-01": ("MUST", "listModels", "{probe: unpaged, query: {limit: '1', page: '2'}}"),
}
JOINT = "/v1/models?unknown=1&limit=1&page=2"

Says = Callable[[Asked, Answer], Answer]


def gateway(says: Says, asked: list[Asked]) -> Callable[[Asked], Answer]:
    """Acme, whose answers are as *says* makes of them; what it is asked is added to *asked*."""

    def heard(request: Asked, found: Answer) -> Answer:
        asked.append(request)
        return says(request, found)

    return changed(heard)


def broken(run: Run) -> set[str]:
    """The ids of what *run* found broken."""
    return {each.requirement.id for each in run.findings if each.outcome is Outcome.FAIL}


def fields(asked: Asked) -> Mapping[str, str]:
    """What of the fields of *asked* is not the same in every request."""
    usual = {"Accept": "application/json", "Authorization": f"Bearer {Acme().key}"}
    return {name: found for name, was in usual.items() if (found := asked.header(name) or "") != was}


def test_what_must_change_nothing_is_asked_in_one_request(contract: Callable[..., Provider]) -> None:
    asked: list[Asked] = []
    run = bench.run(contract(checks=CHECKS), gateway(lambda _, found: found, asked))

    (joint,) = (each for each in asked if each.target == JOINT)
    assert fields(joint) == {"Accept": "text/html", "Authorization": f"bearer {Acme().key}"}
    assert len(asked) == 4  # the list twice, four things at once, and further spellings and fields at once
    assert {each.outcome for each in run.findings} == {Outcome.PASS}


def refuses_scheme(asked: Asked, found: Answer) -> Answer:
    return answer({"error": "no"}, 401) if (asked.header("Authorization") or "").startswith("bearer ") else found


def fails_for_pages(asked: Asked, found: Answer) -> Answer:
    return Answer(500) if asked.header("Accept") == "text/html" else found


def cuts(asked: Asked, found: Answer) -> Answer:
    return answer({"data": list(MODELS[:1])}) if asked.query.get("limit") == "1" else found


def refuses_unknown(asked: Asked, found: Answer) -> Answer:
    return answer({"error": "no"}, 400) if "unknown" in asked.query else found


@pytest.mark.parametrize(
    ("says", "wrong"),
    [
        pytest.param(refuses_scheme, "ACM-SCHEME-01", id="a scheme that is not read"),
        pytest.param(fails_for_pages, "ACM-HARM-01", id="a field that is answered 500"),
        pytest.param(cuts, "ACM-PAGE-01", id="a list that is cut"),
        pytest.param(refuses_unknown, "ACM-UNKNOWN-01", id="a parameter that is refused"),
    ],
)
def test_of_what_is_asked_together_only_what_is_wrong_alone_is_accused(
    contract: Callable[..., Provider], says: Says, wrong: str
) -> None:
    asked: list[Asked] = []
    run = bench.run(contract(checks=CHECKS), gateway(says, asked))

    assert broken(run) == {wrong}
    assert {each.outcome for each in run.findings if each.requirement.id != wrong} == {Outcome.PASS}
    (finding,) = (each for each in run.findings if each.requirement.id == wrong)
    exchange = finding.groups[0].first[0].exchange
    assert len(exchange.request.query) + len(exchange.request.headers) <= 2, "the failure is that of a request of its own"


def test_a_5xx_to_all_at_once_is_not_asked_again_as_a_whole(contract: Callable[..., Provider]) -> None:
    asked: list[Asked] = []
    bench.run(contract(checks=CHECKS), gateway(fails_for_pages, asked))

    assert [each.target for each in asked].count(JOINT) == 1


def test_what_only_all_at_once_show_accuses_nobody(contract: Callable[..., Provider]) -> None:
    def says(asked: Asked, found: Answer) -> Answer:
        return answer({"error": "too much"}, 400) if asked.target == JOINT else found

    run = bench.run(contract(checks=CHECKS), changed(says))

    assert {each.outcome for each in run.findings} == {Outcome.PASS}


def test_a_list_that_changes_before_they_are_asked_accuses_nobody(contract: Callable[..., Provider]) -> None:
    known: list[Asked] = []

    def says(asked: Asked, found: Answer) -> Answer:
        known.append(asked)
        return found if len(known) <= 2 or found.status != 200 else answer({"data": list(MODELS[1:])})

    assert broken(bench.run(contract(checks=CHECKS), changed(says))) == set()


def test_what_is_asked_for_another_reason_too_stays_alone(contract: Callable[..., Provider]) -> None:
    shown = {"ACM-SHOWN-01": ("MUST", "listModels", "{probe: shown, requests: [{query: {unknown: '1'}}]}")}
    asked: list[Asked] = []
    bench.run(contract(checks=CHECKS | shown), gateway(lambda _, found: found, asked))

    assert [each.target for each in asked].count("/v1/models?unknown=1") == 1
    assert "/v1/models?limit=1&page=2" in [each.target for each in asked]


def test_two_values_of_one_field_are_two_requests(contract: Callable[..., Provider]) -> None:
    asked: list[Asked] = []
    bench.run(contract(checks={"ACM-SCHEME-01": CHECKS["ACM-SCHEME-01"]}), gateway(lambda _, found: found, asked))

    assert [(each.header("Authorization") or "").split()[0] for each in asked] == ["Bearer", "bearer", "BEARER"]


@pytest.mark.parametrize("requests", range(4, 12))
def test_within_any_budget_what_is_wrong_is_found_as_far_as_it_is_asked(
    contract: Callable[..., Provider], requests: int
) -> None:
    run = bench.run(contract(checks=CHECKS), changed(cuts), requests=requests)

    asked = [name for name in run.plan.cases if name == "ACM-PAGE-01"]
    assert broken(run) == set(asked)
    assert run.budget.sent <= requests
