"""The whole of a run: every contestant in every round, with what is seen put among the samples."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bench.speed.contestant import LISTS, both
from bench.speed.contestants import CONTESTANTS
from bench.speed.figures import Samples
from bench.speed.life import Effort, Ground, Lived
from bench.speed.order import Progress, rounds
from bench.speed.reference import NGINX
from bench.speed.sample import Highest
from bench.speed.server import NoServerError
from bench.speed.wrk import NoLoadError

COMPARED = ("ours", "asgi")  # whose ratio most goals are about
CEILING_TRIES = 6  # at least: what it is held to be bounds what is said of all others


@dataclass
class Campaign:
    """Measures on *ground* with *effort* into *samples*; only contestants in *opened* are asked for their highest rate.

    *ceilings* are the highest rates of the open-model generator itself, by traffic, once they are known.
    """

    ground: Ground
    effort: Effort
    samples: Samples
    opened: frozenset[str]
    clock: Callable[[], float]
    ceilings: dict[str, float] = field(default_factory=dict)

    def run(self, keys: Sequence[str], count: int, seed: int) -> None:
        """All of *keys* in *count* rounds. What cannot be measured is left out from then on, with the reason."""
        for key in keys:
            if why := CONTESTANTS[key].missing(self.ground.tools):
                self.samples.absent[key] = why
        if self.effort.tries and not NGINX.missing(self.ground.tools):
            self._look_for_ceilings()
        there = [key for key in keys if key not in self.samples.absent]
        order = rounds(there, count, seed, COMPARED)
        progress = Progress([self._effort(key).expected_s(CONTESTANTS[key], self.ground.plan) for _, key in order], self.clock)
        for number, key in order:
            say(f"round {number} of {count}, {CONTESTANTS[key].name}; {_duration(progress.left_s)} left")
            if key not in self.samples.absent:
                self._live(key, number)
            progress.advance()

    def _look_for_ceilings(self) -> None:
        """What the open-model generator reaches at most: against nginx, which is faster than all that are measured."""
        say("the load generator's own limit, against nginx")
        lists = replace(NGINX, requests=both, traffic=LISTS)
        effort = replace(self.effort, seconds=1, tries=max(self.effort.tries, CEILING_TRIES))
        try:
            for traffic, seen in Lived(lists, 0, self.ground, effort, {}).seen():
                if isinstance(seen, Highest) and seen.rate:
                    self.ceilings[traffic] = seen.rate
        except (NoServerError, NoLoadError) as error:
            say(f"that is not known: {error}")

    def _live(self, key: str, number: int) -> None:
        try:
            for traffic, seen in Lived(CONTESTANTS[key], number, self.ground, self._effort(key), self.ceilings).seen():
                self.samples.add(key, traffic, seen)
        except (NoServerError, NoLoadError) as error:
            say(f"{CONTESTANTS[key].name} is left out: {error}")
            self.samples.absent[key] = str(error)

    def _effort(self, key: str) -> Effort:
        return self.effort if key in self.opened else replace(self.effort, tries=0)


def say(text: str) -> None:
    """*text* on stderr."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
