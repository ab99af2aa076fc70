"""Where the 200 answers of an operation come from: a recording as it is, or what a view or a query makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

from mockserver.answer import Answer, RawFields, documented, raw
from mockserver.catalogue import Catalogue
from mockserver.kept import Kept
from mockserver.model_list import ModelList
from mockserver.selection import Picks, Selection
from mockserver.view import WHOLE, View
from specs.contract import Operation
from specs.recording import Recording, encode

CAPTURED = "captured"  # the provenance of what a live gateway answered
MAX_KEPT = 128  # encoded answers for a view, a query or an item, that one source keeps
MAX_KEPT_BYTES = 24_000_000  # of those answers
MAX_LISTS = 4  # lists of a view as values, that one source keeps; to retrieve from, and to filter
MAX_LISTED = 12_000  # models in those lists


class NoSuchItemError(Exception):
    """The list has no item of that id."""


class Source(Protocol):
    """Something that makes 200 answers."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the recordings that a view can name, the default one first."""

    def answer(self, query: Mapping[str, str], parameters: Mapping[str, str], view: View, /) -> Answer:
        """The answer to a request with this *query*, whose path has *parameters*, and that sees *view*."""


@dataclass(frozen=True)
class Listing:
    """A list as a view has it, before anything is hidden: its *models*, and their *fields* of an answer.

    *models* is None where a recording has no array of them, as a broken gateway's may; *content* is the body encoded,
    of a recording only.
    """

    models: ModelList | None
    fields: RawFields
    id: str
    content: bytes | None = None

    @cached_property
    def by_id(self) -> Mapping[str, Any]:
        """The items by what names them."""
        # Reversed, so that of two items with one id the first is found.
        items = reversed(self.models.items) if self.models else ()
        named = (item for item in items if isinstance(item, dict) and isinstance(item.get(self.id), str))
        return {item[self.id]: item for item in named}

    @property
    def weight(self) -> int:
        """How many models it has, and one more."""
        return 1 + (len(self.models.items) if self.models else 0)


class ListSource:
    """The lists of one operation, filtered and sorted as a query asks; the answers are encoded once and kept."""

    def __init__(
        self, operation: Operation, recordings: Sequence[Recording], selection: Selection, catalogue: Catalogue
    ) -> None:
        """*recordings* are those of 200, the default one first."""
        self.operation = operation
        self._selection = selection
        self._catalogue = catalogue
        self.id = operation.items.id if operation.items else ""
        """The member that names an item."""
        self._recorded = {each.label: self._listing(each) for each in recordings}
        self._whole = {each.label: documented(operation, raw(each.headers), each.content) for each in recordings}
        self.labels = tuple(self._recorded)
        self._longest = max(self.labels, key=lambda label: self._recorded[label].weight)
        self._default = View(example=self.labels[0])
        self._plain = self._whole[self.labels[0]]
        self._answers: Kept[Answer] = Kept(MAX_KEPT, MAX_KEPT_BYTES, lambda answer: len(answer.content))
        self._lists: Kept[Listing] = Kept(MAX_LISTS, MAX_LISTED, lambda listing: listing.weight)

    def answer(self, query: Mapping[str, str], _parameters: Mapping[str, str], view: View = WHOLE, /) -> Answer:
        """The items that *view* shows and *query* leaves; raises UnknownValueError for a value outside a closed list."""
        picks = self._selection.picks(query) if query else ()
        if not picks and view == WHOLE:
            return self._plain
        view = self.known(view)
        if view.is_recorded and not picks:
            return self._whole[view.example or ""]
        return self._answers.get((view, picks), lambda: self._select(view, picks))

    def listing(self, view: View) -> Listing:
        """The list of *view*, what it hides included."""
        view = self.known(view).unhidden
        recorded = self._recorded[view.example or ""]
        if view.is_recorded:
            return recorded
        return self._lists.get(view, lambda: self._made(view, recorded))

    def known(self, view: View) -> View:
        """*view* with the label of a recording that there is: its own, or else that of the default one.

        More models are made from the longest recording, as that has the most to take after.
        """
        if view == WHOLE:
            return self._default
        usual = self.labels[0] if view.size is None or view.dynamic else self._longest
        label = view.example if view.example in self._recorded else usual
        return view if view.example == label else replace(view, example=label)

    def _made(self, view: View, recorded: Listing) -> Listing:
        fields = _without_tag(recorded.fields)
        if view.dynamic:
            models = self._catalogue.document(self.operation, view.seed, view.size)
        else:
            templates = recorded if recorded.weight > 1 else self._recorded[self._longest]
            holder = recorded.models or templates.models
            models = self._catalogue.grown(self.operation, holder, templates.models, view.size or 0, view.seed)
        return Listing(models, fields, self.id)

    def _select(self, view: View, picks: Picks) -> Answer:
        listing = self.listing(view)
        if listing.models is None:
            return self._whole[view.example or ""]
        items = listing.models.items
        if view.hides:
            items = [each for each in items if view.shows(each.get(self.id) if isinstance(each, dict) else None)]
        content = listing.models.encoded(self._selection.items(picks, items))
        return documented(self.operation, _without_tag(listing.fields), content)

    def _listing(self, recording: Recording) -> Listing:
        models = ModelList.of(recording.content, self.operation.items) if recording.is_json else None
        return Listing(models, raw(recording.headers), self.id)


