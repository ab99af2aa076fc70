"""Many mutants before the suite, in several processes, and what came of each."""

from __future__ import annotations

import enum
import functools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import specs
from conformance.plan import Plan
from proof.generated import Generated
from proof.operators import generate
from proof.operators.placed import NAME as PLACED
from proof.processes import spread
from proof.trial import trial
from specs.provider import Provider
from specs.requirement import Lens


class Fate(enum.Enum):
    """What became of a mutant. *ELSEWHERE*: only requirements that it does not break caught it; *ACCUSED*: it breaks none."""

    KILLED = "killed"
    ELSEWHERE = "killed only by another requirement"
    SURVIVED = "survived"
    REFUSED = "ended before judging, in one sentence and inconclusive"
    EQUIVALENT = "equivalent"
    ACCUSED = "accused, although the contract allows it"


@dataclass(frozen=True)
class Outcome:
    """One mutant and what the suite made of it: the requirements *accused*, and one sentence where it did not judge.

    *breaks* is the requirement that it breaks; *about* is that one, or for an equivalent mutant the one that speaks of
    what it changes, empty where none does. *sent* counts the requests.

    Requirements of the clients accuse nobody but the mutants that break them: most others break clients as well.
    """

    provider: str
    operator: str
    id: str
    says: str
    breaks: str
    about: str
    equivalent: str
    accused: tuple[str, ...]
    refusal: str
    sent: int

    @property
    def fate(self) -> Fate:
        """A mutant placed by hand is minimal, so the requirement that it breaks has to be the first to catch it."""
        if self.equivalent:
            return Fate.ACCUSED if self.accused else Fate.EQUIVALENT
        caught = self.accused[:1] if self.operator == PLACED else self.accused
        if self.breaks in caught:
            return Fate.KILLED
        if self.refusal:
            return Fate.REFUSED
        return Fate.ELSEWHERE if self.accused else Fate.SURVIVED


def chosen(
    providers: Sequence[Provider], *, operators: Sequence[str] = (), named: str = "", sample: int | None = None, seed: int = 0
) -> list[tuple[str, str]]:
    """The mutants of *providers* as (provider, id): of *operators*, with *named* in the id, or *sample* of those by *seed*."""
    found = [
        (provider.id, name)
        for provider in providers
        for name, each in generate(provider).items()
        if (not operators or each.operator in operators) and named in name
    ]
    if sample is None or sample >= len(found):
        return found
    picked = random.Random(seed).sample(range(len(found)), sample)  # noqa: S311 - lots that can be repeated, no secrets
    return [found[index] for index in sorted(picked)]


def run(mutants: Sequence[tuple[str, str]], *, depth: str, jobs: int, post: bool = False) -> Iterator[Outcome]:
    """The outcomes of *mutants*, in their order, each as soon as it is there, by *jobs* processes; see `judged`."""
    yield from spread(functools.partial(_one, depth=depth, post=post), mutants, jobs)


def _one(mutant: tuple[str, str], depth: str, post: bool) -> Outcome:
    provider, name = mutant
    return judged(_provider(provider), _generated(provider)[name], depth, post=post)


_PLANS: dict[tuple[str, str, bool, tuple[str, ...]], Plan] = {}
"""What was planned for a provider, at a depth, with what a mutant needs: it takes longer to plan than to judge."""


def judged(provider: Provider, generated: Generated, depth: str, *, post: bool = False) -> Outcome:
    """What the suite makes of *generated* at *depth*. It may send a POST to those that need it, with *post* to all."""
    post = post or "allow-post" in generated.mutant.needs
    options = (provider.id, depth, post, generated.mutant.needs)
    found = trial(
        generated.served(provider),
        generated.mutant,
        depth=depth,
        methods=frozenset({"POST"} if post else ()),
        around=lambda app: generated.around(app, provider),
        planned=_PLANS.get(options),
    )
    _PLANS[options] = found.plan
    return Outcome(
        provider.id,
        generated.operator,
        generated.id,
        generated.mutant.says,
        generated.mutant.breaks,
        generated.mutant.breaks or generated.about,
        generated.equivalent,
        found.accused if _is_of_clients(provider, generated) else found.accused_by(Lens.DOCUMENT),
        found.refusal,
        found.sent,
    )


def _is_of_clients(provider: Provider, generated: Generated) -> bool:
    """Whether *generated* is to be caught by a requirement of the clients; what breaks a document is caught by its own."""
    return not generated.equivalent and provider.requirement(generated.mutant.breaks).lens is Lens.CLIENTS


@functools.cache
def _provider(name: str) -> Provider:
    return specs.load(name)


@functools.cache
def _generated(name: str) -> dict[str, Generated]:
    return generate(_provider(name))
