"""The end of a run on a terminal: verdict, counts, what went over the wire, what nothing exercised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from conformance.evidence import text
from conformance.finding import Outcome
from conformance.run import Run
from conformance.verdict import WORDS, Verdict
from conformance.waivers import State
from specs.printable import printable
from specs.requirement import Lens

UNLESS = "only if nothing before had to be asked again"

MOST_BROKEN = 5
"""Broken requirements that are named in a gateway's row; how many more there are is counted."""

MOST_ALONE = 3
"""Requirements that have a line each though they share one reason; of more, so many are named in one line."""


def lines(run: Run) -> Iterator[str]:
    """The summary of *run*, line by line."""
    for line in _lines(run):
        yield printable(run.settings.hidden(line))


def _lines(run: Run) -> Iterator[str]:
    counts = Counter(finding.outcome for finding in run.findings)
    yield _named(run)
    if run.kept and run.settings.replay:
        when = datetime.fromtimestamp(run.now, tz=UTC)
        yield f"  replayed  {run.settings.replay.path}, recorded {when:%Y-%m-%d %H:%M} UTC; nothing was sent"
    for warning in run.warnings:
        yield f"  warning   {warning}"
    if run.refusal:
        yield f"  verdict   inconclusive: {run.refusal}"
        yield f"  requests  {run.budget.sent} sent"
        return
    planned = len(run.requirements)
    cut = f", cut short after {len(run.findings)} of {planned} requirements" if len(run.findings) < planned else ""
    yield f"  verdict   {WORDS[run.verdict]}{cut}"
    yield f"  outcomes  {', '.join(f'{counts[each]} {each.value}' for each in Outcome if counts[each]) or 'none'}"
    burst = f", {run.budget.bursts} in a burst" if run.budget.bursts else ""
    yield f"  requests  {run.budget.sent} sent of at most {run.budget.requests}{burst}, {run.budget.saved} saved by asking once"
    yield f"  key       {_key(run)}"
    if words := run.capabilities.words():
        yield f"  capable   {', '.join(f'{name}: {word}' for name, word in words.items())}"
    broken = [finding for finding in run.findings if finding.outcome is Outcome.FAIL]
    if broken:
        yield f"  broken    {', '.join(finding.requirement.id for finding in broken)}"
    yield from _clients(run)
    yield from _unsettled(run)
    yield from _waivers(run)
    if run.undeclared:
        shown = run.undeclared if run.settings.closed else run.undeclared[:5]
        more = f" and {len(run.undeclared) - len(shown)} more" if len(shown) < len(run.undeclared) else ""
        yield f"  unknown   members that the contract does not have: {', '.join(shown)}{more}"


def _key(run: Run) -> str:
    """Which key was presented to the target, by the variable that holds it."""
    if run.settings.key:
        return f"that in {run.settings.key_env}"
    if run.key:
        return f"none in {run.settings.key_env}; {run.key} was sent, as the target is on this machine"
    return f"none in {run.settings.key_env}, so none was sent"


def _unsettled(run: Run) -> Iterator[str]:
    """What neither passed nor failed, with the reason."""
    for outcome, word in ((Outcome.WAIVED, "waived"), (Outcome.INCONCLUSIVE, "unjudged"), (Outcome.NOT_APPLICABLE, "unshown")):
        for reason, names in _reasons(run, outcome).items():
            many = len(names) > MOST_ALONE
            for name in [f"{', '.join(names[:MOST_ALONE])} and {len(names) - MOST_ALONE} more"] if many else names:
                yield f"  {word:<9} {name}: {reason}"


def _reasons(run: Run, outcome: Outcome) -> dict[str, list[str]]:
    """The ids of the requirements that ended with *outcome*, by the reason; what clients showed is told by itself."""
    found: dict[str, list[str]] = {}
    for finding in run.findings:
        if finding.outcome is outcome and (finding.requirement.lens is Lens.DOCUMENT or outcome is Outcome.WAIVED):
            found.setdefault(finding.reason, []).append(finding.requirement.id)
    return found


def _named(run: Run) -> str:
    """What was judged, in a line."""
    name = f"{run.target.name}: " if run.target.name else ""
    return f"{name}{run.target.provider.title} at {run.target.root}"


