"""Wires the suite into pytest: options, collection, sending, outcomes, summary, exit code."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from conformance import contract, options, report, summary, transcript_file, waivers_file, whole_file
from conformance.contract import RUNS, SETTINGS, USAGE, Contract, RequirementItem
from conformance.finding import Finding, Outcome
from conformance.outputs import JUNITXML, NOTHING, Outputs
from conformance.reports import formats, workflow
from conformance.reports.badge import NoBadge
from conformance.run import Run, World
from conformance.side_by_side import SideBySide
from conformance.transcript_file import TooLarge
from conformance.verdict import Verdict, worst
from specs.errors import SpecError
from specs.printable import printable

WIRE = ("httpx2", "httpcore2", "h2", "hpack")
"""Loggers that write down what goes over the wire, with the key."""

CONTRACT = "conformance/contract.py"
"""What pytest calls the file, wherever it is installed and in whatever folder it is started."""

SIDE_BY_SIDE = pytest.StashKey[SideBySide]()
UNWRITTEN = pytest.StashKey[list[str]]()
COMMANDS = pytest.StashKey[list[str]]()
UPDATED = pytest.StashKey[list[str]]()
LETTERS = {
    Outcome.WARN: ("warned", "w", ("WARN", {"yellow": True})),
    Outcome.WAIVED: ("waived", "v", ("WAIVED", {"yellow": True})),
    Outcome.INCONCLUSIVE: ("inconclusive", "?", ("INCONCLUSIVE", {"yellow": True})),
    Outcome.NOT_APPLICABLE: ("not applicable", "-", ("NOT APPLICABLE", {"cyan": True})),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds --target and what goes with it."""
    options.add(parser.getgroup("conformance", "gateway conformance").addoption)


@pytest.hookimpl(tryfirst=True)  # before the plugin that writes pytest's own JUnit file looks whether it is to
def pytest_configure(config: pytest.Config) -> None:
    """Keeps the wire out of logs, and refuses to be spread over processes, which would each send a run of their own."""
    judges = any(map(config.getoption, ("--target", "--targets", "--replay")))
    if judges and config.getoption("numprocesses", None):
        raise pytest.UsageError("one run sends its requests one after another; leave out -n, or start several runs")
    if judges:
        config.stash[JUNITXML], config.option.xmlpath = config.option.xmlpath, None
        for logger in map(logging.getLogger, WIRE):
            config.add_cleanup(partial(logger.setLevel, logger.level))
            logger.setLevel(logging.CRITICAL + 1)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Contract | None:
    """Takes conformance/contract.py for the contract of the target."""
    if file_path == Path(contract.__file__):
        return Contract.from_parent(parent, path=file_path, nodeid=CONTRACT)
    return None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Ends with one line, exit code 4, when the options cannot be used."""
    if USAGE in config.stash:
        raise pytest.UsageError(config.stash[USAGE])
    if SETTINGS in config.stash:
        side_by_side = config.stash[SIDE_BY_SIDE] = SideBySide(config.stash[SETTINGS].jobs, _Terminal(config))
        config.stash[RUNS] = contract.runs(config, items, lambda target: side_by_side.world(target, World()))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Prints the plan, or sends it before the first requirement is judged."""
    stash = session.config.stash
    if SETTINGS not in stash or session.config.option.collectonly:
        return None
    if stash[SETTINGS].plan_only:
        return True
    _frame(session.config, session.config.pluginmanager.getplugin("terminalreporter"))
    # What was imported and collected stays, and is not looked through for garbage whenever answers have come.
    gc.freeze()
    session.config.add_cleanup(gc.unfreeze)
    if stash[RUNS]:
        stash[SIDE_BY_SIDE].send(stash[RUNS])
    return None


class _Terminal:
    """Tells pytest's terminal how far the asking is, where somebody looks at it."""

    def __init__(self, config: pytest.Config) -> None:
        self._reporter: Any = config.pluginmanager.getplugin("terminalreporter")

    def progress(self, text: str) -> None:
        """*text* in the line that is written anew."""
        if self._reporter is not None and self._reporter.isatty:
            self._reporter.rewrite(text, erase=True)

    def line(self, text: str) -> None:
        """*text* in a line of its own."""
        if self._reporter is not None:
            self._reporter.write_line(text)


