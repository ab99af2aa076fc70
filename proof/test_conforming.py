"""A conforming gateway is accused of nothing, within the budget, and nothing about it stays unjudged."""

from __future__ import annotations

import pytest
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

import specs
from conformance.choices import Choices
from conformance.finding import Outcome
from conformance.plan import READ_ONLY, budget, plan
from proof.trial import Trial, trial
from specs.requirement import Lens

PROVIDERS = specs.load_all()
EXAMPLES = [
    (name, label)
    for name, provider in PROVIDERS.items()
    for label in sorted({each.label for each in provider.recordings if each.status == 200})
]
BUDGETS = {name: 30 if provider.rate_limit else 40 for name, provider in PROVIDERS.items()}


@pytest.mark.parametrize(("provider", "example"), EXAMPLES)
def test_a_conforming_gateway_is_accused_of_nothing(provider: str, example: str) -> None:
    found = trial(PROVIDERS[provider], example=example)

    assert found.refusal == ""
    assert found.accused == ()
    assert found.inconclusive == ()


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("provider", PROVIDERS)
def test_other_choices_accuse_a_conforming_gateway_of_nothing_either(provider: str, seed: int) -> None:
    assert trial(PROVIDERS[provider], example="catalogue", seed=seed).accused == ()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_standard_depth_keeps_its_budget(provider: str) -> None:
    assert trial(PROVIDERS[provider], example="catalogue").sent <= BUDGETS[provider]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_quick_depth_sends_at_most_ten_requests(provider: str) -> None:
    found = trial(PROVIDERS[provider], example="catalogue", depth="quick")

    assert found.sent <= 10
    assert found.accused == ()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_deep_depth_accuses_a_conforming_gateway_of_nothing(provider: str) -> None:
    found = trial(PROVIDERS[provider], example="catalogue", depth="deep")

    assert found.sent <= 400
    assert found.accused == ()


def unshown(found: Trial, lens: Lens) -> list[str]:
    """The requirements of *lens* that no answer showed."""
    inapplicable = [each.requirement for each in found.findings if each.outcome is Outcome.NOT_APPLICABLE]
    return [each.id for each in inapplicable if each.lens is lens]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_catalogue_exercises_every_requirement_of_the_document(provider: str) -> None:
    found = trial(PROVIDERS[provider], example="catalogue", rate_limit=True)

    assert unshown(found, Lens.DOCUMENT) == []


class Troubled:
    """*app*, which answers the first request of each key and each kind with 429, and one for HTML with 406."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._asked: set[tuple[str, str]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fields = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        kind = (scope["path"], fields.get("authorization", ""))
        status = 429 if kind not in self._asked else 406 if fields["accept"] == "text/html" else 0
        self._asked.add(kind)
        if not status:
            await self._app(scope, receive, send)
            return
        answer = JSONResponse({"error": {"message": "not now"}}, status, {"Retry-After": "1"})
        await answer(scope, receive, send)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_gateway_that_also_limits_and_refuses_exercises_every_requirement_of_the_clients(provider: str) -> None:
    found = trial(PROVIDERS[provider], example="catalogue", around=Troubled)

    assert unshown(found, Lens.CLIENTS) == []
    assert found.accused == ()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_a_document_asks_for_against_its_clients_is_shown_is_a_warning_and_never_a_failure(provider: str) -> None:
    found = {each.requirement.id: each for each in trial(PROVIDERS[provider]).findings}

    for departure in PROVIDERS[provider].departures:
        finding = found[departure.requirement]
        assert finding.outcome is Outcome.WARN, "the departure is stale: the documented answers keep the requirement"
        assert departure in finding.departures
        assert {each.exchange.request.operation for group in finding.groups for each in group.first} >= set(
            departure.operations
        )
    warned = {each.requirement.id for each in found.values() if each.outcome is Outcome.WARN}
    assert warned == {each.requirement for each in PROVIDERS[provider].departures}


@pytest.mark.parametrize("depth", ["quick", "standard"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_clients_need_costs_no_request_and_takes_none_from_the_document(provider: str, depth: str) -> None:
    whole = PROVIDERS[provider]
    own = [each for each in whole.requirements if each.lens is Lens.DOCUMENT]

    with_clients, without = (
        plan(whole, requirements, budget(whole, depth, None), Choices(), READ_ONLY)
        for requirements in (whole.requirements, own)
    )

    assert [request for request, _ in with_clients.requests] == [request for request, _ in without.requests]
    # What clients need has no request of its own: where the budget is short it is what gives way.
    assert {each.id: with_clients.left_out.get(each.id) for each in own} == {
        each.id: without.left_out.get(each.id) for each in own
    }
