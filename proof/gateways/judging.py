"""What the suite finds of a real gateway, over its socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.run import Run, World
from conformance.settings import Settings
from conformance.target import Target
from proof.gateways import contract
from proof.gateways.serving import KEY
from proof.trial import EVERYTHING


@dataclass(frozen=True)
class Judged:
    """The outcome of each requirement, what was found of each capability, and why nothing was judged if so."""

    outcomes: Mapping[str, str]
    capabilities: Mapping[str, str]
    refusal: str


def judged(url: str) -> Judged:
    """Judges the gateway at *url* at the standard depth, with nothing declared."""
    target = Target(url, contract())
    run = Run(target, Settings((target,), KEY, permissions=EVERYTHING), World(), target.provider.requirements)
    for _ in run.send():
        pass
    outcomes = {each.id: run.find(each).outcome.value for each in target.provider.requirements}
    run.close()
    return Judged(outcomes, run.capabilities.words(), run.refusal)
