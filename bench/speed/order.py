"""In which order the contestants are measured: all of them once in each round, shuffled anew."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


def rounds(keys: Sequence[str], count: int, seed: int, pair: Sequence[str] = ()) -> list[tuple[int, str]]:
    """Pairs of a round, from 1, and a contestant; the same *seed* gives the same.

    The *pair*, if both are among *keys*, are neighbours in each round: a machine drifts, but less within their two turns.
    """
    lots = random.Random(seed)  # noqa: S311 - lots that can be repeated, no secrets
    return [(number, key) for number in range(1, count + 1) for key in _order(lots.sample(list(keys), len(keys)), pair, lots)]


def _order(shuffled: list[str], pair: Sequence[str], lots: random.Random) -> list[str]:
    if not pair or not set(pair) <= set(shuffled):
        return shuffled
    first, second = lots.sample(pair, 2)
    shuffled.remove(second)
    shuffled.insert(shuffled.index(first) + 1, second)
    return shuffled


@dataclass
class Progress:
    """How far it is, by *clock* in seconds, with *expected* seconds for each of the pairs of `rounds`.

    What is left is what is expected of the rest, times how much longer than expected the first of them took.
    """

    expected: Sequence[float]
    clock: Callable[[], float]
    done: int = 0
    begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.clock()

    def advance(self) -> None:
        """One more is done."""
        self.done += 1

    @property
    def left_s(self) -> float:
        """Seconds that are left, as far as can be told."""
        past, rest = sum(self.expected[: self.done]), sum(self.expected[self.done :])
        slower = (self.clock() - self.begun) / past if past else 1.0
        return rest * slower
