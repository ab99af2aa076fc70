"""A comparison as JSON, in the format ``specs/formats/changes.schema.json``."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import specs
from gateway_contracts.changes.change import Change, Comparison, Severity

VERSION = 1

MOST = 20_000
"""Changes that are listed, the worst first; the counts are of all."""

HUNDREDTH = Decimal("0.01")


def document(comparison: Comparison, fail_on: Severity | None) -> dict[str, Any]:
    """*comparison* as a JSON value; *fail_on* is from which severity on it fails, None for never."""
    rules = {each.rule.id: each.rule for each in comparison.changes}
    return {
        "version": VERSION,
        "tool": {"name": "gateway-contracts", "version": specs.VERSION},
        "kind": comparison.kind,
        "provider": comparison.provider,
        "old": comparison.old,
        "new": comparison.new,
        "fail_on": fail_on.word if fail_on is not None else "never",
        "fails": fails(comparison, fail_on),
        "sizes": {name: {"old": old, "new": new} for name, (old, new) in comparison.sizes.items()},
        "notes": list(comparison.notes),
        "counts": {severity.word: count for severity, count in comparison.counts.items()},
        "rules": {
            rule.id: {"severity": rule.severity.word, "says": rule.says, "because": rule.because}
            for _, rule in sorted(rules.items())
        },
        "changes": [_change(each) for each in comparison.changes[:MOST]],
        "left_out": max(0, len(comparison.changes) - MOST),
    }


def fails(comparison: Comparison, fail_on: Severity | None) -> bool:
    """Whether anything is as bad as *fail_on*."""
    return fail_on is not None and comparison.worst is not None and comparison.worst >= fail_on


def _change(change: Change) -> dict[str, Any]:
    percent = change.percent
    if percent is not None and abs(percent) < Decimal(10) ** 20:
        percent = percent.quantize(HUNDREDTH, rounding=ROUND_HALF_EVEN)
    return {
        "rule": change.rule.id,
        "at": change.at,
        "what": change.what,
        "subject": change.subject or None,
        "was": change.was or None,
        "old": change.old,
        "new": change.new,
        "unit": change.unit or None,
        "percent": None if percent is None else str(percent),
        "sure": change.sure or None,
    }
