"""Histories of one session: whatever its users do in whichever order, each answer is what a small model of it says."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, unquote, urlencode

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.limiter import MAX_PENALTY_S
from mockserver.tests.acme import write
from mockserver.tests.admin import SESSIONS
from mockserver.tests.asgi import Sent, ask
from mockserver.tests.conftest import Clock
from specs import Provider

GOOD = ("sk-one", "sk-two")
KEYS = st.sampled_from([*GOOD, *GOOD, "wrong", None])
LIMITS = st.one_of(
    st.sampled_from([None, None, True]),
    st.fixed_dictionaries(
        {
            "requests": st.integers(1, 4),
            "window_s": st.integers(1, 20),
            "strategy": st.sampled_from(["fixed-window", "moving-window", "token-bucket"]),
            "per": st.sampled_from(["key", "session"]),
            "headers": st.sampled_from(["openai", "ietf", "none"]),
            "penalty_s": st.sampled_from([0, 0, 3]),
        }
    ),
)
CATALOGUES = (
    *(None, "example=empty", "example=catalogue", "without=coder", 'example=catalogue, without="plain, extra"'),
    *("size=0", "size=7, seed=1", "size=7, seed=2", "size=30, without=plain"),
)
STEPS = st.lists(st.sampled_from(["", "code=429", "code=503", "example=empty"]), min_size=1, max_size=4)
FILTERS = st.dictionaries(
    st.sampled_from(["kind", "caps", "any_caps", "name"]),
    st.sampled_from(["llm", "chat", "image", "text", "pdf", "text,pdf", "image,text", "o", "nothing-has-it"]),
    min_size=1,
    max_size=2,
)
DOCUMENTED: dict[str, Any] = {
    "requests": 3,
    "window_s": 60,
    "strategy": "fixed-window",
    "per": "key",
    "headers": "none",
    "penalty_s": 0,
}
VALUES = {"kind": {"llm", "image", "chat"}, "caps": {"text", "image", "pdf"}}


@cache
def acme() -> dict[str, Provider]:
    """The gateway acme, loaded once: a state machine is given no fixtures."""
    with TemporaryDirectory() as folder:
        return write(Path(folder)).load()


@dataclass
class Limited:
    """What a limit of *requests* in *window_s* seconds says to one key, reckoned anew from all the calls that it let pass."""

    strategy: str
    requests: int
    window_s: int
    penalty_s: int
    passed: list[Fraction] = field(default_factory=list)
    until: Fraction | None = None

    def wait(self, now: Fraction) -> int | None:
        """The whole seconds that a call is told to wait, None where it passes."""
        if self.penalty_s and self.until is not None and now < self.until:
            wait: int | None = math.ceil(self.until - now + self.penalty_s)
        else:
            left = self._left(now)
            wait = None if left is None else max(1, math.ceil(left))
        if wait is None:
            self.passed.append(now)
        self.until = None if wait is None else now + wait
        return wait

    def remaining(self, now: Fraction) -> int:
        """How many calls more pass now."""
        if self.strategy == "token-bucket":
            return math.floor(self._tokens(now))
        return self.requests - len(self._within(now))

    def _left(self, now: Fraction) -> Fraction | None:
        """The seconds until one more call passes, None for none."""
        if self.remaining(now) >= 1:
            return None
        if self.strategy == "token-bucket":
            return (1 - self._tokens(now)) * self.window_s / self.requests
        return self._within(now)[0] + self.window_s - now

    def _tokens(self, now: Fraction) -> Fraction:
        tokens, since = Fraction(self.requests), self.passed[0] if self.passed else now
        for call in self.passed:
            tokens = min(Fraction(self.requests), tokens + (call - since) * self.requests / self.window_s) - 1
            since = call
        return min(Fraction(self.requests), tokens + (now - since) * self.requests / self.window_s)

    def _within(self, now: Fraction) -> list[Fraction]:
        """The calls that count now: those of the last so many seconds, or those since the window that is open began."""
        if self.strategy == "moving-window":
            return [call for call in self.passed if call + self.window_s > now]
        window: list[Fraction] = []
        for call in self.passed:
            window = [*window, call] if window and call < window[0] + self.window_s else [call]
        return window if window and now < window[0] + self.window_s else []


@dataclass(frozen=True)
class Listed:
    """A list as it is without any limit: its *content*, its *tag* and its *models*."""

    content: bytes
    tag: str

    @property
    def models(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [each for each in json.loads(self.content).get("data", ()) if isinstance(each, dict)]
        return found


def fits(model: dict[str, Any], name: str, value: str) -> bool:
    """Whether *model* has what the filter *name* asks for, as acme's contract says it."""
    if name == "name":
        return value.lower() in str(model["id"]).lower()
    held = model.get("kind" if name == "kind" else "caps", "")
    members = held.replace("，", ",").split(",") if isinstance(held, str) else held
    if name == "kind":
        return bool({value, "llm" if value == "chat" else value} & {"llm" if each == "chat" else each for each in members})
    found = [each in members for each in value.split(",")]
    return any(found) if name == "any_caps" else all(found)


