"""Whether a journal is as expected: match, mismatch, or inconclusive where an evicted entry could make the difference."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mockserver.journal.entry import Entry
from mockserver.journal.expectation import Expectation, expectations
from mockserver.journal.journal import Journal
from mockserver.journal.order import Break, broken
from mockserver.journal.pattern import Difference, Pattern

NEAREST = 3  # misses shown of an expectation
SHOWN = 20  # numbers of matching entries shown of an expectation


class Result(enum.Enum):
    """What a journal shows of expectations."""

    MATCH = "match"
    MISMATCH = "mismatch"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Miss:
    """An *entry* that an expectation does not mean, and in what it differs."""

    entry: Entry
    differs: tuple[Difference, ...]

    def json(self) -> dict[str, Any]:
        """This miss as its users see it."""
        names = ("number", "method", "path", "query", "status", "cause")
        document = self.entry.json()
        return {**{name: document[name] for name in names}, "differs": [each.json() for each in self.differs]}


@dataclass(frozen=True)
class Finding:
    """What the journal shows of the expectation at *index*: the *numbers* of entries that match, and the *nearest* misses.

    *evicted* entries may have matched too.
    """

    index: int
    expectation: Expectation
    result: Result
    numbers: tuple[int, ...]
    evicted: int
    nearest: tuple[Miss, ...]

    @property
    def says(self) -> str:
        """The finding as a sentence."""
        least, most = self.expectation.at_least, self.expectation.at_most
        bounds = f"at least {least}" if most is None else f"{least}" if least == most else f"{least} to {most}"
        perhaps = f", and up to {self.evicted} were evicted that may have matched" if self.evicted else ""
        return f"Expectation {self.index}: found {len(self.numbers)} matching entries{perhaps}, expected {bounds}."

    def json(self) -> dict[str, Any]:
        """This finding as its users see it."""
        return {
            "expectation": self.index,
            "result": self.result.value,
            "match": self.expectation.match.json(),
            "expected": self.expectation.expected(),
            "found": len(self.numbers),
            "evicted": self.evicted,
            "matching": list(self.numbers[:SHOWN]),
            "nearest": [each.json() for each in self.nearest],
        }


@dataclass(frozen=True)
class Verdict:
    """What a journal shows of expectations: the *result*, the *findings* that are the reason unless all matches, and *says*.

    *broken* says where their order breaks, if it matters and does.
    """

    result: Result
    findings: tuple[Finding, ...]
    says: str
    broken: Break | None = None

    def json(self) -> dict[str, Any]:
        """This verdict as its users see it."""
        return {
            "result": self.result.value,
            "says": self.says,
            "failing": [each.json() for each in self.findings],
            "order": self.broken.json() if self.broken else None,
        }


def verify(document: object, journal: Journal) -> Verdict:
    """What *journal* shows of the `expectations` that *document* says; raises DocumentError where it cannot be read."""
    expected, ordered = expectations(document)
    # The order of one is its count.
    return _in_order(expected, journal) if ordered and len(expected) > 1 else _in_any_order(expected, journal)


def _in_any_order(expected: Sequence[Expectation], journal: Journal) -> Verdict:
    findings = [_finding(index, each, journal) for index, each in enumerate(expected)]
    results = [each.result for each in findings]
    result = next((each for each in (Result.MISMATCH, Result.INCONCLUSIVE) if each in results), Result.MATCH)
    failing = tuple(each for each in findings if each.result is not Result.MATCH)
    return Verdict(result, failing, " ".join(each.says for each in failing) or "All is as expected.")


def _in_order(expected: Sequence[Expectation], journal: Journal) -> Verdict:
    kept = broken(expected, journal.entries, 0)
    unknown = max(journal.lost_after(each.match.since) for each in expected)
    if not unknown:
        if kept is None:
            return Verdict(Result.MATCH, (), "All is as expected, in that order.")
        result = Result.MISMATCH
    elif journal.is_a_tail and broken(expected, journal.entries, unknown) is not None:
        result = Result.MISMATCH
    else:
        result = Result.INCONCLUSIVE
    if kept is None:
        return Verdict(result, (), f"The entries are in order, but up to {unknown} were evicted that may not have been.")
    finding = replace(_finding(kept.index, expected[kept.index], journal), result=result)
    came = "there were no more" if kept.entry is None else f"entry {kept.entry.number} came"
    perhaps = f", and up to {unknown} were evicted that may have matched" if unknown else ""
    return Verdict(result, (finding,), f"Expectation {kept.index} was due when {came}{perhaps}.", kept)


def _finding(index: int, expectation: Expectation, journal: Journal) -> Finding:
    pattern = expectation.match
    numbers = tuple(each.number for each in journal.entries if pattern.matches(each))
    evicted = journal.lost_after(pattern.since)
    least, most = len(numbers), len(numbers) + evicted
    if expectation.allows(least) and expectation.allows(most):
        result = Result.MATCH
    elif expectation.exceeded_by(least) or most < expectation.at_least:
        result = Result.MISMATCH
    else:
        result = Result.INCONCLUSIVE
    wanting = least < expectation.at_least
    return Finding(index, expectation, result, numbers, evicted, _nearest(pattern, journal) if wanting else ())


def _nearest(pattern: Pattern, journal: Journal) -> tuple[Miss, ...]:
    """The misses that differ in the fewest members, of those the newest first."""
    misses = (Miss(each, pattern.differences(each)) for each in journal.entries if each.number > pattern.since)
    misses_only = (each for each in misses if each.differs)
    return tuple(sorted(misses_only, key=lambda each: (len(each.differs), -each.entry.number))[:NEAREST])
