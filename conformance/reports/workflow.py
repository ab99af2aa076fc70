"""A report as workflow commands, which GitHub Actions shows as annotations beside the run.

GitHub shows ten of a step, so the worst come first and one more says how many there are beside them. A line of output that
begins with ``::`` is a command wherever it comes from; `framed` keeps what a gateway said from being one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.reports import words
from conformance.reports.words import shown
from conformance.verdict import Verdict

MOST = 10

COMMANDS = {"fail": "error", "error": "error", "inconclusive": "warning", "warn": "warning"}


def commands(report: Mapping[str, Any]) -> Iterator[str]:
    """A line for each of the worst things in *report*, at most eleven."""
    found = [line for run in report["runs"] for line in _verdict(run)]
    found += [line for outcome in COMMANDS for run in report["runs"] for line in _findings(run, outcome)]
    if not report["runs"]:
        found.append(_command("error", "Nothing was selected, so nothing was judged.", title="gateway contract"))
    yield from found[:MOST]
    if len(found) > MOST:
        yield _command("notice", f"{len(found) - MOST} more; the report has them all.", title="gateway contract")


def framed(token: str) -> tuple[str, str]:
    """The lines before and behind output that is to hold no command; nobody may guess the *token*."""
    return f"::stop-commands::{token}", f"::{token}::"


def _verdict(run: Mapping[str, Any]) -> Iterator[str]:
    """That there is no verdict; what is broken speaks for itself."""
    if words.verdict(run) not in (Verdict.KEPT, Verdict.BROKEN) or run["unjudged"]:
        yield _command("error", words.sentence(run), title=words.heading(run))


def _findings(run: Mapping[str, Any], outcome: str) -> Iterator[str]:
    if run["refusal"]:
        return
    for finding in words.in_order(run["findings"]):
        if finding["outcome"] != outcome:
            continue
        title = f"{finding['requirement']} {finding['level']} {outcome}: {words.label(run)}"
        yield _command(COMMANDS[outcome], "\n".join(_lines(finding, run)), title=title, **_place(finding))


def _lines(finding: Mapping[str, Any], run: Mapping[str, Any]) -> Iterator[str]:
    yield shown(finding["says"])
    if not finding["violations"]:
        yield shown(finding["reason"])
    for group in finding["violations"][:1]:
        yield f"at {shown(words.place(group, run))}"
        yield f"expected {shown(group['expected'])}"
        yield f"actual {shown(group['actual'])}"
    yield f"rerun {shown(finding['rerun'])}"


def _place(finding: Mapping[str, Any]) -> dict[str, str]:
    source = finding["source"]
    return {"file": source["file"], "line": str(source["line"])}


def _command(command: str, message: str, **properties: str) -> str:
    """A workflow command; signs that end a property, or the command, are escaped as the runner undoes it."""
    lines = "\n".join(shown(line) for line in message.split("\n"))
    text = lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    held = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {held}::{text}"


def _property(value: str) -> str:
    escapes = {"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"}
    return "".join(escapes.get(each, each) for each in shown(value))
