"""The findings as JSON, in the format ``specs/formats/report.schema.json``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance import whole_file
from conformance.evidence import curl
from conformance.finding import Finding, Group
from conformance.message import Exchange
from conformance.raw import raw
from conformance.rerun import rerun
from conformance.run import Run

MOST_SMALLEST = 4096
"""Characters of the smallest part of a body that are shown."""

VERSION = 1


def write(path: Path, runs: Sequence[Run]) -> None:
    """Writes the report of *runs* to *path*, whole or not at all. Raises OSError when it cannot."""
    text = json.dumps(report(runs), ensure_ascii=False, indent=2)
    whole_file.write(path, text.encode("utf-8", "backslashreplace") + b"\n")  # half of a surrogate pair as JSON writes it


def report(runs: Sequence[Run]) -> dict[str, Any]:
    """The report of *runs* as a JSON value."""
    return {"version": VERSION, "runs": [_hidden(_run(run), run) for run in runs]}


def _run(run: Run) -> dict[str, Any]:
    exchanges = _Exchanges()
    findings = [_finding(finding, run, exchanges) for finding in run.findings]
    return {
        "provider": run.target.provider.id,
        "target": run.target.root,
        "complete": len(run.findings) == len(run.requirements) and not run.refusal,
        "verdict": run.verdict.name.lower().replace("_", " "),
        "refusal": run.refusal or None,
        "replayed": datetime.fromtimestamp(run.now, tz=UTC).isoformat(timespec="seconds") if run.kept else None,
        "requests": {
            "sent": run.budget.sent,
            "bursts": run.budget.bursts,
            "saved": run.budget.saved,
            "allowed": run.budget.requests,
        },
        "capabilities": dict(run.capabilities.words()),
        "warnings": list(run.warnings),
        "undeclared": run.undeclared,
        "waivers": [
            {
                "requirement": waiver.requirement,
                "fingerprint": waiver.fingerprint,
                "target": waiver.target,
                "reason": waiver.reason,
                "expires": waiver.expires.isoformat(),
                "state": state.value,
            }
            for waiver, state in run.waivers.states(run.findings, run.requirements).items()
        ],
        "findings": findings,
        "exchanges": [raw(each, run.settings.hidden) for each in exchanges],
    }


class _Exchanges(list[Exchange]):
    """The exchanges that violations point to, each once."""

    def place(self, exchange: Exchange) -> int:
        """The index of *exchange*, which is added where it is new."""
        for index, each in enumerate(self):
            if each is exchange or (
                each.url == exchange.url and each.sent == exchange.sent and each.response == exchange.response
            ):
                return index
        self.append(exchange)
        return len(self) - 1


def _hidden(value: Any, run: Run) -> Any:
    if isinstance(value, dict):
        return {name: _hidden(member, run) for name, member in value.items()}
    if isinstance(value, list):
        return [_hidden(member, run) for member in value]
    return run.settings.hidden(value) if isinstance(value, str) else value


def _finding(finding: Finding, run: Run, exchanges: _Exchanges) -> dict[str, Any]:
    requirement = finding.requirement
    return {
        "requirement": requirement.id,
        "lens": requirement.lens.value,
        "level": requirement.level.value,
        "says": requirement.says,
        "outcome": finding.outcome.value,
        "reason": finding.reason,
        "judged": finding.judged,
        "confirmed": {"shown": finding.confirmed[0], "tried": finding.confirmed[1]} if finding.confirmed else None,
        "cites": [str(citation) for citation in requirement.citations],
        "rerun": rerun(finding, run.target, run.settings.key_env, run.settings.connection, run.settings.command),
        "violations": [_violations(group, run, exchanges) for group in finding.groups],
    }


def _violations(group: Group, run: Run, exchanges: _Exchanges) -> dict[str, Any]:
    first, settings = group.first[0], run.settings
    return {
        "fingerprint": group.fingerprint,
        "kind": first.kind,
        "count": group.count,
        "at": [violation.at for violation in group.first],
        "url": first.exchange.url,
        "expected": first.expected,
        "actual": first.actual,
        "smallest": _cut(group.smallest) if group.smallest else None,
        "exchange": exchanges.place(first.exchange),
        "curl": curl(first.exchange, settings.key_env, settings.connection),
    }


def _cut(text: str) -> str:
    more = len(text) - MOST_SMALLEST
    return f"{text[:MOST_SMALLEST]}… and {more} more characters" if more > 0 else text
