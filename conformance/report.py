"""The findings as JSON, in the format ``specs/formats/report.schema.json``."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import specs
from conformance import snapshot, whole_file
from conformance.evidence import curl
from conformance.finding import Finding, Group
from conformance.message import BEARER, Exchange, Request
from conformance.raw import raw
from conformance.reports.reading import VERSION
from conformance.rerun import rerun
from conformance.run import Run
from conformance.snapshot import NoList, Snapshot
from conformance.transcript import Asked
from conformance.verdict import worst
from specs.requirement import Citation, PageCitation, Requirement, StandardCitation

MOST_SMALLEST = 4096
"""Characters of the smallest part of a body that are shown."""

MOST_SENT = 1000
"""Requests that are listed each by itself."""

TOOL = "gateway-contracts"

FROM_THE_CONTRACT = frozenset(
    {"provider", "title", "depth", "verdict", "lens", "level", "outcome", "state", "kind", "requirement", "operations", "says"}
    | {"because", "source", "cites", "citations", "departures", "serves"}
)
"""Members whose values are the contract's or this format's: no gateway wrote them, and a key that is such a word stays."""

HIDDEN_BEFORE = frozenset({"catalogues", "exchanges"})
"""Members that are a gateway's own words throughout, among which may be names like those above."""

Hidden = Callable[[str], str]


def write(path: Path, runs: Sequence[Run]) -> None:
    """Writes the report of *runs* to *path*, whole or not at all. Raises OSError when it cannot."""
    whole_file.write(path, encoded(report(runs)))


def encoded(report: dict[str, Any]) -> bytes:
    """*report* as the content of a file."""
    text = json.dumps(report, ensure_ascii=False, indent=2)
    return text.encode("utf-8", "backslashreplace") + b"\n"  # half of a surrogate pair as JSON writes it


def report(runs: Sequence[Run], exit_code: int | None = None) -> dict[str, Any]:
    """The report of *runs* as a JSON value; the *exit_code* is that of their verdicts where nothing else is said."""
    every = list({run.settings.key: run.settings for run in runs}.values())

    @functools.cache  # for this report: the names of kinds and units come again with every model
    def hidden(text: str) -> str:
        # What one target says may hold the key of another.
        return functools.reduce(lambda left, settings: settings.hidden(left), every, text)

    found = [_hidden(_run(run, hidden), hidden, FROM_THE_CONTRACT | HIDDEN_BEFORE) for run in runs]
    return {
        "version": VERSION,
        "tool": {"name": TOOL, "version": specs.VERSION},
        "complete": bool(found) and all(run["complete"] for run in found),
        "exit_code": int(worst(run.verdict for run in runs) if exit_code is None else exit_code),
        "runs": found,
    }


def _run(run: Run, hidden: Hidden) -> dict[str, Any]:
    exchanges = _Exchanges()
    provider = run.target.provider
    findings = [_finding(finding, run, exchanges) for finding in run.findings]
    judged = {finding.requirement.id for finding in run.findings}
    asked = [each for each in run.transcript.asked if each.tries]
    return {
        "provider": provider.id,
        "title": provider.title,
        "name": run.target.name or None,
        "target": run.target.root,
        "started": _time(run.now),
        "duration_s": round(run.seconds, 3),
        "exit_code": int(run.verdict),
        "settings": {
            "depth": run.settings.depth,
            "seed": run.settings.seed,
            "strict": run.settings.strict,
            "closed": run.settings.closed,
        },
        "selected": len(run.requirements),
        "contract": len(provider.requirements),
        "complete": len(run.findings) == len(run.requirements) and not run.refusal,
        "verdict": run.verdict.name.lower().replace("_", " "),
        "refusal": run.refusal or None,
        "replayed": _time(run.now) if run.kept else None,
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
        "unjudged": [_named(each) for each in run.requirements if each.id not in judged],
        "planned": [_planned(request, serves, run) for request, serves in run.plan.requests],
        "sent": [_sent(each, run) for each in asked[:MOST_SENT]],
        "sent_cut": max(0, len(asked) - MOST_SENT),
        "catalogues": [_hidden(_catalogue(each, hidden), hidden) for each in _catalogues(run)],
        "exchanges": [_hidden(raw(each, hidden), hidden) for each in exchanges],
    }


def _time(seconds: float) -> str:
    """*seconds* since 1970 as RFC 3339 writes them."""
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="seconds")


