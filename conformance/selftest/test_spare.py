"""What is asked with a part of the reserve, where nothing had to be asked again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.finding import Outcome
from conformance.run import Run
from conformance.selftest import bench
from conformance.selftest.acme import Acme, answer, changed
from conformance.selftest.gateway import Answer, Asked
from specs import Provider

CHECKS = {
    "ACM-ID-01": ("MUST", "listModels", "{schema: [/components/schemas/Model/properties/id]}"),
    "ACM-KEY-01": ("MUST", "listModels", "{probe: missing-key, status: 401}"),
    "ACM-SORT-01": ("MUST", "listModels", "{probe: sort-permutation, parameter: sort_by}"),
}
"""The plain list, a request without a key, and one for each of two orders: with the reserve, six requests."""

SPARE = "/v1/models?sort_by=order"
LAST = "/v1/models?sort_by=size&sort_order=desc"


@pytest.fixture
def sorted_twice(contract: Callable[..., Provider]) -> Provider:
    """Acme, whose orders are all that there is to ask beside the key."""
    return contract(checks=CHECKS)


def whole(run: Run) -> dict[str, Outcome]:
    """The outcomes of *run* by requirement."""
    return {each.requirement.id: each.outcome for each in run.findings}


def test_the_first_essential_case_that_does_not_fit_is_sent_before_the_last_that_does(sorted_twice: Provider) -> None:
    asked: list[str] = []

    def heard(request: Asked) -> Answer:
        asked.append(request.target)
        return Acme()(request)

    run = bench.run(sorted_twice, heard, requests=5)

    assert asked == ["/v1/models", "/v1/models", SPARE, LAST]
    assert [request.query for request, _ in run.plan.requests][-2] == (("sort_by", "order"),)
    assert set(whole(run).values()) == {Outcome.PASS}


def test_what_it_shows_is_a_finding(sorted_twice: Provider) -> None:
    def refuses(asked: Asked, found: Answer) -> Answer:
        return answer({"error": "no"}, 400) if asked.target == SPARE else found

    assert whole(bench.run(sorted_twice, changed(refuses), requests=5))["ACM-SORT-01"] is Outcome.FAIL


def test_a_5xx_is_its_failure_where_the_target_answers_behind_it(sorted_twice: Provider) -> None:
    def fails(asked: Asked, found: Answer) -> Answer:
        return Answer(500) if asked.target == SPARE else found

    run = bench.run(sorted_twice, changed(fails), requests=5)

    assert whole(run)["ACM-SORT-01"] is Outcome.FAIL
    assert run.budget.sent == 5


def test_an_outage_that_begins_with_it_accuses_nobody(sorted_twice: Provider) -> None:
    down: list[bool] = []

    def breaks_down(asked: Asked, found: Answer) -> Answer:
        down.extend([True] * (asked.target == SPARE))
        return Answer(500) if down else found

    run = bench.run(sorted_twice, changed(breaks_down), requests=5)

    assert Outcome.FAIL not in whole(run).values()


def test_what_its_answer_shows_to_others_is_a_finding_too(sorted_twice: Provider) -> None:
    def nameless(asked: Asked, found: Answer) -> Answer:
        return answer({"data": [{"id": 1, "types": "chat"}]}) if asked.target == SPARE else found

    assert whole(bench.run(sorted_twice, changed(nameless), requests=5))["ACM-ID-01"] is Outcome.FAIL


def test_where_a_failure_is_tried_again_it_is_not_sent(sorted_twice: Provider) -> None:
    asked: list[str] = []

    def shown(request: Asked, found: Answer) -> Answer:
        asked.append(request.target)
        return (
            Acme()(Asked("GET", "/v1/models", (("Authorization", f"Bearer {Acme().key}"),))) if found.status == 401 else found
        )

    run = bench.run(sorted_twice, changed(shown), requests=5)

    assert SPARE not in asked
    assert whole(run) == {"ACM-ID-01": Outcome.PASS, "ACM-KEY-01": Outcome.FAIL, "ACM-SORT-01": Outcome.PASS}


def test_a_requirement_that_has_nothing_else_is_inconclusive_then(contract: Callable[..., Provider]) -> None:
    checks = CHECKS | {"ACM-SORT-01": ("MUST", "listModels", "{probe: search, parameter: model}")}
    provider = contract(checks=checks)

    def nameless(asked: Asked, found: Answer) -> Answer:
        return answer({"data": [{"id": 1, "types": "chat"}]}) if asked.target == "/v1/models" and found.status == 200 else found

    kept = bench.run(provider, Acme(), requests=4)
    broken = bench.run(provider, changed(nameless), requests=4)

    assert whole(kept)["ACM-SORT-01"] is Outcome.PASS
    assert whole(broken) == {
        "ACM-ID-01": Outcome.FAIL,
        "ACM-KEY-01": Outcome.PASS,
        "ACM-SORT-01": Outcome.INCONCLUSIVE,
    }


def test_behind_an_obstacle_it_is_not_sent(sorted_twice: Provider) -> None:
    asked: list[str] = []

    def moved(request: Asked) -> Answer:
        asked.append(request.target)
        return Answer(302, (("Location", "/elsewhere"),))

    bench.run(sorted_twice, moved, requests=5)

    assert set(asked) == {"/v1/models"}
