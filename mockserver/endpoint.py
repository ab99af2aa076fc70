"""One operation as it is served: its recordings, which of them a request is answered with, and conditional requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.answer import NO_STORE, Answer, recorded
from mockserver.catalogue import Catalogue
from mockserver.conditional import REPEATED, is_current
from mockserver.credentials import MAGIC
from mockserver.faults import KEYS
from mockserver.keys import USUAL, KeyState, refusals
from mockserver.preferences import PreferenceError, Preferences
from mockserver.problem import problem
from mockserver.request import Request
from mockserver.routes import Routes
from mockserver.selection import Selection, UnknownValueError
from mockserver.source import ListSource, ModelSource, NoSuchItemError, Source
from mockserver.view import WHOLE, View
from specs import Provider, SpecError
from specs.contract import Operation
from specs.recording import Recording

MISSING_KEY = "missing-key"


class Endpoint:
    """Answers the requests to one operation.

    *source* makes its 200 answers; *recordings* are the others, of one status the default one first. *allow* is the
    field Allow of its path, which every 405 has (RFC 9110 section 15.5.6). Answers that are asked for are not for
    caches, as the plain ones have the same address.
    """

    def __init__(
        self,
        operation: Operation,
        source: Source,
        recordings: Sequence[Recording],
        allow: str,
    ) -> None:
        self.operation = operation
        self._source = source
        self._allow = allow
        self._recorded = {(each.status, each.label): self._allowing(recorded(each)) for each in recordings}
        self._default: dict[int, Answer] = {}
        for each in recordings:
            self._default.setdefault(each.status, self._recorded[each.status, each.label])
        self._refusals = {state: self._recorded[each.status, each.label] for state, each in refusals(recordings).items()}
        self._missing_key = self._recorded.get((401, MISSING_KEY))
        self._magic = {f"{MAGIC}{status}": self._default[status].replacing(NO_STORE) for status in self.statuses}

    @property
    def statuses(self) -> tuple[int, ...]:
        """The statuses, other than 200, that it can answer in the provider's own shape."""
        return tuple(sorted(self._default))

    def faithful(self, request: Request, parameters: Mapping[str, str], view: View = WHOLE) -> Answer:
        """What the documented gateway answers to a request that passed authentication and limit, and sees *view*.

        Raises PreferenceError for a dynamic view where the contract has a word that no document can be made from.
        """
        try:
            answer = self._source.answer(request.query, parameters, view)
        except UnknownValueError:
            return self.failure(400)
        except NoSuchItemError:
            return self.failure(404)
        if_none_match = request.headers.get("if-none-match")
        if if_none_match is None or 304 not in self.operation.responses or request.method not in ("GET", "HEAD"):
            return answer
        if not is_current(if_none_match, answer.field(b"etag")):
            return answer
        return Answer.of(304, tuple(each for each in answer.fields if each[0] in REPEATED), b"")

    def failure(self, status: int) -> Answer:
        """The default recording of an error *status*; where there is none, a problem that says so."""
        found = self._default.get(status)
        return found or self._allowing(problem(status, f"There is no recording of {status} for {self.operation.id}."))

    def missing_key(self) -> Answer:
        """The answer to a request that presents no key and needs one."""
        return self._missing_key or self.failure(401)

    def refused(self, state: KeyState) -> Answer:
        """The answer to a key that the gateway knows and does not let pass."""
        return self._refusals.get(state) or self.failure(USUAL[state])

    def preferred(self, asked: Preferences, request: Request, parameters: Mapping[str, str], view: View = WHOLE) -> Answer:
        """The answer that *asked* names, else what it makes of *view*.

        Raises PreferenceError, naming the valid values, when there is none.
        """
        answer = self.chosen(asked, request, parameters, view)
        return answer.replacing({"Preference-Applied": str(asked), **NO_STORE})

    def chosen(self, asked: Preferences, request: Request, parameters: Mapping[str, str], view: View = WHOLE) -> Answer:
        """The answer that *asked* names, as `preferred`, but without a word of that: it is not the client that asks."""
        codes = (200, *self.statuses)
        if asked.code is not None and asked.code not in map(str, codes):
            valid = tuple(map(str, codes))
            raise PreferenceError(f"The code {asked.code!r} is not one of {', '.join(valid)}.", valid)
        code = int(asked.code) if asked.code is not None else None
        wishes = asked.viewed
        error = self._error(code, wishes.get("example"))
        if error is None:
            return self.faithful(request, parameters, view.asked(wishes))
        for name in wishes:
            if name != "example":
                raise PreferenceError(
                    f"The preference {name!r} goes with an answer 200, not with {error.status}.", ("code=200",)
                )
        return error

    def magic(self, key: str) -> Answer:
        """The answer that the magic *key* stands for; raises PreferenceError for an unknown one."""
        if key in self._magic:
            return self._magic[key]
        valid = (*self._magic, *KEYS)
        raise PreferenceError(f"The magic key {key!r} is not one of {', '.join(valid)}.", valid)

    def _allowing(self, answer: Answer) -> Answer:
        if answer.status != 405 or answer.field(b"allow"):
            return answer
        return answer.replacing({"Allow": self._allow})

    def _error(self, code: int | None, example: str | None) -> Answer | None:
        """The error that *code* and *example* name, or None where they name a 200."""
        if example is None:
            return None if code in (None, 200) else self.failure(code)
        if example in self._source.labels and code in (None, 200):
            return None
        for (status, label), answer in self._recorded.items():
            if label == example and code in (None, status):
                return answer
        labels = [*((200, label) for label in self._source.labels), *self._recorded]
        valid = tuple(label for status, label in labels if code in (None, status))
        of = f" of {code}" if code else ""
        raise PreferenceError(f"The example {example!r}{of} is not one of {', '.join(valid)}.", valid)


def endpoints(provider: Provider, routes: Routes) -> Mapping[str, Endpoint]:
    """An endpoint for each operation of *provider*, by its id; raises SpecError when one has no recording of 200."""
    allow = {operation.id: resource.allow for resource in routes.resources for operation in resource.operations.values()}
    catalogue = Catalogue(provider)
    lists: dict[str, ListSource] = {}
    found: dict[str, Endpoint] = {}
    # Lists come first: what retrieves an item looks it up in the list that is being served.
    for operation in sorted(provider.operations.values(), key=lambda each: each.retrieves is not None):
        plain = provider.answers(operation.id, 200)
        others = sorted(
            (each for each in provider.recordings if each.operation == operation.id and each.status != 200),
            key=lambda each: not each.default,
        )
        source: Source
        if operation.retrieves:
            listed = lists[operation.retrieves.operation]
            source = ModelSource(operation, plain, listed, operation.retrieves.parameter, catalogue)
        elif plain:
            selection = Selection(operation, refuses=any(each.status == 400 for each in others))
            source = lists[operation.id] = ListSource(operation, plain, selection, catalogue)
        else:
            raise SpecError(f"fixtures/{provider.id}/{operation.id}", "", found="no recording of 200", expected="at least one")
        found[operation.id] = Endpoint(operation, source, others, allow[operation.id])
    return found
