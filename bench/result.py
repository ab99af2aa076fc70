"""What a tester made of a target, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """The *failures* that a tester reports, by what tells one from another, and what it took.

    *requests* is what the target has seen, *seconds* the time of the processor from the contract to the verdict, *errors* are
    sentences on what went wrong in the tester, or kept it from a verdict.
    """

    failures: frozenset[str]
    requests: int
    seconds: float
    errors: tuple[str, ...] = ()
