"""Every mutant is caught, first of all by the requirement that it breaks."""

from __future__ import annotations

import pytest

import specs
from proof.trial import trial
from specs.requirement import Lens, Level

PROVIDERS = specs.load_all()
MUTANTS = [
    (provider.id, mutant.id)
    for provider in PROVIDERS.values()
    for mutant in provider.mutants
    if provider.requirement(mutant.breaks).lens is Lens.DOCUMENT
]


@pytest.mark.parametrize(("provider", "mutant"), MUTANTS, ids=[mutant for _, mutant in MUTANTS])
def test_a_mutant_is_caught_first_by_the_requirement_that_it_breaks(provider: str, mutant: str) -> None:
    broken = PROVIDERS[provider].mutant(mutant)

    found = trial(PROVIDERS[provider], broken)

    assert found.accused, f"{mutant} is not caught: {broken.says} {found.refusal}"
    assert found.accused[0] == broken.breaks


@pytest.mark.parametrize(("provider", "mutant"), MUTANTS, ids=[mutant for _, mutant in MUTANTS])
def test_a_mutant_needs_strict_just_when_its_requirement_is_no_must(provider: str, mutant: str) -> None:
    broken = PROVIDERS[provider].mutant(mutant)

    level = PROVIDERS[provider].requirement(broken.breaks).level

    assert ("strict" in broken.needs) == (level is not Level.MUST)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_mutant_of_the_clients_is_caught_by_what_it_breaks_and_by_nothing_else_of_theirs(provider: str) -> None:
    mutants = [each for each in PROVIDERS[provider].mutants if each.breaks.startswith("CLIENT-")]
    plan = trial(PROVIDERS[provider]).plan

    found = {each.id: trial(PROVIDERS[provider], each, planned=plan).accused_by(Lens.CLIENTS) for each in mutants}

    assert found == {each.id: (each.breaks,) for each in mutants}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_requirement_of_the_clients_has_a_mutant_of_every_provider(provider: str) -> None:
    family = {each.id for each in PROVIDERS[provider].requirements if each.lens is Lens.CLIENTS}

    assert {each.breaks for each in PROVIDERS[provider].mutants} >= family
