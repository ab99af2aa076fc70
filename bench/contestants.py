"""The testers that are compared, and what each makes of one target."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from bench import fuzzer, suite
from bench.result import Result
from bench.targets import Served, Target, served

FEW = fuzzer.Budget(
    40,
    {
        "phases": {"examples": {"enabled": False}, "coverage": {"enabled": False}},
        "generation": {"database": "none", "max-examples": 10},
    },
)
"""Schemathesis within what the suite asks at most. Its coverage phase alone would take more, so it is left out: of the settings
that were tried, all phases, coverage with valid data only, and this one, this one killed most."""

TESTERS: Mapping[str, Callable[[Target, Served], Result]] = {
    "this suite, --depth standard": functools.partial(suite.run, depth="standard"),
    "this suite, --depth quick": functools.partial(suite.run, depth="quick"),
    f"Schemathesis {fuzzer.VERSION}": functools.partial(fuzzer.run, budget=fuzzer.DEFAULTS),
    "the same, at most 40 requests": functools.partial(fuzzer.run, budget=FEW),
}
"""By what they are called in the table."""


def results(target: Target) -> dict[str, Result]:
    """What each of the testers makes of *target*, which is served to each anew."""
    found = {}
    for name, run in TESTERS.items():
        with served(target) as there:
            found[name] = run(target, there)
    return found
