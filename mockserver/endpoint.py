"""One operation as it is served: its recordings, which of them a request is answered with, and conditional requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.answer import NO_STORE, Answer, recorded
from mockserver.conditional import REPEATED, is_current
from mockserver.credentials import MAGIC
from mockserver.faults import KEYS
from mockserver.preferences import PreferenceError, Preferences
from mockserver.problem import problem
from mockserver.request import Request
from mockserver.selection import UnknownValueError
from mockserver.source import NoSuchItemError, Source
from specs.contract import Operation
from specs.recording import Recording

MISSING_KEY = "missing-key"


class Endpoint:
    """Answers the requests to one operation.

    *source* makes its plain 200 answers, *examples* those that are asked for by label; *recordings* are the
    others, of one status the default one first. *allow* is the field Allow of its path, which every 405 has
    (RFC 9110 section 15.5.6). Answers that are asked for are not for caches, as the plain ones have the same address.
    """

    def __init__(
        self,
        operation: Operation,
        source: Source,
        examples: Mapping[str, Source],
        recordings: Sequence[Recording],
        allow: str,
    ) -> None:
        self.operation = operation
        self._source = source
        self._examples = examples
        self._allow = allow
        self._recorded = {(each.status, each.label): self._allowing(recorded(each)) for each in recordings}
        self._default: dict[int, Answer] = {}
        for each in recordings:
            self._default.setdefault(each.status, self._recorded[each.status, each.label])
        self._missing_key = self._recorded.get((401, MISSING_KEY))
        self._magic = {f"{MAGIC}{status}": self._default[status].replacing(NO_STORE) for status in self.statuses}

    @property
    def statuses(self) -> tuple[int, ...]:
        """The statuses, other than 200, that it can answer in the provider's own shape."""
        return tuple(sorted(self._default))

    def faithful(self, request: Request, parameters: Mapping[str, str]) -> Answer:
        """What the documented gateway answers to a request that passed authentication and limit."""
        return self._from(self._source, request, parameters)

    def failure(self, status: int) -> Answer:
        """The default recording of an error *status*; where there is none, a problem that says so."""
        found = self._default.get(status)
        return found or self._allowing(problem(status, f"There is no recording of {status} for {self.operation.id}."))

    def missing_key(self) -> Answer:
        """The answer to a request that presents no key and needs one."""
        return self._missing_key or self.failure(401)

    def preferred(self, asked: Preferences, request: Request, parameters: Mapping[str, str]) -> Answer:
        """The answer that *asked* names; raises PreferenceError, naming the valid ones, when there is none."""
        return self._preferred(asked, request, parameters).replacing({"Preference-Applied": str(asked), **NO_STORE})

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

    def _preferred(self, asked: Preferences, request: Request, parameters: Mapping[str, str]) -> Answer:
        codes = (200, *self.statuses)
        if asked.code is not None and asked.code not in map(str, codes):
            valid = tuple(map(str, codes))
            raise PreferenceError(f"The code {asked.code!r} is not one of {', '.join(valid)}.", valid)
        code = int(asked.code) if asked.code is not None else None
        if asked.example is None:
            return self.faithful(request, parameters) if code is None or code == 200 else self.failure(code)
        if asked.example in self._examples and code in (None, 200):
            return self._from(self._examples[asked.example], request, parameters)
        for (status, label), answer in self._recorded.items():
            if label == asked.example and code in (None, status):
                return answer
        labels = [*((200, label) for label in self._examples), *self._recorded]
        valid = tuple(label for status, label in labels if code in (None, status))
        of = f" of {code}" if code else ""
        raise PreferenceError(f"The example {asked.example!r}{of} is not one of {', '.join(valid)}.", valid)

    def _from(self, source: Source, request: Request, parameters: Mapping[str, str]) -> Answer:
        try:
            answer = source.answer(request.query, parameters)
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
