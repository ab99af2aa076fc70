from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import specs
from conformance.case import Case
from conformance.choices import Choices
from conformance.message import Request
from conformance.pace import quota
from conformance.plan import BURSTS, DEPTHS, READING, WRITING, Permissions, Plan, budget, plan
from conformance.selftest import acme, bench
from conformance.selftest.gateway import Transport
from specs import Provider
from specs.errors import SpecError

SHIPPED: Mapping[str, Provider] = specs.load_all()
LIMITED = [("x-gateway: {title: Acme Models}", "x-gateway: {title: Acme, rate_limit: {requests: 6, window_s: 60, per: key}}")]
BURST = {"ACM-LIMIT-01": ("MUST", "listModels", "{probe: rate-limit}"), "ACM-JSON-01": acme.CHECKS["ACM-JSON-01"]}


def planned(provider: Provider, requests: int = 400, seed: int = 0, **permissions: bool | frozenset[str]) -> Plan:
    """The plan for everything that *provider* asks."""
    allowed = Permissions(**permissions)  # type: ignore[arg-type]  # one value for each of two types
    return plan(provider, provider.requirements, requests, Choices(seed), allowed)


def requests(of: Plan) -> list[Request]:
    """The requests of a plan, in order."""
    return [request for request, _ in of.requests]


@pytest.mark.parametrize("name", SHIPPED)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.nested_given])  # a plan draws by itself
@given(most=st.integers(1, 60))
def test_a_plan_stays_within_any_budget(name: str, most: int) -> None:
    assert len(requests(planned(SHIPPED[name], most))) <= most


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("depth", DEPTHS)
def test_a_plan_of_any_depth_sends_nothing_but_reading(name: str, depth: str) -> None:
    of = planned(SHIPPED[name], budget(SHIPPED[name], depth, None))

    assert {each.method for each in requests(of)} <= {"GET", "HEAD", "OPTIONS"}
    assert [case for case in of.order if case.until] == []


def test_what_may_be_allowed_beside_reading_is_what_checks_send() -> None:
    every = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"})
    sent = {each.method for provider in SHIPPED.values() for each in requests(planned(provider, methods=every))}

    assert sent - READING == WRITING


@pytest.mark.parametrize("name", SHIPPED)
def test_the_standard_depth_leaves_out_no_requirement_that_needs_no_permission(name: str) -> None:
    provider = SHIPPED[name]
    of = planned(provider, budget(provider, "standard", None))
    asking = {each.id for each in provider.requirements if each.check.kind == "probe"}
    opt_in = {each.id for each in provider.requirements if each.check.name in (*BURSTS, "method")}

    assert asking - opt_in - set(of.cases) == set()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_plan_begins_with_a_plain_list(name: str) -> None:
    provider = SHIPPED[name]
    begins = requests(planned(provider, 10))[0]

    assert begins == Request(begins.operation)
    assert provider.operations[begins.operation].items


@pytest.mark.parametrize("name", SHIPPED)
def test_one_seed_gives_one_plan(name: str) -> None:
    assert requests(planned(SHIPPED[name], 40, seed=5)) == requests(planned(SHIPPED[name], 40, seed=5))


def test_another_seed_makes_other_choices(provider: Provider) -> None:
    assert len({tuple(requests(planned(provider, seed=seed))) for seed in range(3)}) == 3


def test_no_request_is_planned_twice(provider: Provider) -> None:
    found = requests(planned(provider))

    assert len(set(found)) == len(found)


def test_what_a_pick_is_taken_from_comes_before_it(provider: Provider) -> None:
    found = requests(planned(provider))

    for position, request in enumerate(found):
        assert all(found.index(pick.source) < position for pick in request.picks)


def test_no_planned_request_holds_a_key(provider: Provider) -> None:
    for request in requests(planned(provider)):
        assert acme.KEY not in repr(request)


def test_every_request_serves_a_requirement(provider: Provider) -> None:
    for request, serves in planned(provider).requests:
        assert serves, request


def test_with_little_budget_every_must_is_asked_before_any_should(contract: Callable[..., Provider]) -> None:
    checks = {
        "ACM-REPEAT-01": ("SHOULD", "listModels", "{probe: repeat}"),
        "ACM-HEAD-01": ("SHOULD", "listModels", "{probe: head}"),
        "ACM-KEY-01": ("MUST", "listModels", "{probe: missing-key, status: 401}"),
        "ACM-KEY-02": ("MUST", "listModels", "{probe: wrong-key, status: 401}"),
    }
    of = planned(contract(checks=checks), 5)

    assert set(filter(None, of.cases)) == {"ACM-KEY-01", "ACM-KEY-02"}
    assert set(of.left_out) == {"ACM-REPEAT-01", "ACM-HEAD-01"}


