"""The line to Redis: commands that come at the same time go together, on one connection that is opened when needed.

Nobody waits for what is written into a journal, so that goes along with the next command, or by itself after a moment. So a
request takes one round trip and no second one, as long as another request follows within that moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from hashlib import sha1
from typing import Any, NamedTuple

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError
from redis.maint_notifications import MaintNotificationsConfig

from mockserver.errors import UsageError
from mockserver.state.opening import without_secrets
from mockserver.state.store import UnavailableError

TIMEOUT_S = 0.5  # for opening a connection, and for answers on it, unless the URL says socket_timeout
TOGETHER = 100  # commands
COMPANY_S = 0.02  # for which a patient command waits for another one that it can go with

Words = tuple[str | int, ...]


class _Waiting(NamedTuple):
    command: Words
    reply: asyncio.Future[Any]


class Line:
    """Says commands, and calls *scripts* by their names.

    What fails is not said again, as it may have been done all the same; the next command opens a new connection.
    """

    def __init__(self, url: str, scripts: Mapping[str, str]) -> None:
        """*url* is as redis-py wants it: ``redis://``, ``rediss://`` or ``unix://``; raises UsageError for another one."""
        self._place = without_secrets(url)
        self._client = _client(url)
        # With all of one command: it may wait for a connection, or for the commands before it.
        self._patience_s: float = 2 * self._client.connection_pool.connection_kwargs["socket_timeout"]
        self._scripts = scripts
        self._digests = {name: _digest(text) for name, text in scripts.items()}
        self._waiting: list[_Waiting] = []
        self._patient: list[_Waiting] = []
        self._company: asyncio.TimerHandle | None = None
        self._sender: asyncio.Task[None] | None = None

    async def call(self, script: str, keys: list[str], arguments: Words, *, patient: bool = False) -> Any:
        """What the script of that name gives. Raises UnavailableError."""
        return await self.say("EVALSHA", self._digests[script], len(keys), *keys, *arguments, patient=patient)

    async def say(self, *command: str | int, patient: bool = False) -> Any:
        """What Redis answers to *command*, which goes at once, or along with another if it is *patient*.

        Raises UnavailableError.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(command, loop.create_future())
        if patient:
            self._patient.append(waiting)
            self._company = self._company or loop.call_later(COMPANY_S, self._alone)
        else:
            self._waiting.append(waiting)
            self._start()
        try:
            async with asyncio.timeout(self._patience_s):
                return await waiting.reply
        except (RedisError, OSError) as error:
            why = str(error).rstrip(".") or "it did not answer in time"
            raise UnavailableError(f"The state at {self._place} cannot be reached: {why:.200}.") from None

    async def close(self) -> None:
        """Closes the connection."""
        if self._sender is not None:
            await self._sender
        await self._client.aclose(close_connection_pool=True)

    def _start(self) -> None:
        if self._sender is None:
            self._sender = asyncio.create_task(self._send())

    def _alone(self) -> None:
        """No other command came that the patient ones could go with."""
        self._waiting += self._patient_ones()
        self._start()

    def _patient_ones(self) -> list[_Waiting]:
        patient, self._patient = self._patient, []
        if self._company is not None:
            self._company.cancel()
            self._company = None
        return patient

    async def _send(self) -> None:
        while self._waiting:
            together = [*self._patient_ones(), *self._waiting[:TOGETHER]]
            del self._waiting[:TOGETHER]
            batch = [each for each in together if not each.reply.done()]
            try:
                replies = await self._exchange([each.command for each in batch])
            except (RedisError, OSError) as error:
                replies = [error] * len(batch)
            for each, reply in zip(batch, replies, strict=True):
                if each.reply.done():  # nobody waits for it any more
                    continue
                if isinstance(reply, Exception):
                    each.reply.set_exception(reply)
                else:
                    each.reply.set_result(reply)
        self._sender = None

    async def _exchange(self, commands: list[Words]) -> list[Any]:
        """One round trip; two where Redis does not know our scripts yet."""
        replies = await self._together(commands)
        unknown = [index for index, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
        if unknown:
            await self._together([("SCRIPT", "LOAD", text) for text in self._scripts.values()])
            for index, reply in zip(unknown, await self._together([commands[index] for index in unknown]), strict=True):
                replies[index] = reply
        return replies

    async def _together(self, commands: list[Words]) -> list[Any]:
        async with self._client.pipeline(transaction=False) as pipeline:
            for command in commands:
                pipeline.execute_command(*command)
            replies: list[Any] = await pipeline.execute(raise_on_error=False)
        return replies


def _client(url: str) -> Redis:
    try:
        pool = ConnectionPool.from_url(
            url,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
        # It connects not yet, but refuses what it does not know.
        pool.make_connection()  # type: ignore[no-untyped-call] # redis-py has not typed it
    except (ValueError, TypeError) as error:
        expected = "expected such as redis://localhost:6379/0 or unix:///run/redis.sock"
        raise UsageError(f"state {without_secrets(url)!r}: {error}; {expected}") from None
    return Redis(connection_pool=pool)


def _digest(script: str) -> str:
    return sha1(script.encode(), usedforsecurity=False).hexdigest()