def _frame(config: pytest.Config, terminal: Any) -> None:
    """Keeps what a gateway says from being a command for GitHub's runner, where that is given commands."""
    settings = config.stash[SETTINGS]
    if settings.outputs.token and terminal is not None and not settings.plan_only:
        begin, end = workflow.framed(settings.outputs.token)
        terminal.write_line(begin)
        config.stash[COMMANDS] = [end]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Counts an exception that is no finding as an error of ours."""
    found = yield
    if isinstance(item, RequirementItem) and call.excinfo and item.run and item.finding is None:
        reason = item.run.settings.hidden(f"{call.excinfo.typename}: {call.excinfo.value}")
        item.run.findings.append(Finding(item.requirement, Outcome.ERROR, reason))
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, Any] | None:
    """Gives the outcomes that pytest does not know their own letters and counts."""
    named = dict(report.user_properties).get("outcome") if report.when == "call" else None
    return LETTERS.get(Outcome(named)) if named else None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Turns the findings into the exit code, and writes the report."""
    runs = session.config.stash.get(RUNS, [])
    for run in runs:
        run.close()
    settings = session.config.stash.get(SETTINGS, None)
    if settings is None or session.config.option.collectonly:
        return
    if exitstatus in (Verdict.KEPT, Verdict.BROKEN, Verdict.NOTHING):
        session.exitstatus = Verdict.KEPT if settings.plan_only else worst(run.verdict for run in runs)
    if settings.plan_only:
        return
    # The transcript comes first: what is judged for the report is no part of it.
    _write(session, "--record", settings.record, lambda path: transcript_file.write(path, runs))
    if settings.outputs != NOTHING:
        _write_reports(session, settings.outputs, report.report(runs, session.exitstatus))
    if session.exitstatus not in (Verdict.INTERRUPTED, Verdict.OUR_ERROR):
        _write(session, "--waivers", settings.waivers_update, lambda path: _update_waivers(session, path, runs))


def _write_reports(session: pytest.Session, outputs: Outputs, found: dict[str, Any]) -> None:
    _write(session, "--report-json", outputs.json, lambda path: whole_file.write(path, report.encoded(found)))
    for option in outputs.files:
        write = partial(formats.write, option, report=found, previous=outputs.previous)
        _write(session, option, outputs.files[option], write)
    if outputs.token:
        session.config.stash[COMMANDS] = [*session.config.stash.get(COMMANDS, []), *workflow.commands(found)]


def _write(session: pytest.Session, option: str, path: Path | None, write: Callable[[Path], None]) -> None:
    """Has a file written, if there is to be one; where that cannot be, the run ends with a sentence and our exit code."""
    if path is None:
        return
    try:
        write(path)
    except NoBadge as why:
        _tell(session, f"{option} {path}: not written, as {why}")
    except (OSError, TooLarge, SpecError) as error:
        reason = f"{error.strerror}; it is not written" if isinstance(error, OSError) else str(error)
        _tell(session, f"{option} {path}: {reason}")
        session.exitstatus = Verdict.OUR_ERROR


def _tell(session: pytest.Session, line: str) -> None:
    session.config.stash[UNWRITTEN] = [*session.config.stash.get(UNWRITTEN, []), printable(line)]


def _update_waivers(session: pytest.Session, path: Path, runs: list[Run]) -> None:
    done = waivers_file.update(path, runs, session.config.stash[SETTINGS].waivers_days)
    lines = [f"{path}: waivers added: {len(done.added)}, removed: {len(done.removed)}; the next run is judged by them"]
    lines += [f"  added     {each.of} for {each.target} until {each.expires}" for each in done.added]
    lines += [f"  removed   {each.of} for {each.target}: {each.reason}" for each in done.removed]
    session.config.stash[UPDATED] = lines


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints warnings and the verdict, or the plan."""
    for run in config.stash.get(RUNS, []) if not config.option.collectonly else []:
        if run.settings.plan_only:
            terminalreporter.section("plan")
            for line in summary.plan(run):
                terminalreporter.line(line)
            continue
        for warning in summary.warnings(run):
            terminalreporter.section("warning", yellow=True)
            terminalreporter.line(warning)
        terminalreporter.section("conformance")
        for line in summary.lines(run):
            terminalreporter.line(line)
    judged = [each for each in config.stash.get(RUNS, []) if not each.settings.plan_only]
    if len(judged) > 1 and not config.option.collectonly:
        terminalreporter.section("gateways")
        for line in summary.matrix(judged):
            terminalreporter.line(line)
    for line in config.stash.get(UPDATED, []):
        terminalreporter.line(printable(line))
    for line in config.stash.get(UNWRITTEN, []):
        terminalreporter.line(line, red=True)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Prints the annotations behind everything else."""
    terminal: Any = config.pluginmanager.getplugin("terminalreporter")
    for line in config.stash.get(COMMANDS, []) if terminal is not None else []:
        terminal.write_line(line)
