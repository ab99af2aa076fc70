"""A comparison in words: changes of one kind together, the worst and the largest first, and not more than can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from gateway_contracts.changes.change import Change, Comparison, Severity

MOST_GROUPS = 12
"""Groups of one severity that are told, and changes of one group."""

MOST_CHANGES = 5

MOST_PERCENT = Decimal(100_000)
"""From here on a power of ten says more."""

T = TypeVar("T")

EMPTY = '""'
"""How a text is told that has no character."""

LONGEST = 120
"""Characters of one value that are told."""


@dataclass(frozen=True)
class Group:
    """*changes* of one rule and one subject matter, in the order in which they are told."""

    changes: tuple[Change, ...]

    @property
    def first(self) -> Change:
        """The largest."""
        return self.changes[0]

    @property
    def title(self) -> str:
        """What they have in common, and how many they are."""
        where = f" in {self.first.at}" if self.first.at else ""
        return f"{self.first.what}{where}{f', {len(self.changes)} times' if len(self.changes) > 1 else ''}"


def groups(comparison: Comparison, severity: Severity) -> list[Group]:
    """The changes of one severity, those of one kind together, the largest groups first."""
    found: dict[tuple[str, str, str], list[Change]] = {}
    for each in comparison.changes:
        if each.rule.severity is severity:
            found.setdefault((each.rule.id, each.at, each.what), []).append(each)
    return [Group(tuple(each)) for each in sorted(found.values(), key=lambda each: -len(each))]


def lines(comparison: Comparison, *, whole: bool = False) -> Iterator[str]:
    """The comparison as text; *whole* leaves nothing out."""
    yield f"{comparison.kind} of {comparison.provider}: {comparison.old} → {comparison.new}"
    for name, (old, new) in comparison.sizes.items():
        yield f"  {name}: {old} before, {new} now"
    yield from (f"  note: {each}" for each in comparison.notes)
    for severity, count in comparison.counts.items():
        if count:
            yield ""
            yield f"{severity.word} ({count})"
            yield from _bounded(groups(comparison, severity), MOST_GROUPS, _group, "  … and {} more kinds of change", whole)
    yield ""
    yield summary(comparison)


def summary(comparison: Comparison) -> str:
    """How many changes there are, in one line."""
    if not comparison.changes:
        return "no change"
    return ", ".join(f"{count} {severity.word}" for severity, count in comparison.counts.items())


def _group(group: Group, whole: bool) -> Iterator[str]:
    rule = group.first.rule
    yield f"  {rule.id}: {group.title}"
    yield f"    {rule.says} {rule.because}"
    yield from _bounded(group.changes, MOST_CHANGES, _change, "    … and {} more", whole)


def _change(change: Change, whole: bool) -> Iterator[str]:  # noqa: ARG001 - as _group
    yield f"    {told(change)}"


def _bounded(values: Sequence[T], most: int, tell: Callable[[T, bool], Iterator[str]], rest: str, whole: bool) -> Iterator[str]:
    """What *tell* says of the first *most* of *values*, or of the *whole*; the *rest* is a count."""
    for each in values if whole else values[:most]:
        yield from tell(each, whole)
    if len(values) > most and not whole:
        yield rest.format(len(values) - most)


def told(change: Change) -> str:
    """One change in words, without what its group says already."""
    if change.was and (change.old, change.new) == (change.was, change.subject):
        return f"{cut(change.was)} → {cut(change.subject)}{f' ({change.sure})' if change.sure else ''}"
    name = cut(change.subject) + (f" (was {cut(change.was)})" if change.was else "")
    values = [cut(each) or EMPTY for each in (change.old, change.new) if each is not None and each != change.subject]
    if not values:
        return name or EMPTY
    unit = f" {change.unit}" if change.unit else ""
    return f"{name}{': ' if name else ''}{' → '.join(values)}{unit}{percent(change)}"


def percent(change: Change) -> str:
    """By how much the number changed, in brackets; empty where that cannot be said."""
    if change.percent is None:
        return ""
    size = f"{change.percent:+.1f}" if abs(change.percent) < MOST_PERCENT else f"{change.percent:+.2e}"
    return f" ({size.removesuffix('.0')} %)"


def cut(text: str) -> str:
    """*text* as one line, the beginning of a long one."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
