"""What a requirement showed about a target: violations, outcomes, findings."""

from __future__ import annotations

import enum
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.message import Exchange
from specs.requirement import Departure, Level, Requirement

INDEX = re.compile(r"/[0-9]+(?=/|$)")
ASKED_FOR = "the document itself asks for it"


class Outcome(enum.Enum):
    """The possible ends of judging one requirement."""

    PASS = "pass"  # noqa: S105  # an outcome, not a password
    FAIL = "fail"
    WARN = "warn"
    WAIVED = "waived"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not applicable"
    ERROR = "error"


@dataclass(frozen=True)
class Violation:
    """One place where an answer departs from the contract.

    *at* is a JSON Pointer into the body, or the name of another part of the answer: ``status``, ``ETag``.
    *kind* is one word for the way it departs; *expected* and *actual* are for people, with values as `literal` writes them.
    """

    exchange: Exchange
    at: str
    kind: str
    expected: str
    actual: str

    @property
    def pattern(self) -> str:
        """*at* with ``*`` for every index, so that two hundred models of one kind are one thing."""
        return INDEX.sub("/*", self.at)


@dataclass(frozen=True)
class Group:
    """Violations of one kind at one pattern: reported as one, with a count. *first* holds up to three.

    They are in so many *answers*: the same place in another answer is counted too.
    *smallest* is the smallest part of the first one's body that still shows it, as JSON text; empty where there is none.
    """

    fingerprint: str
    count: int
    first: tuple[Violation, ...]
    smallest: str = ""
    answers: int = 1


@dataclass(frozen=True)
class Finding:
    """What one requirement showed about one target.

    *reason* explains every outcome but a pass. *judged* counts the answers it was judged on, *confirmed*
    tells how many of how many tries showed the failure, None when it was not tried again. *departures* say where
    the provider's document itself asks for what is broken, which is then no failure.
    """

    requirement: Requirement
    outcome: Outcome
    reason: str = ""
    groups: tuple[Group, ...] = ()
    judged: int = 0
    confirmed: tuple[int, int] | None = None
    departures: tuple[Departure, ...] = ()


def group(requirement: Requirement, violations: Iterable[Violation]) -> tuple[Group, ...]:
    """*violations* by operation, pattern and kind, in the order in which they were found."""
    groups: dict[tuple[str, str, str], list[Violation]] = {}
    for each in violations:
        groups.setdefault((each.exchange.request.operation, each.pattern, each.kind), []).append(each)
    return tuple(
        Group(fingerprint(requirement, found[0]), len(found), tuple(found[:3]), answers=_answers(found))
        for found in groups.values()
    )


def _answers(violations: Iterable[Violation]) -> int:
    return len({(each.exchange.url, each.exchange.sent) for each in violations})


def literal(value: object) -> str:
    """*value* as JSON has it, in which the answer was written."""
    return json.dumps(value, ensure_ascii=False)


def places(at: Sequence[str], count: int, answers: int) -> str:
    """How many violations there are beside the first, in how many answers, and at which other places *at*; empty for one."""
    said = [f"{count} in all"] * (count > 1) + [f"in {answers} answers"] * (answers > 1)
    if other := [each for each in dict.fromkeys(at) if each != at[0]]:
        said.append(f"also {', '.join(other)}")
    return f" ({', '.join(said)})" if said else ""


def fingerprint(requirement: Requirement, violation: Violation) -> str:
    """Twelve hexadecimal digits that name a violation from run to run."""
    parts = (requirement.id, violation.exchange.request.operation, violation.pattern, violation.kind)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def broken(requirement: Requirement, *, strict: bool) -> Outcome:
    """The outcome of breaking *requirement*: a MUST fails, anything less warns unless *strict*."""
    return Outcome.FAIL if requirement.level is Level.MUST or strict else Outcome.WARN
