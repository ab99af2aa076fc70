from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.journal import fingerprint
from mockserver.lines import Lines
from mockserver.logs import OUTCOME, Form, Logged, Outcome, lost
from mockserver.tests.asgi import Sent, ask, plain

NOON = 1795348800.25  # 2026-11-22


class Clock:
    """Seconds, 1.5 milliseconds more each time that it is read."""

    now = 5.0

    def __call__(self) -> float:
        self.now += 0.0015
        return self.now


def logged(
    path: str = "/", fields: Mapping[str, str] | None = None, *, app: ASGIApp = plain, form: Form = "json", **more: Any
) -> tuple[str, Sent]:
    """The line that a request makes, and the answer."""
    written: list[str] = []
    lines = Lines(written.append, str)
    answer = ask(Logged(app, lines, form, lambda: NOON, Clock(), lambda: "made-1"), path, fields, **more)
    lines.close()
    (line,) = "".join(written).splitlines()
    return line, answer


def test_a_request_is_one_line_of_json() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope[OUTCOME] = Outcome("acme", "rate-limit", "TRUNCATE", "q7VtKc0Zb1")
        await plain(scope, receive, send)

    line, _ = logged("/acme/v1/models", app=app)

    assert json.loads(line) == {
        "time": "2026-11-22T12:00:00.250Z",
        "id": "made-1",
        "method": "GET",
        "path": "/acme/v1/models",
        "provider": "acme",
        "status": 200,
        "cause": "rate-limit",
        "fault": "TRUNCATE",
        "bytes": 15,
        "ms": 1.5,
        "session": fingerprint("q7VtKc0Zb1"),
    }


def test_or_one_of_text() -> None:
    line, _ = logged("/acme/v1/models", form="text")

    assert line == "2026-11-22T12:00:00.250Z 200 GET /acme/v1/models 15B 1.500ms cause=mock id=made-1"


@pytest.mark.parametrize("given", ["abc", "0af7651916cd43dd8448eb211c80319c", "a" * 128, "!#$%&'*+-.^_`|~"])
def test_a_sane_request_id_is_the_clients(given: str) -> None:
    line, answer = logged(fields={"X-Request-Id": given})

    assert json.loads(line)["id"] == given
    assert answer.fields["x-request-id"] == given


@pytest.mark.parametrize(
    "given", ["", "two words", "a" * 129, 'a"b', "a\tb", "\xe9", "sk-other", "my-own-key-1", "a.my-own-key-1.b"]
)
def test_any_other_one_is_replaced(given: str) -> None:
    line, answer = logged(fields={"X-Request-Id": given, "Authorization": "Bearer my-own-key-1"})

    assert json.loads(line)["id"] == "made-1"
    assert answer.fields["x-request-id"] == "made-1"


def test_the_answers_own_id_gives_way_so_that_the_line_can_be_found() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"X-Request-Id", b"recorded")]})
        await send({"type": "http.response.body"})

    _, answer = logged(app=app)

    assert answer.raw_fields == ((b"x-request-id", b"made-1"),)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/s/q7VtKc0Zb1/acme/v1/models", f"/s/{fingerprint('q7VtKc0Zb1')}/acme/v1/models"),
        ("/s/q7VtKc0Zb1", f"/s/{fingerprint('q7VtKc0Zb1')}"),
        ("/__mock/sessions/q7VtKc0Zb1", f"/__mock/sessions/{fingerprint('q7VtKc0Zb1')}"),
        ("/__mock/sessions", "/__mock/sessions"),
        ("/acme/s/x", "/acme/s/x"),
        ("/acme/v1/models/sk-secret", "/acme/v1/models/***"),
        ("/acme/v1/models/my-own-key-1", "/acme/v1/models/***"),
        ("/acme/v1/models/from-the-query", "/acme/v1/models/***"),
    ],
)
def test_neither_a_session_nor_a_key_stands_in_a_path(path: str, shown: str) -> None:
    line, _ = logged(path, {"Authorization": "Bearer my-own-key-1"}, query_string=b"api_key=from-the-query")

    assert json.loads(line)["path"] == shown


def test_where_the_app_is_mounted_the_path_is_the_one_below() -> None:
    line, _ = logged("/below/s/q7VtKc0Zb1", root_path="/below")

    assert json.loads(line)["path"] == f"/s/{fingerprint('q7VtKc0Zb1')}"


def test_fields_and_queries_are_in_no_line() -> None:
    fields = {"Authorization": "Bearer sk-secret", "Cookie": "hidden", "Prefer": "code=429"}
    for form in ("json", "text"):
        line, _ = logged("/", fields, form=form, query_string=b"api_key=sk-secret&q=hidden", method="sk-secret")

        assert not {"secret", "hidden", "429"} & set(line.replace('"', " ").replace("=", " ").replace("-", " ").split())


@pytest.mark.parametrize("form", ["json", "text"])
def test_whatever_stands_in_a_path_a_line_is_one_line_of_ascii(form: Form) -> None:
    line, _ = logged("/a\r\nb\x1b[31m\u2028é", form=form)

    assert line.isascii()
    assert line.isprintable()


def test_long_paths_and_methods_are_cut() -> None:
    line, _ = logged("/" + "a" * 100_000, method="M" * 1000)

    assert len(line) < 2500


def test_an_app_that_fails_is_logged_without_a_status() -> None:
    written: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("broken")

    lines = Lines(written.append, str)
    with pytest.raises(RuntimeError, match="broken"):
        ask(Logged(app, lines, "json", lambda: NOON, Clock(), lambda: "made-1"))
    lines.close()

    assert json.loads(written[0])["status"] is None


def test_what_waits_is_written_when_the_app_ends() -> None:
    written: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        return

    lines = Lines(written.append, str)
    lines.put("waiting")
    logged_app = Logged(app, lines, "json", lambda: NOON, Clock(), lambda: "made-1")
    asyncio.run(logged_app({"type": "lifespan"}, None, None))  # type: ignore[arg-type]  # not called

    assert written == ["waiting\n"]


def test_lost_lines_are_told_in_the_form_of_the_log() -> None:
    assert json.loads(lost("json", lambda: NOON)(7)) == {"time": "2026-11-22T12:00:00.250Z", "lost": 7}
    assert lost("text", lambda: NOON)(7) == "2026-11-22T12:00:00.250Z 7 lines were lost, as nobody read them"
