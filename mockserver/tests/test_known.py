"""Requests that were asked before are answered, counted and written down as if they had never been asked."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Scope

from mockserver import create_app
from mockserver.address import address_of
from mockserver.dispatch import Dispatcher
from mockserver.faults.connection import STATE
from mockserver.known import MAX_HEAD, Known, KnownRequests
from mockserver.logs import OUTCOME
from mockserver.tests.acme import write
from mockserver.tests.conftest import Clock
from specs import Provider

LIST = "/acme/base/v1/models"


def scope(path: str = LIST, *fields: tuple[str, str], method: str = "GET", query: str = "") -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in fields],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8080),
        "state": {STATE: None},  # so that the mock says the Date
    }


@cache
def gateways(changed: bool) -> Mapping[str, Provider]:
    """The gateway acme and one like it elsewhere; or both after a recording has *changed*."""
    with TemporaryDirectory() as folder:
        folders = write(Path(folder))
        if changed:
            folders.recording("listModels/200-documented", {"data": [{"id": "changed"}]}, default=True)
        acme = folders.load()["acme"]
    return {"acme": acme, "other": replace(acme, id="other", rate_limit=None, hosts=())}


class Forgetful(KnownRequests):
    """Takes each request for the first of its kind."""

    def of(self, scope: Scope) -> Known:
        return Known(address_of(scope))


class Mock:
    """A mock, *forgetful* or not, and what it sent; its sessions have the ids s1, s2 and so on."""

    def __init__(self, clock: Clock, *, forgetful: bool) -> None:
        numbers = itertools.count(1)
        app = create_app(
            gateways(changed=False), now=clock, elapsed=lambda: 7.0, tokens=lambda: f"s{next(numbers)}", seed=3, chaos={}
        )
        assert isinstance(app, Dispatcher)
        self.app = app
        if forgetful:
            app.known = Forgetful()

    def reload(self, *, changed: bool) -> None:
        other = create_app(gateways(changed))
        assert isinstance(other, Dispatcher)
        self.app.gateways = other.gateways

    async def ask(self, request: dict[str, Any], body: Any = None) -> tuple[list[Any], Any]:
        """What it sends for *request*, and what a log would say of it."""
        sent: list[Any] = []
        asked = iter([{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}])

        async def receive() -> Any:
            return next(asked, None) or await asyncio.Event().wait()  # the client stays

        async def send(message: Any) -> None:
            sent.append(message)

        request = {**request, "headers": list(request["headers"])}
        await self.app(request, receive, send)
        return sent, request.get(OUTCOME)

    async def admin(self, method: str, path: str, body: Any = None) -> Any:
        fields = [("host", "127.0.0.1:8080"), ("content-type", "application/json")]
        sent, _ = await self.ask(scope(f"/__mock{path}", *fields, method=method), body)
        return sent[0]["status"], sent[1]["body"]

    async def written(self) -> list[Any]:
        """All journals, and the metrics."""
        sessions = ["", *(f"?session=s{number}" for number in range(1, 4))]
        return [await self.admin("GET", f"/journal{each}") for each in sessions] + [await self.admin("GET", "/metrics")]


TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=12)
KEYS = st.sampled_from(
    [*["sk-1"] * 6, "sk-2", "sk-session-s1", "sk-session-s2", "sk-mock-429", "sk-mock-truncate", "wrong", ""]
)
PREFERENCES = (
    *("code=429", "code=200", "example=empty", "size=3", "size=3, seed=1", "without=coder", "nonsense=1", "code=999"),
    *("fault=MALFORMED_JSON", "fault=TRUNCATE", "fault=SHUFFLE", "retry-after=5, code=429", "respond-async"),
)
FIELDS = st.one_of(
    st.sampled_from(["s1", "s1", "s2", "s3", "gone"]).map(lambda session: ("x-mock-session", session)),
    st.sampled_from(PREFERENCES).map(lambda preference: ("prefer", preference)),
    st.sampled_from(["*", '"no-such-tag"', "unreadable"]).map(lambda tag: ("if-none-match", tag)),
    st.sampled_from(["mock.test", "api.acme.test"]).map(lambda host: ("host", host)),
    st.tuples(st.sampled_from(["user-agent", "x-api-key", "authorization", "cookie"]), TEXTS),
)
OTHERS = (
    f"{LIST}/coder",
    f"{LIST}/no-such",
    "/acme/base/open",
    "/acme/base/mixed",
    "/base/v1/models",
    "/other/base/v1/models",
    "/",
    "/%",
)
PATHS = st.sampled_from([*[LIST] * len(OTHERS), *OTHERS])
QUERIES = st.one_of(
    st.sampled_from([*[""] * 6, "kind=llm", "kind=llm&sort=size", "kind=no", "kidn=llm", "__code=503", "__size=2", "__no=1"]),
    st.text("abk=&%2", max_size=8),
)
REQUESTS = st.builds(
    lambda session, path, key, fields, method, query: scope(
        session + path, *([("authorization", f"Bearer {key}")] if key else []), *fields, method=method, query=query
    ),
    st.sampled_from(["", "", "/s/s1", "/s/s1", "/s/s2", "/s/gone"]),
    PATHS,
    KEYS,
    st.lists(FIELDS, max_size=2),
    st.sampled_from([*["GET"] * 6, "HEAD", "OPTIONS", "POST"]),
    QUERIES,
)
LIMIT = {"requests": 2, "window_s": 5}
SETTINGS = st.sampled_from(
    [
        *({"limit": LIMIT}, {"limit": {**LIMIT, "headers": "openai"}}, {"limit": False}, {"limit": True}, {"limit": None}),
        *({"fault": "MALFORMED_JSON"}, {"fault": "retry-after=9"}, {"fault": None}, {"serve": "size=3"}, {"serve": None}),
        *({"chaos": {"rates": {"500": 0.4}}}, {"chaos": {"rates": {"500": 0.9}, "ttl_s": 3}}, {"chaos": None}),
        {"sequences": [{"steps": [{"prefer": "code=429"}, {}], "on_end": "loop"}]},
        {"sequences": [{"steps": [{"prefer": "code=503", "for_s": 2}], "on_end": "fail"}]},
        *({"sequences": None}, {"provider": "acme"}, {"provider": None}, {"ttl_s": 4}, {"ttl_s": 900}),
        *({"keys": {"keys": [{"key": "sk-1", "models": ["c*"]}, {"key": "sk-2", "state": "expired"}]}}, {"keys": None}),
    ]
)
SESSIONS = st.sampled_from(["s1", "s2"])
DOINGS: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.tuples(st.just("change"), SESSIONS, SETTINGS),
    st.tuples(st.just("delete"), SESSIONS),
    st.tuples(st.just("create"), SETTINGS),
    st.tuples(
        st.just("move"), SESSIONS, st.sampled_from([{"advance_s": 3}, {"advance_s": -2}, {"freeze": True}, {"reset": True}])
    ),
    st.tuples(st.just("wait"), st.sampled_from([0.25, 1, 6])),
    st.tuples(st.just("reload"), st.booleans()),
    st.just(("clear",)),
    st.just(("nothing",)),
)


async def done(mock: Mock, doing: tuple[Any, ...]) -> Any:
    """What *mock* says when that is done to it."""
    match doing:
        case "change", session, change:
            return await mock.admin("PATCH", f"/sessions/{session}", change)
        case "delete", session:
            return await mock.admin("DELETE", f"/sessions/{session}")
        case "create", change:
            return await mock.admin("POST", "/sessions", change)
        case "move", session, change:
            return await mock.admin("POST", f"/clock?session={session}", change)
        case ("clear",):
            return await mock.admin("DELETE", "/journal")
        case "reload", changed:
            mock.reload(changed=changed)
    return None


Step = tuple[tuple[Any, ...], tuple[dict[str, Any], int]]  # something done, then a request, so often


def told(steps: Sequence[Step], *, forgetful: bool) -> list[Any]:
    """All that can be seen of a mock with two sessions during *steps*."""
    clock = Clock()
    mock = Mock(clock, forgetful=forgetful)

    async def story() -> list[Any]:
        seen = [await mock.admin("POST", "/sessions", {}) for _ in range(2)]
        for doing, (request, times) in steps:
            seen.append(await done(mock, doing))
            if doing[0] == "wait":
                clock.now += doing[1]
            seen += [await mock.ask(request) for _ in range(times)]
        return [*seen, *await mock.written()]

    return asyncio.run(story())


@settings(max_examples=50, deadline=None)
@given(st.lists(REQUESTS, min_size=1, max_size=2), st.data())
def test_whatever_was_asked_before_answers_journals_metrics_and_limits_are_as_if_nothing_had_been(
    requests: list[dict[str, Any]], data: st.DataObject
) -> None:
    asked = st.tuples(st.sampled_from(requests), st.integers(1, 6))
    steps = data.draw(st.lists(st.tuples(DOINGS, asked), min_size=1, max_size=8))

    assert told(steps, forgetful=False) == told(steps, forgetful=True)


GOOD = ("authorization", "Bearer sk-1")
HERE, THERE = scope(LIST, GOOD), scope(f"/s/s1{LIST}", GOOD)
NOTHING = ("nothing",)


@pytest.mark.parametrize(
    "steps",
    [
        [(NOTHING, (HERE, 5)), (("wait", 61), (HERE, 2))],
        [(NOTHING, (scope(LIST), 2))],
        [(("change", "s1", {"limit": {"requests": 4, "window_s": 9, "headers": "openai"}}), (THERE, 6))],
        [
            (("change", "s1", {"limit": False, "chaos": {"rates": {"500": 0.5}, "ttl_s": 3}}), (THERE, 6)),
            (("wait", 4), (THERE, 3)),
        ],
        [(("change", "s1", {"sequences": [{"steps": [{}, {"prefer": "code=503"}], "on_end": "loop"}]}), (THERE, 3))],
        [
            (NOTHING, (HERE, 2)),
            (NOTHING, ({**HERE, "method": "HEAD"}, 2)),
            (NOTHING, ({**HERE, "query_string": b"kind=llm"}, 1)),
        ],
        [(NOTHING, (HERE, 2)), (("reload", True), (HERE, 1)), (("wait", 61), (HERE, 2)), (("reload", False), (HERE, 1))],
        [
            (NOTHING, (THERE, 2)),
            (("change", "s1", {"serve": "size=3"}), (THERE, 1)),
            (("change", "s1", {"serve": None}), (THERE, 1)),
        ],
        [(NOTHING, (THERE, 2)), (("delete", "s1"), (THERE, 2))],
        [(NOTHING, (THERE, 2)), (("change", "s1", {"ttl_s": 4}), (THERE, 1)), (("wait", 5), (THERE, 2))],
        [(NOTHING, (THERE, 2)), (("move", "s1", {"advance_s": 3600}), (THERE, 2))],
        [
            (("change", "s1", {"sequences": [{"steps": [{"for_s": 2}], "on_end": "fail"}]}), (THERE, 1)),
            (("move", "s1", {"advance_s": 9}), (THERE, 2)),
            (("move", "s1", {"reset": True}), (THERE, 2)),
        ],
        [(NOTHING, (scope(LIST, GOOD, ("prefer", "fault=SHUFFLE")), 4))],
    ],
    ids=[
        "a limit",
        "a missing key",
        "a limit that is told",
        "chaos and its end",
        "a sequence",
        "another method or query",
        "a recording that changes",
        "a session that changes",
        "a session that is deleted",
        "a session that ends",
        "a clock that is moved",
        "a sequence that is over until the clock is set back",
        "lots that are drawn for each answer",
    ],
)
def test_a_known_request_is_answered_as_a_new_one_whatever_there_is(steps: list[Step]) -> None:
    assert told(steps, forgetful=False) == told(steps, forgetful=True)


def test_a_request_that_comes_again_is_looked_up() -> None:
    known = KnownRequests()

    assert known.of(scope()) is known.of(scope())


@pytest.mark.parametrize(
    "other",
    [
        scope("/acme"),
        scope(method="HEAD"),
        scope(query="kind=llm"),
        scope(LIST, ("authorization", "Bearer sk-2")),
        {**scope(), "root_path": "/acme"},
        {**scope(), "raw_path": b"/acme/base/v1%2Fmodels"},
    ],
)
def test_another_head_is_another_request(other: dict[str, Any]) -> None:
    known = KnownRequests()

    assert known.of(scope()) is not known.of(other)
    assert known.of(other).address == address_of(other)


@pytest.mark.parametrize("field", [("x-long", "a" * MAX_HEAD), ("x-" + "a" * MAX_HEAD, "long")], ids=["value", "name"])
def test_a_long_head_is_not_kept(field: tuple[str, str]) -> None:
    known, long = KnownRequests(), scope(LIST, field)

    assert known.of(long) is not known.of(long)


def test_an_answer_that_is_larger_than_all_the_room_is_not_kept() -> None:
    mock = Mock(Clock(), forgetful=False)
    mock.app.known = KnownRequests(room=200)
    asyncio.run(mock.ask(HERE))
    reading = mock.app.known.of(HERE).reading

    assert reading is not None
    assert reading.lasting is None


def test_a_request_whose_fields_are_lists_is_read_each_time() -> None:
    listed = {**scope(), "headers": [[b"host", b"mock.test"]]}

    assert KnownRequests().of(listed).address.host == "mock.test"


def test_a_request_without_a_raw_path_is_known_by_its_path() -> None:
    known = KnownRequests()
    bare = {name: value for name, value in scope().items() if name != "raw_path"}

    assert known.of(bare) is known.of(bare)
    assert known.of(bare).address.path == LIST


@given(st.lists(st.integers(0, 30)), st.integers(1, 9), st.integers(3, 20))
def test_no_more_is_kept_than_there_is_room_for(numbers: list[int], most: int, room: int) -> None:
    known = KnownRequests(most, room)
    for number in numbers:
        known.of(scope(f"/{number}"))

        assert len(known) <= most
        assert known.weight <= room
