"""A conforming gateway is accused of nothing, within the budget, and nothing about it stays unjudged."""

from __future__ import annotations

import pytest

import specs
from conformance.finding import Outcome
from proof.trial import trial

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


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_catalogue_exercises_every_requirement(provider: str) -> None:
    found = trial(PROVIDERS[provider], example="catalogue", rate_limit=True)

    assert [each.requirement.id for each in found.findings if each.outcome is Outcome.NOT_APPLICABLE] == []