class Histories(RuleBasedStateMachine):
    """A session of acme, its users, and what they should see."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.app = create_app(acme(), now=self.clock)
        self.admin = TestClient(self.app, base_url="http://127.0.0.1:8080", client=("127.0.0.1", 50000))
        self.moved = Fraction(0)
        self.limit: dict[str, Any] | bool = False
        self.serve: str | None = None
        self.steps: list[str] = []
        self.on_end = "stay"
        self.given = 0
        self.told: int | None = None
        self.counted: dict[str, Limited] = {}
        self.bodies: dict[str, bytes] = {}
        self.tags: list[str] = []

    @initialize()
    def somebody_makes_a_session(self) -> None:
        self.session = self.admin.post(SESSIONS, json={"ttl_s": 86400, "limit": False}).json()["id"]
        self.other = self.admin.post(SESSIONS, json={"ttl_s": 86400, "limit": False}).json()["id"]
        self.lists: dict[str | None, Listed] = {}

    @property
    def now(self) -> Fraction:
        return Fraction(self.clock.now) + self.moved

    @rule(quarters=st.integers(0, 100))
    def time_passes(self, quarters: int) -> None:
        self.clock.now += quarters / 4

    @rule(quarters=st.integers(0, 100))
    def the_clock_of_the_session_is_moved(self, quarters: int) -> None:
        answer = self.admin.post("/__mock/clock", json={"advance_s": quarters / 4}, headers={"X-Mock-Session": self.session})
        self.moved += Fraction(quarters, 4)
        assert answer.json()["now"] == float(self.now)

    @rule(limit=LIMITS)
    def the_limit_is_changed(self, limit: dict[str, Any] | bool | None) -> None:
        wanted = False if limit is None else limit
        self.change(limit=wanted)
        if wanted != self.limit:
            self.counted.clear()
        self.limit = wanted

    @rule(serve=st.sampled_from(CATALOGUES))
    def the_catalogue_is_changed(self, serve: str | None) -> None:
        self.change(serve=serve)
        self.serve = serve

    @rule(steps=STEPS, on_end=st.sampled_from(["stay", "loop"]))
    def a_sequence_is_asked_for(self, steps: list[str], on_end: str) -> None:
        documents = [{"prefer": step} if step else {} for step in steps]
        self.change(sequences=[{"steps": documents, "on_end": on_end}])
        if (steps, on_end) != (self.steps, self.on_end):
            self.given = 0
        self.steps, self.on_end = steps, on_end

    @rule()
    def the_sequence_is_taken_back(self) -> None:
        self.change(sequences=None)
        self.steps, self.given = [], 0

    @rule(key=KEYS)
    def the_list_is_asked_for(self, key: str | None) -> None:
        for answer, listed in self.asked("/v1/models", key):
            self.has_all(answer, listed)

    @rule(key=KEYS, filters=FILTERS)
    def the_list_is_filtered(self, key: str | None, filters: dict[str, str]) -> None:
        for answer, listed in self.asked("/v1/models", key, filters):
            if any(not set(value.split(",")) <= VALUES.get(name, {*value.split(",")}) for name, value in filters.items()):
                assert answer.status == 400
                continue
            assert answer.status == 200
            wanted = [each["id"] for each in listed.models if all(fits(each, *pair) for pair in filters.items())]
            assert [each["id"] for each in answer.json().get("data", ())] == wanted
            self.tag_tells(answer)

    @precondition(lambda self: self.tags)
    @rule(key=KEYS, data=st.data(), form=st.sampled_from(["{}", "W/{}", '"a", {} , "b"', "*"]))
    def the_list_is_asked_for_with_a_tag(self, key: str | None, data: st.DataObject, form: str) -> None:
        tag = data.draw(st.sampled_from(self.tags))
        for answer, listed in self.asked("/v1/models", key, headers={"If-None-Match": form.format(tag)}):
            if form == "*" or tag == listed.tag:
                assert (answer.status, answer.content, answer.fields["etag"]) == (304, b"", listed.tag)
            else:
                self.has_all(answer, listed)

    @rule(key=KEYS, place=st.integers(0, 40))
    def a_model_is_retrieved(self, key: str | None, place: int) -> None:
        models = self.listed(self.serve).models
        model = models[place % len(models)]["id"] if models and place < 38 else "no-such-model"
        for answer, listed in self.asked(f"/v1/models/{quote(model, safe='')}", key):
            entries = [each for each in listed.models if each["id"] == model]
            assert answer.status == (200 if entries else 404)
            assert not entries or answer.json() == entries[0]

    @rule(key=st.sampled_from(GOOD))
    def who_is_told_to_wait_waits_just_so_long_and_is_let_in(self, key: str) -> None:
        self.the_sequence_is_taken_back()
        for _ in range(5):
            for _served in self.asked("/v1/models", key):
                pass
            if self.told is not None:
                self.clock.now += self.told
                break
        served = list(self.asked("/v1/models", key))
        assert [answer.status for answer, _ in served] == [200]

    def change(self, **change: Any) -> None:
        answer = self.admin.patch(f"{SESSIONS}/{self.session}", json=change)
        assert answer.status_code == 200, answer.text

    def listed(self, serve: str | None) -> Listed:
        """The list of the catalogue *serve*, as another session has it; it is the same whenever somebody looks."""
        if serve not in self.lists:
            assert self.admin.patch(f"{SESSIONS}/{self.other}", json={"serve": serve}).status_code == 200
            answer = ask(self.app, f"/s/{self.other}/acme/base/v1/models", {"Authorization": "Bearer sk-1"})
            assert answer.status == 200
            self.lists[serve] = Listed(answer.content, answer.fields["etag"])
        return self.lists[serve]

    def asked(
        self, path: str, key: str | None, query: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> Iterator[tuple[Sent, Listed]]:
        """The answer to a request and the list that it sees; nothing where it is refused, which is looked at here."""
        raw = f"/s/{self.session}/acme/base{path}"
        fields = {**({} if key is None else {"Authorization": f"Bearer {key}"}), **(headers or {})}
        answer = ask(
            self.app, unquote(raw), fields, raw_path=raw.encode(), query_string=urlencode(query or {}, quote_via=quote).encode()
        )
        note(f"{key} {path} {query} {headers}: {answer.status} {dict(answer.fields)}")
        step = self.step()
        if step.startswith("code="):
            assert answer.status == int(step.removeprefix("code="))
        elif key not in GOOD:
            assert answer.status == 401
            assert ("www-authenticate" in answer.fields) == (key is None and path == "/v1/models")
        elif self.passes(answer, key):
            yield answer, self.listed(step or self.serve)

    def step(self) -> str:
        """What the sequence says of one more request; nothing where there is none."""
        if not self.steps:
            return ""
        place = self.given % len(self.steps) if self.on_end == "loop" else min(self.given, len(self.steps) - 1)
        self.given += 1
        return self.steps[place]

    def passes(self, answer: Sent, key: str) -> bool:
        """Whether the limit lets a call of *key* pass; what *answer* says of the limit is looked at here."""
        if self.limit is False:
            return True
        limit: dict[str, Any] = DOCUMENTED if isinstance(self.limit, bool) else self.limit
        counted = self.counted.setdefault(
            key if limit["per"] == "key" else "all",
            Limited(limit["strategy"], limit["requests"], limit["window_s"], limit["penalty_s"]),
        )
        wait = counted.wait(self.now)
        remaining = 0 if wait else counted.remaining(self.now)
        told = {
            "openai": ("x-ratelimit-remaining-requests", str(remaining)),
            "ietf": ("ratelimit", f'"default";r={remaining};'),
        }
        for profile, (name, begin) in told.items():
            assert answer.fields.get(name, "none").startswith(begin if limit["headers"] == profile else "none")
        self.told = wait
        assert (answer.status == 429) == (wait is not None)
        assert answer.fields.get("retry-after") == (None if wait is None else str(wait))
        assert wait is None or 1 <= wait <= limit["window_s"] + (MAX_PENALTY_S if limit["penalty_s"] else 0)
        return wait is None

    def has_all(self, answer: Sent, listed: Listed) -> None:
        assert (answer.status, answer.content, answer.fields["etag"]) == (200, listed.content, listed.tag)
        self.tag_tells(answer)

    def tag_tells(self, answer: Sent) -> None:
        """A tag is that of one body, and a body has one tag."""
        tag = answer.fields["etag"]
        assert self.bodies.setdefault(tag, answer.content) == answer.content
        assert [each for each, body in self.bodies.items() if body == answer.content] == [tag]
        if tag not in self.tags:
            self.tags.append(tag)


Histories.TestCase.settings = settings(max_examples=30, stateful_step_count=40, deadline=None, report_multiple_bugs=False)
TestHistories = Histories.TestCase
