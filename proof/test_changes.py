"""A gateway whose catalogue changes once while it is judged, between any two requests, is accused of nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import specs
from conformance.plan import Plan
from mockserver import create_app
from proof.trial import Trial, judged
from proof.twins.catalogue import bodies, items
from proof.twins.message import Answer, Answering, Call, Direct, Mocked
from specs.recording import Recording

PROVIDERS = specs.load_all()
LATEST = 44
"""More requests than a run of the standard depth sends."""

Models = list[Any]
Change = Callable[[Models, Random], Models]


def taken_away(models: Models, chance: Random) -> Models:
    """*models* without some, the first and the last among them more often than others."""
    gone = {chance.choice([0, len(models) - 1, chance.randrange(len(models))]) for _ in range(chance.randint(1, 6))}
    return [model for place, model in enumerate(models) if place not in gone]


def in_another_order(models: Models, chance: Random) -> Models:
    return chance.sample(models, len(models))


def few(models: Models, chance: Random) -> Models:
    return chance.sample(models, chance.randint(1, 5))


def none(_models: Models, _chance: Random) -> Models:
    return []


def as_they_are(models: Models, _chance: Random) -> Models:
    return models


CATALOGUES = (as_they_are, taken_away, in_another_order, few, none)
ANOTHER = [(before, after) for before in CATALOGUES for after in CATALOGUES if after is not before or before is taken_away]


def gateway(name: str, change: Change, seed: int) -> Mocked:
    """The mock of a provider whose models were changed."""

    def changed(body: Any, recording: Recording, provider: specs.Provider, chance: Random) -> None:
        models, _ = items(body, recording, provider)
        models[:] = change(models, chance)

    held = bodies(changed)(PROVIDERS[name], Random(seed))
    return Mocked(create_app({name: held}, provider=name, example="catalogue", now=lambda: 1000.0))


@pytest.fixture(scope="module")
def trials() -> dict[str, Trial]:
    """A trial of each provider as it is. What is asked does not depend on what is answered, so they have the plans of all."""
    found = {}
    for name, provider in PROVIDERS.items():
        with contextlib.closing(gateway(name, as_they_are, 0)) as answering:
            found[name] = judged(provider, Direct(answering))
    return found


def judged_while_it_changes(name: str, before: Answering, after: Answering, at: int, plan: Plan) -> Trial:
    """The trial of a gateway that answers *at* requests as *before*, and all others as *after*."""
    asked = 0

    def answered(call: Call) -> Answer:
        nonlocal asked
        asked += 1
        return (before if asked <= at else after)(call)

    return judged(PROVIDERS[name], Direct(answered), planned=plan)


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(sorted(PROVIDERS)),
    catalogues=st.sampled_from(ANOTHER),
    at=st.integers(0, LATEST),
    seed=st.integers(0, 99),
)
def test_a_catalogue_that_changes_once_at_any_request_accuses_nobody(
    trials: dict[str, Trial], name: str, catalogues: tuple[Change, Change], at: int, seed: int
) -> None:
    before, after = catalogues
    with contextlib.closing(gateway(name, before, seed)) as one, contextlib.closing(gateway(name, after, seed + 1)) as other:
        trial = judged_while_it_changes(name, one, other, at, trials[name].plan)

    assert trial.refusal == ""
    assert [(each.requirement.id, each.reason) for each in trial.findings if each.requirement.id in trial.accused] == []


def test_no_run_is_longer_than_the_latest_change(trials: dict[str, Trial]) -> None:
    assert max(trial.sent for trial in trials.values()) <= LATEST