def _clients(run: Run) -> Iterator[str]:
    """One line on what official SDKs make of the answers, where that was judged."""
    found = [finding for finding in run.findings if finding.requirement.lens is Lens.CLIENTS]
    by = {outcome: [each.requirement.id for each in found if each.outcome is outcome] for outcome in Outcome}
    told = [
        f"{len(by[outcome])} {word}{'s' * (len(by[outcome]) != 1)}: {', '.join(by[outcome])}"
        for outcome, word in ((Outcome.FAIL, "failure"), (Outcome.WARN, "warning"))
        if by[outcome]
    ] or ["no warning"]
    unshown = [*by[Outcome.INCONCLUSIVE], *by[Outcome.NOT_APPLICABLE]]
    told += [f"nothing shows {', '.join(unshown)}"] if unshown else []
    if found:
        yield f"  clients   {'; '.join(told)}"


def _waivers(run: Run) -> Iterator[str]:
    """The waivers that do nothing: expired ones, those for which nothing was seen, and those for another port."""
    states = run.waivers.states(run.findings, run.requirements)
    for waiver, state in states.items():
        if state is State.EXPIRED:
            yield f"  expired   the waiver of {waiver.of}, on {waiver.expires}: {waiver.reason}"
    for waiver, state in states.items():
        if state is State.UNOBSERVED:
            yield f"  unneeded  the waiver of {waiver.of}: nothing that it waives was seen"
    for waiver in run.waivers.missing:
        yield f"  unmatched the waiver of {waiver.of}: it is for {waiver.target}, and this gateway is at {run.target.host}"


def matrix(runs: Sequence[Run]) -> Iterator[str]:
    """Gateways beside each other, a row for each of *runs*: the verdict, how many requirements ended how, what is broken."""
    counts = [Counter(finding.outcome for finding in run.findings) for run in runs]
    shown = [each for each in Outcome if any(count[each] for count in counts)]
    rows = [("gateway", "verdict", *(each.value for each in shown), "broken, or why there is no verdict")]
    for run, count in zip(runs, counts, strict=True):
        verdict = run.verdict.name.replace("_", " ")
        named = run.target.name or run.target.provider.id
        numbers = (str(count[each] or "") for each in shown)
        rows.append((named, verdict if run.verdict is Verdict.BROKEN else verdict.lower(), *numbers, _broken(run)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if 1 < at < len(row) - 1 else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _broken(run: Run) -> str:
    """The ids of the broken requirements, or why nothing was judged."""
    if run.refusal:
        return printable(run.settings.hidden(run.refusal))
    broken = [finding.requirement.id for finding in run.findings if finding.outcome is Outcome.FAIL]
    more = f" and {len(broken) - MOST_BROKEN} more" if len(broken) > MOST_BROKEN else ""
    return f"{', '.join(broken[:MOST_BROKEN])}{more}"


def warnings(run: Run) -> Iterator[str]:
    """The text of each requirement that is broken without failing the run."""
    for finding in run.findings:
        if finding.outcome is Outcome.WARN:
            settings = run.settings
            yield settings.hidden(text(finding, run.target, settings.key_env, settings.connection, settings.command))


def plan(run: Run) -> Iterator[str]:
    """Every request that would be sent, with the requirements it serves."""
    for line in _plan(run):
        yield printable(run.settings.hidden(line))


def _plan(run: Run) -> Iterator[str]:
    yield _named(run)
    operations = run.target.provider.operations
    number = 0
    for number, (request, serves) in enumerate(run.plan.requests, start=1):
        varied = request.varied
        if request in run.plan.spared:
            varied = f"{varied[:-1]}; {UNLESS}]" if varied else f"  [{UNLESS}]"
        yield f"{number:>4}  {request.method} {request.reference(operations[request.operation])}{varied}"
        yield f"      {', '.join(serves)}"
    for case in run.plan.order:
        if case.until is not None:
            yield f"      and a burst of at most {len(case.requests)} requests, until one is answered {case.until}"
            break
    yield f"{number} requests, at most {run.budget.requests} allowed; more than these only to look again at what is not right"
