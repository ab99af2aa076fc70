"""The lots of chaos, drawn once more: from the seed and what the documents say of it, not by the mock's own code."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping


def hit(rates: Mapping[str, float], value: float) -> str | None:
    """The failure that the lot *value* is for: they share [0, 1) from 0 on, in order of their names."""
    for name, rate in sorted(rates.items()):
        if value < rate:
            return name
        value -= rate
    return None


def value(seed: int, number: int) -> float:
    """The *number*-th lot of *seed*: the first 52 bits of the SHA-1 of ``<seed>:<number>``, as a fraction of 1."""
    digest = hashlib.sha1(f"{seed}:{number}".encode(), usedforsecurity=False).digest()
    return (int.from_bytes(digest[:7]) >> 4) / 2**52


def drawn(rates: Mapping[str, float], seed: int, count: int) -> Counter[str | None]:
    """How many of the first *count* lots are for each failure; None is for no failure."""
    return Counter(hit(rates, value(seed, number)) for number in range(1, count + 1))
