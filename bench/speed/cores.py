"""Which cores the server and the load generator run on: one of their own each, where there are two."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Cores:
    """The cores of the *server* and of the *generator*, by number."""

    server: frozenset[int]
    generator: frozenset[int]

    @property
    def says(self) -> str:
        """How they are shared, as a sentence."""
        if self.server & self.generator:
            return f"server and load generator share core {_numbers(self.server)}, as there is no other"
        server, generator = _numbers(self.server), _numbers(self.generator)
        return f"the server on core {server}, the load generator on core {generator} (sched_setaffinity)"


def chosen(available: frozenset[int]) -> Cores:
    """The first of the *available* cores for the server, the last for the generator: neighbours may be two threads of one."""
    return Cores(frozenset({min(available)}), frozenset({max(available)}))


@contextlib.contextmanager
def on(cores: frozenset[int]) -> Iterator[None]:
    """This thread, and every process that it starts, runs on *cores* while the block does."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _numbers(cores: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(cores)))
