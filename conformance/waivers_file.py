"""A waivers file brought up to date, without a change to what else people wrote into it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import yaml

from conformance import whole_file
from conformance.finding import Outcome
from conformance.run import Run
from conformance.waivers import DAYS, Waiver, parsed, read
from specs.errors import SpecError
from specs.requirement import Lens

START = "# Deviations that are known and accepted until a day; see docs/conformance.md.\nwaivers: []\n"


COMMA = re.compile(r"(?:\s|#[^\n]*\n)*,")
"""The comma behind an entry, before which there may be comments."""


@dataclass(frozen=True)
class Update:
    """What was changed: the waivers that were added, and those that nothing showed any more and that were taken out."""

    added: tuple[Waiver, ...] = ()
    removed: tuple[Waiver, ...] = ()


def update(path: Path, runs: Sequence[Run], days: int = DAYS) -> Update:
    """Adds to the file at *path* a waiver for each failure of *runs* that has none, and takes out what nothing shows.

    Raises OSError when it cannot be written, and SpecError when it cannot be changed without a loss; then it is as it was.
    """
    text = path.read_bytes().decode() if path.exists() else START
    held = read(path) if path.exists() else ()
    added = tuple(_lacking(runs, held, days))
    over = [index for index, waiver in enumerate(held) if _is_over(waiver, runs)]
    if added or over:
        changed = edited(text, added, over)
        wanted = [waiver for index, waiver in enumerate(held) if index not in over] + list(added)
        if not _says(changed, wanted):
            hint = "write its waivers as a list, one below the other, or change it by hand"
            raise SpecError(str(path), "", found="YAML that cannot be changed safely", expected="a plain list", hint=hint)
        whole_file.write(path, changed.encode())
    return Update(added, tuple(held[index] for index in over))


def edited(text: str, added: Sequence[Waiver], over: Collection[int]) -> str:
    """The waivers file *text* with *added* at its end and without those whose index is in *over*."""
    newline = "\r\n" if "\r\n" in text else "\n"
    name, sequence = _list(text)
    starts, ends = _lines(text, sequence)
    if sequence.flow_style:
        return _edited_flow(text, sequence, added, over, newline)
    kept = text
    if added:
        indent = " " * sequence.start_mark.column
        entries = "".join(_entry(each, indent, newline) for each in added)
        whole = kept[: ends[-1]]
        kept = f"{whole}{'' if whole.endswith(newline) else newline}{entries}{kept[ends[-1] :]}"
    elif len(over) == len(starts):
        colon = text.index(":", name.end_mark.index)
        kept = f"{text[: colon + 1]} []{text[colon + 1 :]}"
        shift = len(" []")
        starts, ends = [each + shift for each in starts], [each + shift for each in ends]
    for index in sorted(over, reverse=True):
        kept = kept[: starts[index]] + kept[ends[index] :]
    return kept


def _edited_flow(text: str, sequence: yaml.SequenceNode, added: Sequence[Waiver], over: Collection[int], newline: str) -> str:
    """Likewise for a list in brackets."""
    start, end = sequence.start_mark.index, sequence.end_mark.index
    if len(over) == len(sequence.value):
        entries = newline + "".join(_entry(each, "  ", newline) for each in added) if added else " []"
        return text[:start].rstrip() + entries.removesuffix(newline) + text[end:]
    inside = [f"{{{', '.join(f'{name}: {value}' for name, value in _members(each))}}}" for each in added]
    last = sequence.value[-1].end_mark.index
    comma = COMMA.match(text, last)
    kept = text
    if inside:
        at = comma.end() if comma else last
        kept = f"{text[:at]}{'' if comma else ','} {', '.join(inside)}{text[at:]}"
    for index in sorted(over, reverse=True):
        node = sequence.value[index]
        behind = COMMA.match(kept, node.end_mark.index)
        kept = kept[: node.start_mark.index] + kept[behind.end() if behind else node.end_mark.index :]
    return kept


def _lacking(runs: Sequence[Run], held: Sequence[Waiver], days: int) -> Iterator[Waiver]:
    """A waiver for each violation that failed and that none of *held* is about, be it expired."""
    known = set()
    for run in runs:
        day = run.today
        own = [each for each in held if each.target.lower() in (run.target.host, "*")]
        for finding in run.findings:
            if finding.outcome is not Outcome.FAIL:
                continue
            for group in finding.groups:
                breach, name = finding.requirement.id, group.fingerprint
                about = any(each.requirement in (None, breach) and each.fingerprint in (None, name) for each in own)
                if not about and (run.target.host, name) not in known:
                    known.add((run.target.host, name))
                    reason = f"recorded on {day}, not yet explained"
                    yield Waiver(breach, name, run.target.host, reason, day + timedelta(days))


def _is_over(waiver: Waiver, runs: Sequence[Run]) -> bool:
    """Whether *runs* show that *waiver* has nothing to waive: its requirement was judged, and kept in that.

    What clients need is asked of every gateway, so that another one at the same host may need the waiver.
    """
    if waiver.requirement is None or waiver.target == "*":
        return False  # another contract, or another target, may need it
    own = [each for each in runs if each.target.host == waiver.target.lower()]
    judged = [
        finding for run in own if not run.refusal for finding in run.findings if finding.requirement.id == waiver.requirement
    ]
    conclusive = judged and all(
        (each.outcome is Outcome.PASS or each.groups) and each.requirement.lens is Lens.DOCUMENT for each in judged
    )
    return bool(conclusive) and not waiver.shown_by(judged)


def _says(text: str, wanted: Sequence[Waiver]) -> bool:
    """Whether *text* is a waivers file with what is *wanted*."""
    try:
        return list(parsed(text, "")) == wanted
    except SpecError:
        return False


def _list(text: str) -> tuple[yaml.Node, yaml.SequenceNode]:
    """The name `waivers` in *text*, which is a waivers file, and the list behind it."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise TypeError("what was read as a waivers file is none")
    ((name, sequence),) = root.value
    return name, sequence


def _lines(text: str, sequence: yaml.SequenceNode) -> tuple[list[int], list[int]]:
    """Where the lines of each entry of a list with dashes begin and end; what is between the entries belongs to none."""
    dashes = [
        token.start_mark.index for token in yaml.scan(text, Loader=yaml.SafeLoader) if isinstance(token, yaml.BlockEntryToken)
    ]
    ends = []
    for entry in sequence.value:
        last = entry.end_mark.index if entry.flow_style else max(value.end_mark.index for _, value in entry.value)
        last = len(text[:last].rstrip())
        line = text.find("\n", last)
        ends.append(len(text) if line < 0 else line + 1)
    return [text.rfind("\n", 0, dash) + 1 for dash in dashes], ends


def _entry(waiver: Waiver, indent: str, newline: str) -> str:
    lines = [f"{name}: {value}" for name, value in _members(waiver)]
    return "".join(f"{indent}{'  ' if number else '- '}{line}{newline}" for number, line in enumerate(lines))


def _members(waiver: Waiver) -> Iterable[tuple[str, str]]:
    # In quotes, as YAML reads some hosts, days and fingerprints as numbers.
    yield from (("requirement", f"{waiver.requirement}"), ("fingerprint", f"'{waiver.fingerprint}'"))
    yield from (("target", f"'{waiver.target}'"), ("reason", f"'{waiver.reason}'"), ("expires", f"'{waiver.expires}'"))