def test_every_requirement_has_one_case_before_any_has_two(contract: Callable[..., Provider]) -> None:
    checks = {
        "ACM-FILTER-01": ("MUST", "listModels", "{probe: filter, parameter: type}"),
        "ACM-KEY-01": ("MUST", "listModels", "{probe: missing-key, status: 401}"),
        "ACM-HEAD-01": ("SHOULD", "listModels", "{probe: head}"),
    }
    of = planned(contract(checks=checks), 6)

    assert {name: len(cases) for name, cases in of.cases.items() if name} == dict.fromkeys(checks, 1)


def test_essential_cases_come_before_further_ones(contract: Callable[..., Provider]) -> None:
    checks = {
        "ACM-FILTER-01": ("MUST", "listModels", "{probe: filter, parameter: type}"),
        "ACM-SEARCH-01": ("MUST", "listModels", "{probe: search, parameter: model}"),
    }
    of = planned(contract(checks=checks), 6)

    assert len(of.cases["ACM-SEARCH-01"]) == 2


def test_a_post_is_planned_only_when_it_is_allowed(provider: Provider) -> None:
    allowed = planned(provider, methods=frozenset({"GET", "HEAD", "OPTIONS", "POST"}))

    assert "ACM-POST-01" not in planned(provider).cases
    assert [case.requests[0].method for case in allowed.cases["ACM-POST-01"]] == ["POST"]


def test_a_burst_is_planned_only_when_it_is_allowed(contract: Callable[..., Provider]) -> None:
    provider = contract(*LIMITED, checks=BURST)

    assert "ACM-LIMIT-01" not in planned(provider).cases
    assert "ACM-LIMIT-01" in planned(provider, rate_limit=True).cases


def test_a_burst_comes_last_and_is_no_part_of_the_requests(contract: Callable[..., Provider]) -> None:
    of = planned(contract(*LIMITED, checks=BURST), 3, rate_limit=True)

    assert of.order[-1].until == 429
    assert len(requests(of)) == 1


def test_the_budget_is_that_of_the_depth(provider: Provider) -> None:
    assert [budget(provider, depth, None) for depth in ("quick", "standard", "deep")] == [10, 40, 400]


def test_a_number_that_was_asked_for_is_the_budget(provider: Provider) -> None:
    assert budget(provider, "quick", 77) == 77


def test_a_documented_limit_bounds_the_budget_by_half(contract: Callable[..., Provider]) -> None:
    provider = contract(*LIMITED, checks=BURST)

    assert provider.rate_limit
    assert budget(provider, "standard", None) == quota(provider.rate_limit) == 3
    assert budget(provider, "deep", None) == 400


def test_parameters_that_a_check_does_not_have_are_one_sentence(contract: Callable[..., Provider]) -> None:
    checks = {"ACM-KEY-01": ("MUST", "listModels", "{probe: missing-key, state: 401}")}

    with pytest.raises(SpecError, match=r"at ACM-KEY-01: found a check whose parameters do not fit .*'missing-key'"):
        planned(contract(checks=checks))


def test_a_parameter_that_the_operation_does_not_have_is_one_sentence(contract: Callable[..., Provider]) -> None:
    checks = {"ACM-FILTER-01": ("MUST", "listModels", "{probe: filter, parameter: colour}")}

    with pytest.raises(SpecError, match=r"at ACM-FILTER-01: found a check whose parameters do not fit .*colour"):
        planned(contract(checks=checks))


def test_a_list_of_one_value_cannot_be_filtered_by_two(contract: Callable[..., Provider]) -> None:
    checks = {"ACM-FILTER-01": ("MUST", "listModels", "{probe: filter-list, parameter: features}")}

    with pytest.raises(SpecError, match=r"at ACM-FILTER-01: found a check whose parameters do not fit .*fewer than two values"):
        planned(contract(("enum: [tools, web, vision]", "enum: [tools]"), checks=checks))


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_conforming_gateway_is_sent_exactly_the_plan(provider: Provider, depth: str) -> None:
    run = bench.run(provider, acme.Acme(), depth=depth)
    transport = run.world.transport
    assert isinstance(transport, Transport)

    assert [each.request for each in run.transcript] == requests(run.plan)
    assert len(transport.asked) == run.budget.sent == len(requests(run.plan))


def test_the_plan_of_a_case_names_what_it_serves(provider: Provider) -> None:
    serves = dict(planned(provider).requests)

    assert {"ACM-JSON-01", "ACM-ANSWER-01", "ACM-TYPE-01"} <= set(serves[Request("listModels")])


def test_cases_without_requests_of_their_own_cost_nothing(provider: Provider) -> None:
    of = planned(provider, 4)
    first: Case = of.order[0]

    assert first.requests == (Request("listModels"),)
    assert {"ACM-JSON-01", "ACM-ANSWER-01", "ACM-TYPE-01"} <= set(of.cases)
