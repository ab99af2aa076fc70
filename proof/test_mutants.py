"""Every mutant is caught, first of all by the requirement that it breaks."""

from __future__ import annotations

import pytest

import specs
from proof.trial import trial
from specs.requirement import Level

PROVIDERS = specs.load_all()
MUTANTS = [(provider.id, mutant.id) for provider in PROVIDERS.values() for mutant in provider.mutants]


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
