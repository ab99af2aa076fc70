"""Contract, recording and live: where they differ, who moved, and what is to be done about it.

A contract says what fields there are. Of models it only shows some, on the provider's page, so that a model that it does
not show, and what it does not say of one, is no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.snapshot import Snapshot
from gateway_contracts.changes.change import Change, Severity
from gateway_contracts.drift.comparing import NAMELESS, compare
from gateway_contracts.drift.documented import Documented, Fields
from specs import pointer

FIELD, TYPES, MODEL = "field", "types", "model"

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Verdict:
    """Who moved: what that *says*, and what to do *next*."""

    id: str
    says: str
    next: str


LIVE_LEFT = Verdict(
    "live-left",
    "Live alone is otherwise: contract and recording agree.",
    "Tell the provider; where the page says so by now, change the contract and record again.",
)
LIVE_MOVED = Verdict(
    "live-moved",
    "Live is not as recorded, and the contract allows both or does not say.",
    "Record again, if it is meant to be.",
)
RECORDING_BEHIND = Verdict("recording-behind", "The recording alone is otherwise: contract and live agree.", "Record again.")
CONTRACT_BEHIND = Verdict(
    "contract-behind",
    "The contract alone is otherwise: recording and live agree.",
    "Read the provider's page again, and change the contract or tell the provider.",
)
ALL_DIFFER = Verdict(
    "all-differ",
    "All three are otherwise.",
    "Read the provider's page again, change the contract or tell the provider, and record again.",
)
VERDICTS = (LIVE_LEFT, ALL_DIFFER, LIVE_MOVED, CONTRACT_BEHIND, RECORDING_BEHIND)


@dataclass(frozen=True)
class Difference:
    """*what* of the *subject* is otherwise in one of the three; None stands for nothing there, or nothing said."""

    verdict: Verdict
    severity: Severity
    at: str
    what: str
    subject: str
    contract: str | None
    recording: str | None
    live: str | None

    @property
    def sorting(self) -> tuple[object, ...]:
        """Which is told first: by verdict, then the worst, then by name."""
        values = (self.contract or "", self.recording or "", self.live or "")
        return VERDICTS.index(self.verdict), -self.severity, self.at, self.what, self.subject, values


def differences(shown: Snapshot | None, documented: Fields, recording: Snapshot, live: Snapshot) -> list[Difference]:
    """Where the three differ; *shown* is what the provider's page shows, and *documented* what the contract says of fields."""
    found = [*_moved(shown, documented, recording, live), *_behind(shown, documented, recording, live)]
    return sorted(found, key=lambda each: each.sorting)


def _moved(shown: Snapshot | None, documented: Fields, recording: Snapshot, live: Snapshot) -> Iterator[Difference]:
    """What is not as recorded."""
    known = {each.id for each in shown.models} if shown else set()
    to_recording, to_live = (_changes(shown, each, documented) for each in (recording, live))
    for change in compare(recording, live, documented, renaming=False):
        if change.what in (FIELD, TYPES):
            field = documented(change.subject)
            kept = [_keeps(each, change.subject, field) for each in (recording, live)]
            if change.what == FIELD and field.known and all((*kept, change.old, change.new)):
                continue  # how often an optional field is there is nobody's promise
            says: str | None = _says(field)
        elif change.what == NAMELESS:
            kept, says = [change.old == "0", change.new == "0"], "0"
        elif change.subject in known:
            key = _key(change)
            kept = [key not in to_recording, key not in to_live]
            says = _told(change, change.old if kept[0] else change.new if kept[1] else to_recording[key].old)
        else:
            kept, says = [True, True], None
        yield Difference(
            _verdict(*kept),
            change.rule.severity,
            change.at,
            change.what,
            change.subject,
            says,
            _told(change, change.old),
            _told(change, change.new),
        )


def _behind(shown: Snapshot | None, documented: Fields, recording: Snapshot, live: Snapshot) -> Iterator[Difference]:
    """Where recording and live agree, and the contract is otherwise."""
    moved = {_key(each) for each in compare(recording, live, documented, renaming=False)}
    to_recording, to_live = (_changes(shown, each, documented) for each in (recording, live))
    known = {each.id for each in shown.models} if shown else set()
    for key, change in to_live.items():
        both = key in to_recording and to_recording[key].new == change.new
        if both and key not in moved and change.subject in known:
            values = _told(change, change.old), _told(change, change.new), _told(change, change.new)
            yield Difference(CONTRACT_BEHIND, Severity.INFORMATION, change.at, change.what, change.subject, *values)
    differ = {subject for what, subject, _ in moved if what in (FIELD, TYPES)}
    yield from (each for each in _undocumented(documented, recording, live) if each.subject not in differ)


def _undocumented(documented: Fields, recording: Snapshot, live: Snapshot) -> Iterator[Difference]:
    """Fields in which neither recording nor live is as documented."""
    both = recording.fields.keys() & live.fields.keys()
    required = {
        f"{at}/{pointer.escape(name)}"
        for at in both
        if _objects(recording, at) and _objects(live, at)
        for name in documented.required(at)
    }
    for at in both | required:
        field, above = documented(at), at.rpartition("/")[0]
        if _keeps(recording, at, field) or _keeps(live, at, field) or not documented(above).known:
            continue  # what is inside something undocumented is so too
        severity = Severity.BREAKING if field.known else Severity.INFORMATION
        values = _says(field), _holds(recording, at), _holds(live, at)
        yield Difference(CONTRACT_BEHIND, severity, live.operation, FIELD, at, *values)


def _changes(shown: Snapshot | None, other: Snapshot, documented: Fields) -> Mapping[Key, Change]:
    """What of the models that are *shown* is otherwise on the *other* side."""
    found = compare(shown, other, documented, renaming=False) if shown else ()
    return {_key(each): each for each in found if each.what not in (FIELD, TYPES)}


def _key(change: Change) -> Key:
    """What is compared: a modality that is lost here may be gained there."""
    alone = (change.old is None) != (change.new is None) and not change.unit
    listed = alone and not change.what.startswith("price")
    return change.what, change.subject, (change.old or change.new or "") if listed else ""


def _verdict(recording: bool, live: bool) -> Verdict:
    """Who moved, by whether recording and live are as the contract says; they are not alike."""
    if recording:
        return LIVE_MOVED if live else LIVE_LEFT
    return RECORDING_BEHIND if live else ALL_DIFFER


def _told(change: Change, value: str | None) -> str | None:
    if value is None:
        return None
    if change.what == MODEL:
        return "listed"
    return f"{value} {change.unit}".rstrip()


def _objects(held: Snapshot, at: str) -> int:
    return held.fields.get(at, {}).get("object", 0)


def _keeps(held: Snapshot, at: str, field: Documented) -> bool:
    """Whether what stands at *at* is as documented; where there is no object to hold it, it is."""
    types = held.fields.get(at, {})
    if not field.known:
        return not types
    missing = field.required and sum(types.values()) < _objects(held, at.rpartition("/")[0])
    return field.allows(frozenset(types)) and not missing


def _says(field: Documented) -> str:
    if not field.known:
        return "not documented"
    return f"{' or '.join(sorted(field.types)) or 'anything'}, {'required' if field.required else 'optional'}"


def _holds(held: Snapshot, at: str) -> str | None:
    types, objects = held.fields.get(at, {}), _objects(held, at.rpartition("/")[0])
    if not types:
        return None
    share = f" in {sum(types.values())} of {objects}" if sum(types.values()) < objects else ""
    return f"{' or '.join(sorted(types))}{share}"
