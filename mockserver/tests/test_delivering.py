"""Deliveries being performed, with time that the test hands in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from mockserver.answer import Answer
from mockserver.faults.connection import STATE
from mockserver.faults.delivering import perform
from mockserver.faults.delivery import Body, Delivery, End, Head, Wait, Write, in_parts, whole

ANSWER = Answer.of(200, (), b"0123456789")
Sleep = Callable[[float], Awaitable[None]]


class Link:
    """What a connection was told; it is gone once closed."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.busy = False
        self.gone = asyncio.Event()

    def write(self, octets: bytes) -> None:
        assert self.busy
        self.told.append(octets)

    def close(self) -> None:
        self.told.append("close")
        self.gone.set()

    def reset(self) -> None:
        self.told.append("reset")
        self.gone.set()


class Client:
    """Takes down what it gets, and how long the sender waited; leaves when *leaves* says so."""

    def __init__(self, *, method: str = "GET", link: Link | None = None, leaves: bool = False) -> None:
        self.got: list[Any] = []
        self.link = link
        self.scope = {"type": "http", "method": method, **({"state": {STATE: link}} if link else {})}
        self.leaves = leaves
        self._asked = False

    async def receive(self) -> Any:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        if not self.leaves:
            await (self.link.gone if self.link else asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.got.append(
            (message["status"], message["headers"]) if "status" in message else (message["body"], message["more_body"])
        )

    async def sleep(self, seconds: float) -> None:
        self.got.append(seconds)

    async def take(self, delivery: Delivery, sleep: Sleep | None = None) -> list[Any]:
        await perform(delivery, self.scope, self.receive, self.send, sleep or self.sleep)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}, "a task is left behind"
        return self.got


def test_a_delay_comes_before_the_first_octet() -> None:
    async def story() -> None:
        got = await Client().take(whole(ANSWER).delayed(3))
        assert got == [3, (200, list(ANSWER.fields)), (ANSWER.content, False)]

    asyncio.run(story())


def test_a_delay_can_be_spread_over_the_content() -> None:
    async def story() -> None:
        got = await Client().take(in_parts(ANSWER, 3, 6))
        assert got == [(200, list(ANSWER.fields)), 2, (b"0123", True), 2, (b"4567", True), 2, (b"89", False)]

    asyncio.run(story())


def test_content_that_is_empty_takes_its_time_as_well() -> None:
    async def story() -> None:
        got = await Client().take(in_parts(Answer.of(304, (), b""), 3, 6))
        assert got == [(304, []), 6, (b"", False)]

    asyncio.run(story())


def test_an_answer_to_head_has_no_content() -> None:
    async def story() -> None:
        link = Link()
        got = await Client(method="HEAD").take(in_parts(ANSWER, 3, 6))
        await Client(method="HEAD", link=link).take(Delivery((Write(b"head"), Write(b"content", content=True), End.CLOSE)))
        assert got == [(200, list(ANSWER.fields)), 2, (b"", False)]
        assert link.told == [b"head", "close"]

    asyncio.run(story())


def test_octets_go_past_the_server_and_the_connection_is_free_afterwards() -> None:
    async def story() -> None:
        link = Link()
        got = await Client(link=link).take(Delivery((Write(b"a"), Wait(2), End.RESET)))
        assert (got, link.told, link.busy) == ([2], [b"a", "reset"], False)

    asyncio.run(story())


def test_without_a_connection_the_client_is_told_so() -> None:
    async def story() -> None:
        for end in End:
            (status, fields), (content, _) = await Client().take(Delivery((end,)))
            assert status == 501
            assert (b"content-type", b"application/problem+json") in fields
            assert b"python -m mockserver" in content

    asyncio.run(story())


def test_nothing_goes_on_when_the_client_leaves() -> None:
    async def forever(_seconds: float) -> None:
        await asyncio.Event().wait()

    async def story() -> None:
        assert await Client(leaves=True).take(whole(ANSWER).delayed(3), forever) == []
        head = (200, list(ANSWER.fields))
        assert await Client(leaves=True).take(Delivery((Head(*head[:1], ANSWER.fields), Body(b"ab", 1, 1))), forever) == [head]
        assert await Client(leaves=True, link=Link()).take(Delivery((End.CLIENT,)), forever) == []

    asyncio.run(story())


def test_a_server_that_stops_leaves_nothing_behind() -> None:
    async def forever(_seconds: float) -> None:
        await asyncio.Event().wait()

    async def story() -> None:
        client = Client()
        task = asyncio.ensure_future(perform(whole(ANSWER).delayed(3), client.scope, client.receive, client.send, forever))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(story())
