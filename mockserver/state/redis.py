"""The state in Redis, or in Valkey, for several workers and machines: one round trip for a request.

What is done there is said by the scripts in ``lua/``; each is one step that nothing comes between. All keys have a time
to live but the two that list the sessions and count how many were made.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from mockserver.errors import UsageError
from mockserver.journal.entry import Entry
from mockserver.journal.journal import Journal
from mockserver.journal.ring import MAX_BYTES, MAX_ENTRIES
from mockserver.metrics import Stock
from mockserver.state import scripts
from mockserver.state.clock import Clock
from mockserver.state.line import Line
from mockserver.state.outbox import Lost, Outbox, Sleep
from mockserver.state.scripts import Reply, Spoken
from mockserver.state.session import DEFAULT, Session
from mockserver.state.store import MAX_SESSIONS, NoSuchSessionError, UnavailableError
from mockserver.state.turn import Demand, Turn

PREFIX = "gateway-mock"
PAUSE_S = 1.0  # in which what needs no state does not ask for it again, after it could not be reached
POLL_S = 0.01  # between two looks whether the entries of other workers are written
POLLS = 100  # then they are taken for lost


class Reader(Protocol):
    """Whatever makes a session of its document."""

    def __call__(self, id: str, document: Mapping[str, Any], revision: int, /) -> Session:
        """The session *id*; raises UsageError for a document that cannot be."""


class Redis:
    """A `Store` in Redis, whose clock is the real one. It fails with UnavailableError, within about a second.

    While Redis is away, requests of the default traffic that need no state have their turn all the same; they are
    missing in the journal, which counts them as evicted.
    """

    def __init__(
        self,
        url: str,
        default: Session,
        read: Reader,
        now: Callable[[], float],
        *,
        sleep: Sleep = asyncio.sleep,
        most: int = MAX_SESSIONS,
        prefix: str = PREFIX,
    ) -> None:
        """*url* begins with ``redis://``, ``rediss://`` or ``unix://``. Nothing connects yet.

        *default* are the settings of the default traffic; *read* makes sessions of their documents. *now* gives seconds
        since 1970, for when Redis is away. *most* bounds the sessions; *prefix* is what all keys begin with. Raises
        UsageError for a *url* that cannot be.
        """
        self._line = Line(url, scripts.texts())
        self._default = default
        self._read = read
        self._now = now
        self._sleep = sleep
        self._most = most
        self._prefix = prefix
        self._known: dict[str, Spoken] = {DEFAULT: Spoken(default)}  # by id, those that came longest ago first
        self._away_until = -math.inf
        self._outbox = Outbox(self._append, sleep, most)

    async def create(self, session: Session) -> None:
        """Keeps *session*; of more than *most*, the one that was idle longest ends."""
        settings = (json.dumps(dict(session.document)), repr(session.ttl_s), session.revision)
        begins = (self._begins(part) for part in scripts.PARTS)
        await self._line.call("create", [self._index, self._made], (session.id, *settings, self._most, *begins))
        self._remember(session)

    async def find(self, id: str) -> Session:
        """The session *id*, as last seen here: `turn` says when it has changed elsewhere. Raises NoSuchSessionError."""
        known = self._known.get(id)
        return known.session if known else await self.current(id)

    async def current(self, id: str) -> Session:
        """The session *id*, as it is now. Raises NoSuchSessionError."""
        _, revision, document, *_ = await self._run("look", id, "")
        return self._session(id, int(revision), document)

    async def change(self, session: Session) -> None:
        """Puts *session* in the place of the one of its id; what was changed starts anew. Raises NoSuchSessionError."""
        before = await self.current(session.id)
        limits = (session.limit, session.documented_limits) != (before.limit, before.documented_limits)
        anew = (session.sequences != before.sequences, session.chaos != before.chaos, limits)
        settings = (json.dumps(dict(session.document)), repr(session.ttl_s), session.revision)
        _, revision = await self._run("change", session.id, "settings", *settings, *map(int, anew))
        self._remember(replace(session, revision=int(revision)))

    async def delete(self, id: str) -> None:
        """Ends the session *id* at once. Raises NoSuchSessionError."""
        await self._run("change", id, "session")
        self._known.pop(id, None)

    async def sessions(self) -> list[Session]:
        """All sessions but that of the default traffic, those used longest ago first."""
        found = []
        for each in await self._line.say("ZRANGE", self._index, 0, -1):
            try:
                found.append(await self.current(each.decode()))
            except NoSuchSessionError:
                continue
        return found

    async def turn(self, session: Session, demand: Demand) -> Turn | Session:
        """What the state says of one request. Raises NoSuchSessionError."""
        is_spare = session.id == DEFAULT and demand.is_stateless
        if is_spare and self._now() < self._away_until:
            return Turn(self._now())
        known = self._known.get(session.id)
        spoken = known if known and known.session is session else Spoken(session)
        try:
            reply = await self._run("turn", session.id, *spoken.arguments(demand))
        except UnavailableError:
            if not is_spare:
                raise
            self._away_until = self._now() + PAUSE_S
            return Turn(self._now())
        if reply[0] == b"changed":
            return self._session(session.id, int(reply[1]), reply[2])
        return scripts.turn(reply, session)

    async def clock(self, id: str) -> Clock:
        """The clock of the session *id*. Raises NoSuchSessionError."""
        _, _, _, offset, frozen, *_ = await self._run("look", id, "")
        return Clock(float(offset), float(frozen) if frozen else None)

    async def set_clock(self, id: str, clock: Clock, ages_s: float = 0) -> None:
        """Sets the clock of the session *id*, by which it has been idle for *ages_s* seconds more.

        Raises NoSuchSessionError.
        """
        frozen = "" if clock.frozen_at is None else repr(clock.frozen_at)
        await self._run("change", id, "clock", repr(clock.offset_s), frozen, repr(ages_s))

    def record(self, id: str, entry: Entry) -> None:
        """Writes *entry* into the journal of the session *id*, soon."""
        if entry.number:
            self._outbox.put(id, entry)
        else:  # its turn was had here alone
            self._outbox.lose(id, Lost(1))

    def repeat(self, id: str, entry: Entry, turn: Turn) -> None:
        """Writes *entry* once more, as the one of a request that had this *turn*, soon."""
        self.record(id, entry.again(turn.number, turn.now))

    async def journal(self, id: str) -> Journal:
        """The journal of the session *id*, with every answer that was given before. Raises NoSuchSessionError.

        An answer that its worker has not written down within a second is taken for lost.
        """
        await self._settle(id)
        return scripts.journal(await self._run("journal", id))

    async def clear_journal(self, id: str) -> None:
        """Empties the journal of the session *id*. Raises NoSuchSessionError."""
        await self._settle(id)
        await self._run("change", id, "journal")

    async def stock(self) -> Stock:
        """What all workers have of sessions and entries, and had of sessions; nothing while Redis is away."""
        begins = (self._begins(scripts.SESSION), self._begins(scripts.JOURNAL))
        try:
            _, sessions, made, entries = await self._line.call("count", [self._index, self._made], begins)
        except UnavailableError:
            return Stock()
        return Stock(sessions=sessions, sessions_made=made, sessions_ended=made - sessions, journal_entries=entries)

    async def start(self) -> None:
        """Starts to write what is recorded."""
        self._outbox.start()

    async def stop(self) -> None:
        """Writes what is left, if it can, and closes all connections."""
        await self._outbox.stop()
        await self._line.close()

    @property
    def _index(self) -> str:
        return f"{self._prefix}:sessions"

    @property
    def _made(self) -> str:
        return f"{self._prefix}:made"

    def _begins(self, part: str) -> str:
        """What the names of all keys of that *part* begin with, before the id of their session."""
        return f"{self._prefix}:{part}:"

    async def _settle(self, id: str) -> None:
        """Waits until the answers that were given before are written."""
        *_, real, awaited = await self._run("look", id, "")
        for _ in range(POLLS):
            if not awaited:
                break
            await self._sleep(POLL_S)
            *_, awaited = await self._run("look", id, real.decode())

    async def _append(self, id: str, lost: Lost, entries: list[Entry], /, *, patient: bool) -> None:
        bounds = (MAX_ENTRIES, MAX_BYTES, lost.entries, lost.last)
        await self._run("append", id, *bounds, *scripts.written(entries), patient=patient)

    def _session(self, id: str, revision: int, document: bytes) -> Session:
        """The session *id* of what Redis holds of it."""
        known = self._known.get(id)
        if known and known.session.revision == revision:
            return known.session
        if id == DEFAULT and revision == 0:
            session = self._default
        else:
            try:
                session = self._read(id, json.loads(document), revision)
            except UsageError as error:
                raise UnavailableError(f"The session {id} was made by a mock that serves something else: {error}.") from None
        self._remember(session)
        return session

    def _remember(self, session: Session) -> None:
        self._known.pop(session.id, None)
        self._known[session.id] = Spoken(session)
        if len(self._known) > self._most + 1:
            del self._known[next(each for each in self._known if each != DEFAULT)]

    async def _run(self, script: str, id: str, *arguments: str | int, patient: bool = False) -> Reply:
        """What *script* gives for the session *id*, at once unless it is *patient*. Raises NoSuchSessionError."""
        keys = [f"{self._prefix}:{part}:{id}" for part in scripts.PARTS]
        reply: Reply = await self._line.call(script, [*keys, self._index], (id, *arguments), patient=patient)
        if reply[0] == b"gone":
            self._known.pop(id, None)
            raise NoSuchSessionError(id)
        return reply
