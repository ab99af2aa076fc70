"""What every backend of the state can do, and how it fails."""

from __future__ import annotations

from typing import Protocol

from mockserver.journal.entry import Entry
from mockserver.journal.journal import Journal
from mockserver.metrics import Stock
from mockserver.state.clock import Clock
from mockserver.state.session import Session
from mockserver.state.turn import Demand, Turn

MAX_SESSIONS = 1000


class NoSuchSessionError(Exception):
    """There is no session of that id: it never was, it was deleted, or it ended after it had been idle."""


class UnavailableError(Exception):
    """The state cannot be reached now; the message is a sentence that says why."""


class Store(Protocol):
    """Where sessions live. The session of the default traffic is always there; its settings are the command's."""

    async def create(self, session: Session) -> None:
        """Keeps *session*; of more than the store may hold, the one that was idle longest ends."""

    async def find(self, id: str) -> Session:
        """The session *id*, as last seen here: `turn` says when it has changed elsewhere. Raises NoSuchSessionError."""

    async def current(self, id: str) -> Session:
        """The session *id*, as it is now. Raises NoSuchSessionError."""

    async def change(self, session: Session) -> None:
        """Puts *session* in the place of the one of its id; what was changed starts anew. Raises NoSuchSessionError."""

    async def delete(self, id: str) -> None:
        """Ends the session *id* at once. Raises NoSuchSessionError."""

    async def sessions(self) -> list[Session]:
        """All sessions but that of the default traffic, those used longest ago first."""

    async def turn(self, session: Session, demand: Demand) -> Turn | Session:
        """What the state says of one request, in one step that no other request comes between.

        Gives the session as it is now instead, with nothing done, if *session* is out of date. Raises NoSuchSessionError.
        """

    async def clock(self, id: str) -> Clock:
        """The clock of the session *id*. Raises NoSuchSessionError."""

    async def set_clock(self, id: str, clock: Clock, ages_s: float = 0) -> None:
        """Sets the clock of the session *id*, by which it has been idle for *ages_s* seconds more.

        Raises NoSuchSessionError.
        """

    def record(self, id: str, entry: Entry) -> None:
        """Writes *entry* into the journal of the session *id*, if that is still there."""

    def repeat(self, id: str, entry: Entry, turn: Turn) -> None:
        """Writes *entry* into that journal once more, as the one of a request that had this *turn*."""

    async def journal(self, id: str) -> Journal:
        """The journal of the session *id*, with every answer that was given before. Raises NoSuchSessionError."""

    async def clear_journal(self, id: str) -> None:
        """Empties the journal of the session *id*. Raises NoSuchSessionError."""

    async def stock(self) -> Stock:
        """How much there is of sessions and entries, as far as that is known now."""

    async def start(self) -> None:
        """Called once before the first request, in the loop that serves."""

    async def stop(self) -> None:
        """Called once after the last request."""
