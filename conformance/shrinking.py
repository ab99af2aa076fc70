"""The smallest part of a body that still breaks the rule, found by judging smaller and smaller ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from conformance.case import NotApplicable
from conformance.finding import Violation, fingerprint
from conformance.schema_check import SchemaCheck
from conformance.shown import Shown
from conformance.smallest import smallest
from conformance.strict_json import Unreadable
from conformance.transcript import Inconclusive
from specs.requirement import Requirement

LONGEST_PART = 300
"""Characters of what is left of a body, above which more than the wrong value itself may go."""


class Shrinking:
    """Looks for smallest parts until *check_time* raises `Inconclusive`; *schemas* judge by the contract's schemas."""

    def __init__(self, schemas: SchemaCheck, check_time: Callable[[], None]) -> None:
        self._schemas = schemas
        self._check_time = check_time

    def smallest(self, requirement: Requirement, violation: Violation, shown: Shown) -> str:
        """The smallest part of the body that still shows *violation*, one of *shown*; empty where that lies in no JSON body."""
        whole, at = violation.exchange, violation.at
        if at.endswith("body"):
            at = ""
        if at and not at.startswith("/"):
            return ""
        breaks = self._breaks(requirement, violation, shown, exactly=True)
        breaks_alike = self._breaks(requirement, violation, shown, exactly=False)
        named = (violation.expected, violation.actual)
        try:
            found = smallest(whole.response.content, at, named, breaks)
            if len(found) > LONGEST_PART:  # what is wrong is itself long
                return smallest(found.encode("utf-8", "surrogatepass"), "", (), breaks_alike) or found
            return found or smallest(whole.response.content, at, named, breaks_alike)
        except Inconclusive:
            return ""  # the time is over

    def _breaks(
        self, requirement: Requirement, violation: Violation, shown: Shown, *, exactly: bool
    ) -> Callable[[bytes], bool]:
        """Whether a body in the place of the one at hand shows the same violation, or only one of the same fingerprint."""
        whole = violation.exchange
        wanted = _features(requirement, violation, exactly=exactly)

        def breaks(content: bytes) -> bool:
            self._check_time()
            part = replace(whole, response=replace(whole.response, content=content))
            answers = [part if each is whole or len(shown.answers) == 1 else each for each in shown.answers]
            try:
                found = (each for each in shown.judge(answers) if each.exchange is part)
                return any(_features(requirement, each, exactly=exactly) == wanted for each in found)
            except (NotApplicable, Unreadable):
                return False
            finally:
                self._schemas.forget(part)

        return breaks


def _features(requirement: Requirement, violation: Violation, *, exactly: bool) -> tuple[str, ...]:
    """What makes *violation* the one it is, wherever it stands in a list."""
    texts = (violation.expected, violation.actual) if exactly else ()
    return (fingerprint(requirement, violation), *(re.sub(r"/[0-9]+(?=/|\b)", "/*", text) for text in texts))