class ModelSource:
    """One item of a list, by the path parameter that names it; or a recording of one as it is, where a view names that.

    An item that was captured is answered as it was, as long as the list is served that it came with.
    """

    def __init__(
        self,
        operation: Operation,
        recordings: Sequence[Recording],
        listed: ListSource,
        parameter: str,
        catalogue: Catalogue,
    ) -> None:
        """*recordings* are the operation's own of 200, the default one first; they may be none."""
        self._operation = operation
        self._list = listed
        self._parameter = parameter
        self._catalogue = catalogue
        # The fields are those of the operation's own recording, where it has one; else those of the list.
        self._fields = _without_tag(raw(recordings[0].headers)) if recordings else None
        self._captured = {(each.label, _name(each, listed.id)) for each in recordings if each.provenance == CAPTURED}
        self._replayed = {each.label: documented(operation, raw(each.headers), each.content) for each in recordings}
        self.labels = tuple(dict.fromkeys((*listed.labels, *self._replayed)))
        self._answers: Kept[Answer] = Kept(MAX_KEPT, MAX_KEPT_BYTES, lambda answer: len(answer.content))

    def answer(self, _query: Mapping[str, str], parameters: Mapping[str, str], view: View = WHOLE, /) -> Answer:
        """The item, as it stands in the list that *view* shows; raises NoSuchItemError when it does not."""
        name = parameters.get(self._parameter, "")
        if not view.shows(name):
            raise NoSuchItemError(name)
        if view.example in self._replayed and view.unhidden.is_recorded:
            return self._replayed[view.example]
        view = self._list.known(view).unhidden
        if view.dynamic:
            return self._answers.get((view, name), lambda: self._made(name, view))
        listing = self._list.listing(view)
        if name not in listing.by_id:
            raise NoSuchItemError(name)
        if view.is_recorded and (view.example, name) in self._captured:
            return self._replayed[view.example or ""]
        return self._answers.get((view, name), lambda: self._encode(listing.by_id[name], listing))

    def _made(self, name: str, view: View) -> Answer:
        """Of a list that is made up any model can be had; those that stand in it as they stand there."""
        listing = self._list.listing(view)
        model = self._catalogue.model(self._operation, self._list.operation, name, view.seed, listing.by_id.get(name))
        return self._encode(model, listing)

    def _encode(self, item: Any, listing: Listing) -> Answer:
        fields = self._fields if self._fields is not None else listing.fields
        return documented(self._operation, fields, encode(item))


def _without_tag(fields: RawFields) -> RawFields:
    """*fields* of a recording for another body than its own, whose entity tag they must not have."""
    return tuple(each for each in fields if each[0] != b"etag")


def _name(recording: Recording, member: str) -> str | None:
    """What *recording*, of one item, has as the *member* that names it; None where it has no such text."""
    body = recording.json() if recording.is_json else None
    found = body.get(member) if isinstance(body, dict) else None
    return found if isinstance(found, str) else None
