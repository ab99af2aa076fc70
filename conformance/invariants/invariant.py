"""What an invariant is: a rule between values of one body, which no schema can say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from conformance.finding import Violation
from conformance.message import Exchange


class Invariant(Protocol):
    """A rule that every 200 answer of an operation keeps."""

    def violations(self, exchange: Exchange, now: float) -> Iterator[Violation]:
        """What breaks the rule in this answer; *now* is the time in seconds since 1970.

        Raises `conformance.case.NotApplicable` when the answer holds nothing that the rule speaks of.
        """
