"""Where the 200 answers of an operation come from: a recording as it is, a part of a recorded list, or one item of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any, Protocol

from mockserver.answer import Answer, RawFields, documented, raw
from mockserver.selection import Picks, Selection
from specs.contract import Operation
from specs.pointer import resolve, split
from specs.recording import Recording, encode

MAX_KEPT = 128  # encoded answers for a query, or items, that one source keeps


class NoSuchItemError(Exception):
    """The list has no item of that id."""


class Source(Protocol):
    """Something that makes 200 answers."""

    def answer(self, query: Mapping[str, str], parameters: Mapping[str, str], /) -> Answer:
        """The answer to a request with this *query*, whose path has *parameters*."""


class Replay:
    """A recording as it is, whatever is asked."""

    def __init__(self, operation: Operation, recording: Recording) -> None:
        self._answer = documented(operation, raw(recording.headers), recording.content)

    def answer(self, _query: Mapping[str, str], _parameters: Mapping[str, str], /) -> Answer:
        """That recording."""
        return self._answer


class RecordedList:
    """A recorded list, filtered and sorted as the query asks; the answers are encoded once and kept, the latest ones."""

    def __init__(self, operation: Operation, recording: Recording, selection: Selection) -> None:
        self._operation = operation
        self._recording = recording
        self._selection = selection
        self._fields = raw(recording.headers)
        self._whole = documented(operation, self._fields, recording.content)
        self._selected = lru_cache(MAX_KEPT)(self._select)

    def answer(self, query: Mapping[str, str], _parameters: Mapping[str, str], /) -> Answer:
        """The items that *query* leaves; raises UnknownValueError for a value outside a closed list."""
        picks = self._selection.picks(query) if query else ()
        return self._selected(picks) if picks else self._whole

    @cached_property
    def items(self) -> list[Any] | None:
        """The items; None where the recording has no array of them, as a broken gateway's may."""
        if self._operation.items is None or not self._recording.is_json:
            return None
        try:
            items = resolve(self._recording.json(), self._operation.items.at)
        except LookupError:
            return None
        return items if isinstance(items, list) else None

    @cached_property
    def by_id(self) -> Mapping[str, Any]:
        """The items by what names them."""
        name = self._operation.items.id if self._operation.items else ""
        # Reversed, so that of two items with one id the first is found.
        named = (item for item in reversed(self.items or []) if isinstance(item, dict) and isinstance(item.get(name), str))
        return {item[name]: item for item in named}

    @property
    def fields(self) -> RawFields:
        """The recording's own fields."""
        return self._fields

    def _select(self, picks: Picks) -> Answer:
        if self.items is None or self._operation.items is None:
            return self._whole
        body = self._recording.json()
        *above, last = split(self._operation.items.at)
        holder = body
        for token in above:
            holder = holder[int(token) if isinstance(holder, list) else token]
        holder[last] = self._selection.items(picks, self.items)
        return documented(self._operation, self._fields, encode(body))


class Retrieval:
    """One item of a list, by the path parameter that names it."""

    def __init__(self, operation: Operation, listed: RecordedList, parameter: str, fields: RawFields) -> None:
        self._operation = operation
        self._list = listed
        self._parameter = parameter
        self._fields = fields
        self._item = lru_cache(MAX_KEPT)(self._encode)

    def answer(self, _query: Mapping[str, str], parameters: Mapping[str, str], /) -> Answer:
        """The item, as it stands in the list; raises NoSuchItemError when it does not."""
        name = parameters.get(self._parameter, "")
        if name not in self._list.by_id:
            raise NoSuchItemError(name)
        return self._item(name)

    def _encode(self, name: str) -> Answer:
        return documented(self._operation, self._fields, encode(self._list.by_id[name]))
