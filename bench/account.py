"""The account: each request as the lots say, as the client saw it, and as the journal counted it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bench import lots
from bench.client import Form, Received
from specs.recording import Recording

OK = 200  # the status that the faults of the wire spoil
# How a client sees the faults of the wire; all others change the content.
_FORMS = {
    "CONNECTION_RESET_BY_PEER": Form.RESET,
    "EMPTY_RESPONSE": Form.NOTHING,
    "MALFORMED_RESPONSE_CHUNK": Form.GARBLED,
    "RANDOM_DATA_THEN_CLOSE": Form.GARBLED,
    "TIMEOUT": Form.SILENT,
    "SLOW_CLOSE": Form.WHOLE,
    "TRUNCATE": Form.CUT,
    "CONTENT_LENGTH_MISMATCH": Form.SURPLUS,
    "DRIBBLE": Form.WHOLE,
    "BANDWIDTH": Form.WHOLE,
}


class Seen(NamedTuple):
    """What a client can tell of an answer: the *status* as it was recorded; or else None, and in which *form* it came.

    A whole answer that is not as recorded has the form WHOLE and no status.
    """

    form: Form
    status: int | None

    def __str__(self) -> str:
        if self.form is not Form.WHOLE:
            return str(self.form.value)
        return "another answer" if self.status is None else f"{self.status} as recorded"


AS_RECORDED, ANOTHER = Seen(Form.WHOLE, OK), Seen(Form.WHOLE, None)


def seen(received: Received, recordings: Mapping[int, Recording]) -> Seen:
    """*received* compared with the *recordings* by status, which are what is to be answered."""
    recording = recordings.get(received.status or 0)
    if received.form is not Form.WHOLE:
        return Seen(received.form, None)
    if recording is None or received.coding is not None or received.media_type != _media_type(recording):
        return ANOTHER
    return Seen(Form.WHOLE, recording.status) if _same(received.content, recording) else ANOTHER


def expected(hit: str | None) -> Seen:
    """What a client sees where the lot is for *hit*."""
    if hit is None:
        return AS_RECORDED
    if hit.isdecimal():
        return Seen(Form.WHOLE, int(hit))
    form = _FORMS.get(hit)
    if form is None:
        return ANOTHER
    return AS_RECORDED if form is Form.WHOLE else Seen(form, None)


class Row(NamedTuple):
    """One thing that a client can see, how often it was *drawn*, *seen* and *counted*, and for which *hits*."""

    what: Seen
    drawn: int
    seen: int
    counted: int
    hits: tuple[str, ...]


@dataclass
class Account:
    """What the client saw of requests that chaos with *rates* and *seed* was to meet."""

    rates: Mapping[str, float]
    seed: int
    sent: int = 0
    seen: Counter[Seen] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)  # of whole answers that are not as recorded

    def add(self, what: Seen, received: Received) -> None:
        """One more answer."""
        self.seen[what] += 1
        if what == ANOTHER and received.status is not None:
            self.statuses[received.status] += 1

    def compared(self, journal: Mapping[str, Any]) -> tuple[list[Row], list[str]]:
        """The table, and a sentence for each thing in *journal* or at the client that does not fit."""
        drawn = lots.drawn(self.rates, self.seed, self.sent)
        hits: dict[Seen, list[str | None]] = {}
        for name in sorted(drawn, key=str):
            hits.setdefault(expected(name), []).append(name)
        rows = []
        for what in sorted({*hits, *self.seen}, key=lambda each: (each.form is not Form.WHOLE, str(each))):
            names = hits.get(what, [])
            counted = sum(self._counted(journal, name) for name in names)
            rows.append(Row(what, sum(drawn[name] for name in names), self.seen[what], counted, tuple(filter(None, names))))
        return rows, [*self._odd(rows), *self._miscounted(journal, drawn), *self._misdrawn(journal)]

    def _counted(self, journal: Mapping[str, Any], name: str | None) -> int:
        if name is None:
            return int(journal["by_cause"].get("recording", 0))
        if name.isdecimal():
            return int(journal["by_status"].get(name, 0)) - self.statuses[int(name)]
        return int(journal["by_fault"].get(name, 0))

    def _odd(self, rows: list[Row]) -> Iterator[str]:
        for row in rows:
            if not row.drawn == row.seen == row.counted:
                yield f"{row.what}: drawn {row.drawn}, seen {row.seen}, counted {row.counted} times"

    def _miscounted(self, journal: Mapping[str, Any], drawn: Counter[str | None]) -> Iterator[str]:
        spoiled = Counter({name: n for name, n in drawn.items() if name is not None and not name.isdecimal()})
        statuses = Counter({str(status): n for status, n in self.statuses.items()})
        for what, n in self.seen.items():
            if what != ANOTHER:
                statuses[str(what.status or OK)] += n
        causes = Counter({"recording": drawn[None], "chaos": drawn.total() - drawn[None]})
        for kind, wanted in (("by_status", +statuses), ("by_cause", +causes), ("by_fault", spoiled)):
            if journal[kind] != wanted:
                yield f"the journal's {kind} is {journal[kind]}, expected {dict(sorted(wanted.items()))}"
        if journal["total"] != self.sent:
            yield f"the journal's total is {journal['total']}, expected {self.sent}"

    def _misdrawn(self, journal: Mapping[str, Any]) -> Iterator[str]:
        """The entries that the journal still holds, whose lots are not those of the seed."""
        for entry in journal["entries"]:
            draw = entry["draw"]
            value = lots.value(self.seed, draw["number"]) if draw else None
            if value is None or (draw["value"], draw["hit"]) != (value, lots.hit(self.rates, value)):
                yield f"the journal's entry {entry['number']} has the draw {draw}, which the seed {self.seed} does not make"
                return


def lost(rows: list[Row]) -> int:
    """How many answers nobody saw."""
    return sum(max(0, row.drawn - row.seen) for row in rows)


def _same(content: bytes, recording: Recording) -> bool:
    if content == recording.content:
        return True
    try:
        return recording.is_json and bool(json.loads(content) == recording.json())
    except ValueError:
        return False


def _media_type(recording: Recording) -> str | None:
    return next((value for name, value in recording.headers.items() if name.lower() == "content-type"), None)
