"""A report as SARIF 2.1.0 (OASIS): a rule is a requirement, a result one kind of violation, in the line that asks for it.

What passes is no result. What could not be judged is a notification, and the run then was not successful: whoever reads results
only would take what is not there for mended.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from conformance.reports import words
from conformance.reports.words import MOST_URL, shown
from conformance.verdict import Verdict

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"MUST": "error", "SHOULD": "warning", "MAY": "note"}
SHOWN = {"fail": "error", "warn": "warning"}

Report = Mapping[str, Any]


def sarif(report: Report, previous: Sequence[Report] = ()) -> str:  # noqa: ARG001 - whoever reads it compares by fingerprint
    """*report* as SARIF, with a run for each target."""
    value = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, run) for run in report["runs"]]}
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _run(report: Report, run: Report) -> dict[str, Any]:
    named = [*run["findings"], *run["unjudged"]]
    rules = {each["requirement"]: index for index, each in enumerate(named)}
    return {
        "tool": {
            "driver": {
                "name": shown(report["tool"]["name"]),
                "version": shown(report["tool"]["version"]),
                "rules": [_rule(each) for each in named],
            }
        },
        # One category for each target: GitHub takes only one run of each.
        "automationDetails": {"id": f"{shown(report['tool']['name'])}/{shown(words.label(run))}/"},
        "invocations": [_invocation(run, rules)],
        "results": [
            _result(finding, violations, rules, run)
            for finding in run["findings"]
            if finding["outcome"] in ("fail", "warn", "waived")
            for violations in finding["violations"] or [None]
        ],
    }


def _rule(requirement: Report) -> dict[str, Any]:
    says = shown(requirement["says"])
    cites = [shown(each) for each in requirement.get("cites", ())]
    because = requirement.get("because")
    help_ = [f"{requirement['level']}: {says}", *([shown(because)] if because else []), *(f"Cites {each}" for each in cites)]
    cited = [each["url"] for each in requirement.get("citations", ()) if each["kind"] == "page"]
    links = [each for each in cited if words.linked(each)]
    return {
        "id": requirement["requirement"],
        "shortDescription": {"text": says},
        "fullDescription": {"text": says},
        "help": {"text": "\n".join(help_)},
        **({"helpUri": links[0]} if links else {}),
        "defaultConfiguration": {"level": LEVELS[requirement["level"]]},
        "properties": {"tags": [requirement["lens"], requirement["level"]], "precision": "very-high"},
    }


def _invocation(run: Report, rules: Mapping[str, int]) -> dict[str, Any]:
    judged = run["complete"] and words.verdict(run) in (Verdict.KEPT, Verdict.BROKEN)
    notifications = [
        {
            "level": "error" if finding["outcome"] == "error" else "warning",
            "message": {"text": f"{finding['requirement']} {finding['outcome']}: {shown(finding['reason'])}"},
            "associatedRule": {"id": finding["requirement"], "index": rules[finding["requirement"]]},
        }
        for finding in run["findings"]
        if finding["outcome"] in ("error", "inconclusive") and not run["refusal"]
    ]
    if not judged:
        notifications.insert(0, {"level": "error", "message": {"text": shown(words.sentence(run))}})
    return {
        "executionSuccessful": judged,
        "exitCode": run["exit_code"],
        "exitCodeDescription": shown(words.sentence(run)),
        "startTimeUtc": run["started"].replace("+00:00", "Z"),
        "toolExecutionNotifications": notifications,
    }


def _result(finding: Report, violations: Report | None, rules: Mapping[str, int], run: Report) -> dict[str, Any]:
    waived = finding["outcome"] == "waived"
    # A finding of which the report has no violation is one thing by itself.
    name = violations["fingerprint"] if violations else finding["requirement"]
    return {
        "ruleId": finding["requirement"],
        "ruleIndex": rules[finding["requirement"]],
        "kind": "fail",
        "level": LEVELS[finding["level"]] if waived else SHOWN[finding["outcome"]],
        "message": {"text": _message(finding, violations, run)},
        "locations": [_location(finding, violations)],
        # GitHub tells alerts apart by the first of these, everybody else by the second.
        "partialFingerprints": {"primaryLocationLineHash": f"{name}:1", "gatewayContracts/v1": name},
        **({"occurrenceCount": violations["count"]} if violations else {}),
        **({"suppressions": [_suppression(finding)]} if waived else {}),
        "properties": {"target": shown(run["target"]), **({"curl": shown(violations["curl"], 4000)} if violations else {})},
    }


def _message(finding: Report, violations: Report | None, run: Report) -> str:
    if violations is None:
        return f"{shown(finding['says'])} {shown(finding['reason'])}".strip()
    place, expected, actual = (
        shown(each) for each in (words.place(violations, run), violations["expected"], violations["actual"])
    )
    return f"{shown(finding['says'])}\nat {place}\nexpected {expected}\nactual {actual}"


def _location(finding: Report, violations: Report | None) -> dict[str, Any]:
    source = finding["source"]
    path = PurePath(shown(source["file"], MOST_URL))
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="replace")
    place = [{"fullyQualifiedName": shown(each), "kind": "member"} for each in violations["at"][:1]] if violations else []
    return {
        "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": source["line"]}},
        **({"logicalLocations": place} if place else {}),
    }


def _suppression(finding: Report) -> dict[str, Any]:
    return {"kind": "external", "status": "accepted", "justification": shown(finding["reason"])}
