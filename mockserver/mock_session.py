"""The session as a test holds it: its settings, its clock and its journal, through the admin API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from mockserver.errors import UsageError
from mockserver.journal.entry import Entry

FIELD = "X-Mock-Session"


@dataclass(frozen=True)
class MockSession:
    """A session of a running mock, which nobody else sees.

    A client reaches it at *url*, which has a provider's path below its id, and with *api_key* at any URL of the mock.
    Everything here raises UsageError, with the mock's sentence, for what the mock refuses.
    """

    id: str
    url: str
    api_key: str
    base_urls: Mapping[str, str]
    _admin: httpx2.Client = field(repr=False, compare=False)

    def base_url(self, provider: str) -> str:
        """What an OpenAI SDK takes as ``base_url`` for *provider*; raises LookupError for one that is not served."""
        if provider not in self.base_urls:
            raise LookupError(f"provider {provider!r}: expected one of {', '.join(self.base_urls)}")
        return self.base_urls[provider]

    def change(self, **settings: Any) -> None:
        """Changes *settings*, those of ``PATCH /__mock/sessions/{id}``: what is not named stays, None takes a setting back."""
        _read(self._admin.patch(self._resource, json=settings))

    def sequence(self, *steps: str | Mapping[str, Any], on_end: str = "stay", operation: str | None = None) -> None:
        """Answers with *steps* one after the other, then with the last one again, or as *on_end* says: stay, loop or fail.

        A step is what the field Prefer would say, such as ``code=429``, and ``""`` the documented answer; or an object
        such as ``{"prefer": "code=429", "times": 2}``. Only requests to *operation* count, if it is given.
        """
        documents = [({"prefer": each} if each else {}) if isinstance(each, str) else dict(each) for each in steps]
        one = {"steps": documents, "on_end": on_end}
        self.change(sequences=[one if operation is None else {**one, "operation": operation}])

    def fault(self, text: str | None) -> None:
        """Does this to every answer that it applies to, such as ``TRUNCATE`` or ``HUGE, size=5000``; None ends it."""
        self.change(fault=text)

    def serve(self, text: str | None) -> None:
        """Serves this of the catalogue, such as ``example=empty`` or ``size=500, seed=7``; None ends it."""
        self.change(serve=text)

    def chaos(self, rates: Mapping[str, float] | None, *, seed: int = 0, ttl_s: float | None = None) -> None:
        """Fails with probabilities, such as ``{"429": 0.1, "TRUNCATE": 0.05}``, for *ttl_s* seconds; None ends it."""
        self.change(chaos=None)  # as new rates are merged into those that are there
        if rates is not None:
            self.change(seed=seed, chaos={"rates": dict(rates), **({} if ttl_s is None else {"ttl_s": ttl_s})})

    def limit(
        self,
        requests: int,
        window_s: int,
        *,
        strategy: str = "fixed-window",
        per: str = "key",
        headers: str = "none",
        penalty_s: int = 0,
    ) -> None:
        """Lets *requests* calls pass in *window_s* seconds, in place of the documented limits; ``change(limit=True)`` ends it.

        The others are as in ``PATCH /__mock/sessions/{id}``; ``change(limit=False)`` is no limit at all.
        """
        members = {"strategy": strategy, "per": per, "headers": headers, "penalty_s": penalty_s}
        self.change(limit={"requests": requests, "window_s": window_s, **members})

    def freeze(self, at: float | str | None = None) -> float:
        """Stops the clock: where it is, or *at* seconds since 1970 or a date (RFC 3339). Returns what it shows then."""
        return self._clock({"freeze": True if at is None else at})

    def resume(self) -> float:
        """Lets a stopped clock go on from where it is. Returns what it shows, in seconds since 1970."""
        return self._clock({"freeze": False})

    def advance(self, seconds: float) -> float:
        """Moves the clock by *seconds*. Returns what it shows then, in seconds since 1970."""
        return self._clock({"advance_s": seconds})

    def reset_clock(self) -> float:
        """Sets the clock to real time, and going. Returns what it shows, in seconds since 1970."""
        return self._clock({"reset": True})

    def journal(self, **pattern: str | int) -> tuple[Entry, ...]:
        """What was asked and answered, in order of arrival, where it fits *pattern*, such as ``status=429``.

        The members of *pattern* are the parameters of ``GET /__mock/journal``.
        """
        found = _read(self._admin.get("/__mock/journal", params=pattern, headers=self._named))
        return tuple(Entry.read(each) for each in found["entries"])

    def verify(self, *expectations: Mapping[str, Any], order: bool = False) -> None:
        """Raises AssertionError, with the nearest misses, unless the journal is as expected; also where that cannot be said.

        Each of *expectations* has a ``match``, such as ``{"operation": "listModels", "status": 429}``, and a ``count``, a
        number or ``{"at_least": 1}``, as in ``POST /__mock/verify``. With *order* they have to come one after the other.
        """
        document = {"expectations": [dict(each) for each in expectations], "order": order}
        verdict = _read(self._admin.post("/__mock/verify", json=document, headers=self._named))
        if verdict["result"] != "match":
            misses = (each for failing in verdict["failing"] for each in failing["nearest"])
            raise AssertionError("\n".join([f"{verdict['result']}: {verdict['says']}", *map(_told, misses)]))

    def verify_retry_after(self) -> None:
        """Raises AssertionError unless the client waited as long as Retry-After asked it to; also where that cannot be said."""
        report = _read(self._admin.get("/__mock/verify/retry-after", headers=self._named))
        if report["result"] != "waited":
            early = (each for each in report["announcements"] if each["early"])
            raise AssertionError("\n".join([f"retry-after: {report['result']}", *map(_told_wait, early)]))

    def end(self) -> None:
        """Ends the session, where it has not ended before, such as by a clock that was moved far ahead."""
        answer = self._admin.delete(self._resource)
        if answer.status_code != 404:
            answer.raise_for_status()

    @property
    def _resource(self) -> str:
        return f"/__mock/sessions/{self.id}"

    @property
    def _named(self) -> Mapping[str, str]:
        return {FIELD: self.id}

    def _clock(self, change: Mapping[str, Any]) -> float:
        return float(_read(self._admin.post("/__mock/clock", json=change, headers=self._named))["now"])


def create(admin: httpx2.Client, settings: Mapping[str, Any]) -> MockSession:
    """A new session with *settings* of the mock that *admin* speaks to; raises UsageError for some that cannot be used."""
    made = _read(admin.post("/__mock/sessions", json=settings))
    url = str(admin.base_url.join(f"/s/{made['id']}"))
    return MockSession(made["id"], url, made["api_key"], made["base_urls"], admin)


def _read(answer: httpx2.Response) -> Any:
    """What the admin API answers; raises UsageError, with its sentence, where it refuses."""
    if answer.is_client_error:
        raise UsageError(f"{answer.request.method} {answer.request.url.path}: {answer.json()['detail']}")
    answer.raise_for_status()
    return answer.json()


def _told(miss: Mapping[str, Any]) -> str:
    differs = ", ".join(f"{each['member']} is {each['actual']!r}, not {each['expected']!r}" for each in miss["differs"])
    return f"  nearest: {miss['number']}. {miss['method']} {miss['path']}, {miss['status']}: {differs}"


def _told_wait(wait: Mapping[str, Any]) -> str:
    return f"  {wait['number']}. said {wait['text']!r}; {wait['next']}. came after {wait['waited_s']:.3f} s"