def _named(requirement: Requirement) -> dict[str, Any]:
    return {
        "requirement": requirement.id,
        "lens": requirement.lens.value,
        "level": requirement.level.value,
        "says": requirement.says,
        "source": {"file": requirement.file, "line": requirement.line},
    }


def _differs(request: Request) -> list[str]:
    """What is not plain about *request* beside path and query."""
    fields = [f"{name}: {value}" for name, value in request.headers]
    if request.authorization is None:
        fields.append("no Authorization")
    elif request.authorization != BEARER:
        fields.append(f"Authorization: {request.authorization}")
    return [*fields, "once more"] if request.repetition else fields


def _planned(request: Request, serves: list[str], run: Run) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.reference(run.target.provider.operations[request.operation]),
        "differs": _differs(request),
        "serves": serves,
    }


def _sent(asked: Asked, run: Run) -> dict[str, Any]:
    outcome = asked.outcome
    answered = outcome if isinstance(outcome, Exchange) else None
    operation = run.target.provider.operations[asked.request.operation]
    return {
        "method": asked.request.method,
        "url": answered.url if answered else f"{run.target.root}{asked.request.reference(operation)}",
        "differs": _differs(asked.request),
        "status": answered.response.status if answered else None,
        "reason": None if answered else str(outcome),
        "tries": asked.tries,
        "seconds": asked.seconds,
        "bytes": len(answered.response.content) if answered else None,
    }


def _catalogues(run: Run) -> Iterator[Snapshot]:
    """What the plain lists hold, of those that were answered with one."""
    provider = run.target.provider
    for exchange in run.transcript:
        operation = provider.operations[exchange.request.operation]
        if operation.items and exchange.request == Request(operation.id) and exchange.response.status == 200:
            with contextlib.suppress(NoList):
                yield snapshot.read(exchange.response.content, operation, snapshot.MOST_MODELS)


def _catalogue(held: Snapshot, hidden: Hidden) -> dict[str, Any]:
    value = snapshot.to_json(held)
    # The gateway's names stand where this format has names of its own elsewhere, which are never hidden.
    return value | {"fields": {hidden(at): types for at, types in value["fields"].items()}}


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


def _hidden(value: Any, hidden: Hidden, spared: frozenset[str] = frozenset()) -> Any:
    """*value* with each text in it *hidden*, but for what stands in the members *spared*."""
    if isinstance(value, dict):
        return {name: member if name in spared else _hidden(member, hidden, spared) for name, member in value.items()}
    if isinstance(value, list):
        return [_hidden(member, hidden, spared) for member in value]
    return hidden(value) if isinstance(value, str) else value


def _finding(finding: Finding, run: Run, exchanges: _Exchanges) -> dict[str, Any]:
    requirement = finding.requirement
    return {
        **_named(requirement),
        "because": requirement.because,
        "operations": list(requirement.operations),
        "outcome": finding.outcome.value,
        "reason": finding.reason,
        "judged": finding.judged,
        "confirmed": {"shown": finding.confirmed[0], "tried": finding.confirmed[1]} if finding.confirmed else None,
        "cites": [str(citation) for citation in requirement.citations],
        "citations": [_citation(each) for each in requirement.citations],
        "departures": [
            {"says": each.says, "citations": [_citation(cited) for cited in each.citations]} for each in finding.departures
        ],
        "rerun": rerun(finding, run.target, run.settings.key_env, run.settings.connection, run.settings.command),
        "violations": [_violations(group, run, exchanges) for group in finding.groups],
    }


def _citation(citation: Citation) -> dict[str, Any]:
    if isinstance(citation, PageCitation):
        page = citation.page
        lines = {"first": citation.first, "last": citation.last}
        return {"kind": "page", "file": page.file, "url": page.url, **lines, "quote": citation.quote}
    if isinstance(citation, StandardCitation):
        return {"kind": "standard", "standard": citation.standard, "section": citation.section}
    at = {"package": citation.package, "version": citation.version, "file": citation.file, "at": citation.at}
    return {"kind": "source", **at}


def _violations(group: Group, run: Run, exchanges: _Exchanges) -> dict[str, Any]:
    first, settings = group.first[0], run.settings
    return {
        "fingerprint": group.fingerprint,
        "kind": first.kind,
        "count": group.count,
        "answers": group.answers,
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
