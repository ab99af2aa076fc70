"""The app called as a server calls it, without a client between."""

from __future__ import annotations

import asyncio
from typing import Any

from mockserver import create_app
from specs import Provider

Providers = dict[str, Provider]
PLAIN = {"type": "http", "method": "GET", "path": "/acme/base/open", "query_string": b"", "headers": []}


def call(providers: Providers, **scope: Any) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        raise AssertionError("the mock waits for nothing from its clients")

    async def send(message: Any) -> None:
        sent.append(message)

    async def serve() -> None:
        await create_app(providers)({**PLAIN, **scope}, receive, send)

    asyncio.run(serve())
    return sent


def test_an_answer_is_one_start_and_one_body(acme: Providers) -> None:
    start, body = call(acme)

    assert (start["type"], start["status"], body["type"]) == ("http.response.start", 200, "http.response.body")
    assert (b"content-length", str(len(body["body"])).encode()) in start["headers"]


def test_field_names_are_in_lower_case(acme: Providers) -> None:
    start, _ = call(acme)

    assert all(name == name.lower() for name, _ in start["headers"])


def test_a_list_of_fields_that_a_middleware_changes_is_not_the_next_answers(acme: Providers) -> None:
    app = create_app(acme)
    seen: list[list[Any]] = []

    async def receive() -> Any:
        raise AssertionError("the mock waits for nothing from its clients")

    async def spoil(message: Any) -> None:
        if message["type"] == "http.response.start":
            seen.append(list(message["headers"]))
            message["headers"].clear()

    async def serve_twice() -> None:
        for _ in range(2):
            await app({**PLAIN}, receive, spoil)

    asyncio.run(serve_twice())

    assert seen[0] == seen[1] != []


def test_a_path_without_its_raw_form_is_taken_as_it_is_decoded(acme: Providers) -> None:
    start, _ = call(acme, path="/acme/base/v1/models/acme/small", headers=[(b"authorization", b"Bearer sk-1")])

    assert start["status"] == 200


def test_raw_octets_in_path_query_and_fields_are_no_crash(acme: Providers) -> None:
    fields = [(b"host", b"\xff:80"), (b"authorization", b"Bearer \xff"), (b"if-none-match", b'"\xff"')]
    start, _ = call(acme, raw_path=b"/acme/base/v1/models/\xff%ff%zz", query_string=b"\xff=%ff&&=&a=1;b", headers=fields)

    assert start["status"] == 401
