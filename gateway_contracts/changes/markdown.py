"""A comparison as Markdown, for a pull request or a step summary: what others wrote is text in it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reports.markdown import prose
from gateway_contracts.changes.change import Comparison
from gateway_contracts.changes.telling import MOST_CHANGES, MOST_GROUPS, groups, summary, told


def lines(comparison: Comparison, *, whole: bool = False) -> Iterator[str]:
    """The comparison as Markdown; *whole* leaves nothing out."""
    yield f"## {prose(comparison.kind.capitalize())} of {prose(comparison.provider)}: {prose(summary(comparison))}"
    yield ""
    yield f"From {prose(comparison.old)} to {prose(comparison.new)}."
    yield ""
    for name, (old, new) in comparison.sizes.items():
        yield f"- {prose(name)}: {old} before, {new} now"
    yield from (f"- {prose(each)}" for each in comparison.notes)
    if not comparison.changes:
        return
    yield ""
    yield "| | rule | what | changes |"
    yield "|---|---|---|---|"
    for severity in comparison.counts:
        found = groups(comparison, severity)
        for group in found if whole else found[:MOST_GROUPS]:
            shown = group.changes if whole else group.changes[:MOST_CHANGES]
            cells = [prose(told(each)) for each in shown]
            if len(group.changes) > len(shown):
                cells.append(f"… and {len(group.changes) - len(shown)} more")
            rule = group.first.rule
            yield f"| {severity.word} | `{rule.id}` | {prose(group.title)}. {rule.says} | {'<br>'.join(cells)} |"
        if len(found) > MOST_GROUPS and not whole:
            yield f"| {severity.word} | | … and {len(found) - MOST_GROUPS} more kinds of change | |"
