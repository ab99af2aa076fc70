"""``gateway-contracts record URL``: what a live gateway answers, as recordings that the mock replays."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from conformance.run import World
from conformance.settings import Settings
from gateway_contracts import reaching
from gateway_contracts.exit_code import ExitCode
from gateway_contracts.recording import telling
from gateway_contracts.recording.capturing import Incomplete, capture
from gateway_contracts.recording.document import documents
from gateway_contracts.recording.folder import File, files, others, write
from gateway_contracts.recording.redacting import Redaction
from gateway_contracts.recording.rules import rules
from gateway_contracts.recording.telling import Recorded
from gateway_contracts.recording.wanted import Wanted, wanted
from gateway_contracts.screen import Screen
from gateway_contracts.usage import UsageError
from specs.loader import FIXTURES

LABEL = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
TRIES = 2
"""So many requests may be sent for each that is planned, as some are tried again."""

EPILOG = """\
Only reading requests are sent, a handful. Keys, names of accounts, ids of requests and the like are taken out of what is
written (docs/recording.md tells the rules); look at it all the same before you pass it on.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of record."""
    add = parser.add_argument
    parser.epilog = EPILOG
    add("target", metavar="URL", help="the gateway: its root or an SDK's base URL, such as https://host/v1")
    add("--into", type=Path, metavar="DIR", default=Path("recordings"), help="folder to write to (default: %(default)s)")
    add("--label", type=_label, default="captured", help="what the recordings are called (default: %(default)s)")
    add("--force", action="store_true", help="replace recordings from which the gateway's answers differ")
    add("--plan", action="store_true", help="print what would be asked, and send nothing")
    add("--json", action="store_true", help="print JSON")
    reaching.add_options(parser)


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Records, unless something else is there already; says what was written, or why nothing was."""
    settings = reaching.reach(options.target, options, os.environ)
    everything = wanted(settings.targets[0].provider)
    if options.plan:
        _print_plan(everything, options, settings, screen)
        return ExitCode.GOOD
    if problem := _unwritable(options.into):
        raise UsageError(f"--into {options.into}: {problem}")
    try:
        recorded = _recorded(everything, options, settings, World())
    except Incomplete as reason:
        sentence = settings.hidden(f"{reason}; nothing is written")
        if options.json:
            screen.json({"written": False, "reason": sentence})
        screen.error(f"gateway-contracts record: {sentence}")
        return ExitCode.INCONCLUSIVE
    except KeyboardInterrupt:
        screen.error("gateway-contracts record: interrupted; nothing is written")
        return ExitCode.INTERRUPTED
    if options.json:
        screen.json(telling.value(recorded))
    else:
        screen.line(f"{recorded.provider.title} at {recorded.url}")
        screen.table(("file", "is", "holds"), telling.rows(recorded))
        for line in telling.lines(recorded, options.into):
            screen.line(settings.hidden(line))
    if recorded.refused:
        return ExitCode.BROKEN
    return ExitCode.GOOD if recorded.whole else ExitCode.INCONCLUSIVE


def _recorded(everything: Sequence[Wanted], options: argparse.Namespace, settings: Settings, world: World) -> Recorded:
    """Asks for *everything* and writes it. Raises `Incomplete`, OSError, UsageError for the folder."""
    (target,) = settings.targets
    transcript = reaching.transcript(target, settings, TRIES * len(everything), world)
    try:
        captured = capture(target, everything, transcript, settings.key, settings.key_env)
    finally:
        transcript.client.close()
    redaction = Redaction(rules(), settings.hidden)
    day = datetime.fromtimestamp(world.now(), tz=UTC).date().isoformat()
    made = documents(captured, target.provider, rules(), redaction, label=options.label, day=day)
    found = files(made, options.into, target.provider, rules())
    departing = [each.document.name for each in found if "departs" in each.document.content]
    if departing and options.into.resolve() == FIXTURES.resolve():
        raise UsageError(
            f"--into {options.into}: what comes along keeps the contract, and {departing[0]} does not;"
            " write it to another folder, which the mock serves by --recordings"
        )
    chosen = _chosen(found, force=options.force)
    left = others(found, {each.label(options.label) for each in everything})
    write(chosen)
    return Recorded(target.provider, target.root, found, chosen, captured, left, redaction.taken, transcript.budget.sent)


def _chosen(found: Sequence[File], *, force: bool) -> Sequence[File]:
    """Which of *found* are written: all, with *force*; else what is new, unless anything differs from what is there."""
    if force:
        return found
    return [] if any(each.differs for each in found) else [each for each in found if not each.exists]


def _print_plan(everything: Sequence[Wanted], options: argparse.Namespace, settings: Settings, screen: Screen) -> None:
    (target,) = settings.targets
    rows = list(telling.plan(everything, target.provider, options.into, options.label))
    most = TRIES * len(rows)
    if options.json:
        requests = [{"request": request, "file": file} for request, file in rows]
        screen.json({"provider": target.provider.id, "target": target.root, "requests": requests, "at_most": most})
        return
    screen.line(f"{target.provider.title} at {target.root}")
    screen.table(("request", "recording"), rows)
    screen.line(f"{len(rows)} requests, at most {most} where some have to be sent again")


def _unwritable(folder: Path) -> str:
    """Why nothing can be written to *folder*, which may have to be made; an empty string where it can."""
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    if not there.is_dir():
        return f"{there} is no folder"
    return "" if os.access(there, os.W_OK) else f"{there} cannot be written to"


def _label(text: str) -> str:
    if not LABEL.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no label, expected small letters, digits and hyphens, such as captured")
    return text
