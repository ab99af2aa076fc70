"""A report as Markdown, for the summary of a CI step or a comment; what a gateway said cannot become markup in it.

GitHub takes at most 1 MiB of a step, so this is never longer; what is left out is said at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.reports import words
from conformance.reports.matrix import Row, matrix
from conformance.reports.trend import NOTHING_OLDER, Trend, trend
from conformance.reports.words import shown
from specs.printable import printable

MOST_BYTES = 1_000_000
MOST_ROWS = 200
"""Rows of one table; more of them begin another one."""

MOST_KINDS = 3
"""Kinds of violation of one requirement."""

TAME = re.compile(r"[^\s`|\\](?:[^`|\\]*[^\s`|\\])?")
"""What may stand between backticks, in a table too."""

LEFT_OUT = f"\n_The rest is left out, as this would be longer than {MOST_BYTES} bytes; `--report-json` has all of it._\n"

Report = Mapping[str, Any]
Run = Mapping[str, Any]


def markdown(report: Report, previous: Sequence[Report] = ()) -> str:
    """*report* as GitHub Flavored Markdown of at most `MOST_BYTES` bytes; *previous* reports add what changed."""
    room = MOST_BYTES - len(LEFT_OUT.encode())
    written: list[str] = []
    for block in _blocks(report, previous):
        room -= len(block.encode()) + 1
        if room < 0:
            return "\n".join(written) + LEFT_OUT
        written.append(block)
    return "\n".join(written)


def prose(text: str) -> str:
    """*text* as one line of Markdown that means itself: no markup, no link, no mention of anybody."""
    found = re.sub(r"[\\`*_\[\]|~]", r"\\\g<0>", shown(text))
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("$", "&#36;")):
        found = found.replace(sign, entity)
    # A space of no width keeps "@name", "#1" and "GH-1" from being what they look like.
    found = re.sub(r"@|#(?!36;)|(?i:\bGH-)(?=[0-9])", "\\g<0>&#8203;", found)
    return re.sub(r"(?i)\bwww\.", lambda each: f"{each[0][:-1]}&#46;", found.replace("://", "&#58;//"))


def code(text: str, most: int = words.MOST_TEXT) -> str:
    """*text* in one line of code, wherever it stands."""
    found = shown(text, most)
    if not found:
        return "an empty text"
    if TAME.fullmatch(found):
        return f"`{found}`"
    return f"<code>{''.join(each if each.isalnum() or each == ' ' else f'&#{ord(each)};' for each in found)}</code>"


def fenced(text: str) -> str:
    """*text* as a block of code."""
    held = printable(text)
    ticks = "`" * (max((len(run) for run in re.findall("`+", held)), default=0) + 1)
    fence = max("```", ticks, key=len)
    return f"{fence}text\n{held}\n{fence}"


def _blocks(report: Report, previous: Sequence[Report]) -> Iterator[str]:
    """Pieces that each stand for themselves, the most important ones first."""
    runs = report["runs"]
    yield f"# Gateway contract: {words.overall(report)}\n"
    if not runs:
        yield "Nothing was selected, so nothing was judged.\n"
    if len(runs) > 1:
        yield from _overview(runs)
    for run in runs:
        yield from _run(run, trend(run, previous), NOTHING_OLDER if previous else "")
    if len(runs) > 1:
        yield from _matrix(report)
    for run in runs:
        yield from _everything(run, f"{words.label(run)}: " if len(runs) > 1 else "")
    tool = report["tool"]
    yield f"\n{prose(tool['name'])} {prose(tool['version'])}\n"


def _overview(runs: Sequence[Run]) -> Iterator[str]:
    rows = [
        f"| {code(words.label(run))} | {prose(words.sentence(run))} | {words.counted(run)} | {run['requests']['sent']} |"
        for run in runs
    ]
    yield from _tables("", "| gateway | verdict | outcomes | requests |\n|---|---|---|---|", rows)


def _run(run: Run, trend: Trend | None, otherwise: str) -> Iterator[str]:
    yield f"## {prose(words.heading(run))}\n"
    yield f"**{prose(words.sentence(run))}**\n"
    facts = [
        code(run["target"]),
        words.counted(run),
        words.requests(run),
        f"{run['duration_s']:g} s",
        f"depth {prose(run['settings']['depth'])}",
        words.when(run),
    ]
    yield f"{' · '.join(facts)}\n"
    if since := _since(trend) if trend else otherwise:
        yield f"{since}\n"
    for warning in run["warnings"]:
        yield f"> **Warning** {prose(warning)}\n"
    for finding in words.in_order(run["findings"]):
        if finding["outcome"] in ("fail", "error", "warn"):
            yield _finding(finding, run)
    if not run["refusal"]:
        yield from _unsettled(run)


def _since(trend: Trend) -> str:
    said = [f"{word} {', '.join(names)}" for word, names in (("broke", trend.broke), ("mended", trend.mended)) if names]
    return f"Since {words.when(trend.runs[-2])}: {'; '.join(said) or 'nothing broke and nothing was mended'}."


def _finding(finding: Mapping[str, Any], run: Run) -> str:
    """All that a failure says: where, what, where it is written, how to see it again, and the exchange to open."""
    lines = [f"### {finding['outcome']}: {finding['requirement']} {finding['level']}\n", f"_{prose(finding['says'])}_\n"]
    for group in finding["violations"][:MOST_KINDS]:
        lines.append(f"- at {code(words.place(group, run))}")
        lines.append(f"- expected {code(group['expected'])}")
        lines.append(f"- actual {code(group['actual'])}")
        if group["smallest"]:
            lines.append(f"- smallest {code(group['smallest'])}")
    if (more := len(finding["violations"]) - MOST_KINDS) > 0:
        lines.append(f"- and {more} other kinds of violation")
    if not finding["violations"]:
        lines.append(f"- because {prose(finding['reason'])}")
    if tried := words.tries(finding):
        lines.append(f"- shown {tried}")
    lines += [f"- the document itself asks for it: {prose(each['says'])}" for each in finding["departures"]]
    lines += [f"- cites {_cited(each)}" for each in finding["citations"][:10]]
    lines.append(f"- rerun {code(finding['rerun'])}")
    for group in finding["violations"][:1]:
        lines.append(f"- curl {code(group['curl'], 2000)}")
        if raw := words.answered(group, run):
            lines += ["", "<details><summary>The answer</summary>\n", fenced(raw), "\n</details>"]
    return "\n".join(lines) + "\n"


def _cited(citation: Mapping[str, Any]) -> str:
    where = code(words.cited(citation))
    return f"{where} «{prose(citation['quote'])}»" if citation["kind"] == "page" else where


def _unsettled(run: Run) -> Iterator[str]:
    """What neither passed nor failed, one line for each reason."""
    for outcome, title in (("inconclusive", "Could not be judged"), ("waived", "Waived"), ("not applicable", "Not applicable")):
        names: dict[str, list[str]] = {}
        for finding in run["findings"]:
            if finding["outcome"] == outcome:
                names.setdefault(finding["reason"], []).append(finding["requirement"])
        if names:
            yield f"### {title}\n"
            yield from (f"- {', '.join(ids)}: {prose(reason)}" for reason, ids in names.items())
            yield ""
    if run["unjudged"]:
        left = ", ".join(each["requirement"] for each in run["unjudged"])
        yield f"### Not reached\n\nThe run was cut short before {prose(left)}.\n"


def _matrix(report: Report) -> Iterator[str]:
    found = matrix(report)
    head = f"| requirement | {' | '.join(map(code, found.targets))} |\n|---|{'---|' * len(found.targets)}"

    def line(row: Row) -> str:
        cells = [f"**{each}**" if each in ("fail", "error") else each or "" for each in row.outcomes]
        return f"| {row.requirement} {row.level} | {' | '.join(cells)} |"

    loud = [line(row) for row in found.rows if not row.quiet]
    quiet = [line(row) for row in found.rows if row.quiet]
    yield "## All gateways\n"
    yield from _tables("", head, loud)
    kept = f"{len(quiet)} requirements that nobody breaks: each is kept wherever it could be judged"
    yield from _tables(kept, head, quiet)


def _everything(run: Run, of: str) -> Iterator[str]:
    findings = [
        f"| {each['outcome']} | {each['requirement']} | {each['level']} | {prose(each['says'])} |"
        for each in words.in_order(run["findings"])
    ]
    head = "| outcome | requirement | level | asks for |\n|---|---|---|---|"
    yield from _tables(f"{of}{len(findings)} requirements", head, findings)
    sent = [
        f"| {code(each['method'])} {code(each['url'])} {prose('; '.join(each['differs']))} "
        f"| {prose(each['reason']) if each['status'] is None else each['status']} | {each['tries']} "
        f"| {'' if each['seconds'] is None else format(each['seconds'], 'g')} "
        f"| {'' if each['bytes'] is None else each['bytes']} |"
        for each in run["sent"]
    ]
    head = "| request | answer | tries | s | bytes |\n|---|---|---|---|---|"
    more = f" and {run['sent_cut']} more" if run["sent_cut"] else ""
    yield from _tables(f"{of}{len(sent)} requests sent{more}", head, sent)


def _tables(title: str, head: str, rows: Sequence[str]) -> Iterator[str]:
    """*rows* under *head*, folded under a *title* if there is one."""
    for first in range(0, len(rows), MOST_ROWS):
        table = "\n".join([head, *rows[first : first + MOST_ROWS]])
        yield f"<details><summary>{prose(title)}</summary>\n\n{table}\n\n</details>\n" if title else f"{table}\n"
