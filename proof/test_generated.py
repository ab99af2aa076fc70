"""A sample of the generated mutants, another one for each seed, is caught by the requirements that they break."""

from __future__ import annotations

import pytest

import specs
from proof.campaign import Fate, chosen, run
from proof.matrix import Matrix
from proof.operators import OPERATORS, generate
from specs.requirement import Level

PROVIDERS = specs.load_all()
SAMPLE = 24
SEED = 20_261_122


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_sample_of_the_mutants_is_caught_by_what_they_break(provider: str) -> None:
    mutants = chosen(
        [PROVIDERS[provider]], operators=[each for each in OPERATORS if each != "placed"], sample=SAMPLE, seed=SEED
    )

    outcomes = list(run(mutants, depth="standard", jobs=1))

    assert Matrix([PROVIDERS[provider]], outcomes, "standard").faults == []


def test_at_least_400_mutants_are_generated() -> None:
    generated = [each for provider in PROVIDERS.values() for each in generate(provider).values() if each.operator != "placed"]

    assert sum(not each.equivalent for each in generated) >= 400


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_mutant_breaks_a_requirement_or_says_why_it_breaks_none(provider: str) -> None:
    known = {each.id for each in PROVIDERS[provider].requirements}

    for each in generate(PROVIDERS[provider]).values():
        assert (each.mutant.breaks in known) != bool(each.equivalent), each.id


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_must_has_a_generated_mutant_or_one_placed_by_hand(provider: str) -> None:
    broken = {each.mutant.breaks for each in generate(PROVIDERS[provider]).values()}

    assert {each.id for each in PROVIDERS[provider].requirements if each.level is Level.MUST} - broken == set()


def test_a_mutant_that_the_contract_allows_is_accused_of_nothing() -> None:
    allowed = chosen([PROVIDERS["aihubmix"]], operators=["caching"], named="/cache-")

    fates = {each.fate for each in run(allowed, depth="standard", jobs=1) if each.equivalent}

    assert fates == {Fate.EQUIVALENT}
