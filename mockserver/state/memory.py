"""The state in the memory of one process."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.journal.entry import Entry
from mockserver.journal.journal import Journal
from mockserver.journal.ring import Ring
from mockserver.limiter import Limiter
from mockserver.metrics import Stock
from mockserver.state.clock import REAL, Clock
from mockserver.state.sequence import Position
from mockserver.state.session import DEFAULT, Session
from mockserver.state.store import MAX_SESSIONS, NoSuchSessionError
from mockserver.state.turn import NO_DEMAND, Demand, Turn

MAX_JOURNALS = 64 * 1024 * 1024  # octets of the entries of all sessions, about; the default traffic has its own bound


class _Held:
    """A session with what changes: how far its sequences have come, its limits' counts, its clock, its journal."""

    def __init__(self, session: Session, real: float) -> None:
        self.session = session
        self.clock = REAL
        self.positions: list[Position | None] = [None] * len(session.sequences)
        self.asked = 0
        self.drawn = 0
        self.limiters: dict[str, Limiter] = {}  # by provider
        self.ring = Ring()
        self.used = real  # by the real clock
        self.used_at = real  # by its own

    def is_over(self, real: float) -> bool:
        idle_s = max(real - self.used, self.clock.at(real) - self.used_at)
        return self.session.id != DEFAULT and idle_s >= self.session.ttl_s

    def touch(self, real: float) -> float:
        self.used = real
        self.used_at = now = real if self.clock is REAL else self.clock.at(real)
        return now


class Memory:
    """A `Store` without a network: nothing waits, so that nothing comes between the steps of a turn."""

    def __init__(self, default: Session, now: Callable[[], float], most: int = MAX_SESSIONS, room: int = MAX_JOURNALS) -> None:
        """*default* are the settings of the default traffic, *now* gives seconds since 1970, *most* bounds the sessions.

        *room* bounds the octets of their journals together: the oldest entries of the session idle longest go first.
        """
        self._now = now
        self._most = most
        self._room = room
        self._written = 0  # octets, since room was last made
        self._default = _Held(default, now())
        self._made = 0
        self._sessions: dict[str, _Held] = {}  # those used longest ago first

    async def create(self, session: Session) -> None:
        """Keeps *session*; of more than *most*, the one that was idle longest ends."""
        real = self._now()
        self._sessions = {held.session.id: held for held in self._sessions.values() if not held.is_over(real)}
        if len(self._sessions) >= self._most:
            del self._sessions[next(iter(self._sessions))]
        self._sessions[session.id] = _Held(session, real)
        self._made += 1

    async def find(self, id: str) -> Session:
        """The session *id*. Raises NoSuchSessionError."""
        return self._held(id).session

    async def current(self, id: str) -> Session:
        """The session *id*. Raises NoSuchSessionError."""
        return self._held(id).session

    async def change(self, session: Session) -> None:
        """Puts *session* in the place of the one of its id; what was changed starts anew. Raises NoSuchSessionError."""
        held = self._held(session.id)
        before, held.session = held.session, session
        if session.sequences != before.sequences:
            held.positions = [None] * len(session.sequences)
        if session.chaos != before.chaos:
            held.drawn = 0
        if (session.limit, session.documented_limits) != (before.limit, before.documented_limits):
            held.limiters.clear()

    async def delete(self, id: str) -> None:
        """Ends the session *id* at once. Raises NoSuchSessionError."""
        self._held(id)
        del self._sessions[id]

    async def sessions(self) -> list[Session]:
        """All sessions but that of the default traffic, those used longest ago first."""
        real = self._now()
        return [held.session for held in self._sessions.values() if not held.is_over(real)]

    async def turn(self, session: Session, demand: Demand) -> Turn | Session:
        """What the state says of one request. Raises NoSuchSessionError."""
        if session.id == DEFAULT:
            held = self._default
        else:
            held = self._held(session.id)
            self._sessions[session.id] = self._sessions.pop(session.id)
        if held.session is not session and held.session != session:
            return held.session
        now = held.touch(self._now())
        held.asked += 1
        if demand is NO_DEMAND:
            return Turn(now, held.asked)
        return _turn(held, demand, now)

    async def clock(self, id: str) -> Clock:
        """The clock of the session *id*. Raises NoSuchSessionError."""
        return self._held(id).clock

    async def set_clock(self, id: str, clock: Clock, ages_s: float = 0) -> None:
        """Sets the clock of the session *id*, by which it has been idle for *ages_s* seconds more.

        Raises NoSuchSessionError.
        """
        held = self._held(id)
        real = self._now()
        idle_s = max(0.0, held.clock.at(real) - held.used_at + ages_s)
        held.clock, held.used_at = clock, clock.at(real) - idle_s

    def record(self, id: str, entry: Entry) -> None:
        """Writes *entry* into the journal of the session *id*, if that is still there."""
        if id == DEFAULT:
            self._default.ring.append(entry)
        elif id in self._sessions:
            self._sessions[id].ring.append(entry)
            self._wrote(entry)

    def repeat(self, id: str, entry: Entry, turn: Turn) -> None:
        """Writes *entry* once more, as the one of a request that had this *turn*."""
        if id == DEFAULT:
            self._default.ring.repeat(entry, turn.number, turn.now)
        elif id in self._sessions:
            self._sessions[id].ring.repeat(entry, turn.number, turn.now)
            self._wrote(entry)

    async def journal(self, id: str) -> Journal:
        """The journal of the session *id*. Raises NoSuchSessionError."""
        return self._held(id).ring.journal()

    async def clear_journal(self, id: str) -> None:
        """Empties the journal of the session *id*. Raises NoSuchSessionError."""
        self._held(id).ring.clear()

    async def stock(self) -> Stock:
        """How much there is of sessions and entries; what sessions that ended had is not counted."""
        return Stock(
            sessions=len(self._sessions),
            sessions_made=self._made,
            sessions_ended=self._made - len(self._sessions),
            journal_entries=sum(len(held.ring) for held in (self._default, *self._sessions.values())),
        )

    async def start(self) -> None:
        """Nothing to do."""

    async def stop(self) -> None:
        """Nothing to do."""

    def _wrote(self, entry: Entry) -> None:
        """Makes room in the journals after *entry*: now and then, as looking at each of them takes its time."""
        self._written += entry.weight
        if self._written <= self._room // 100:
            return
        self._written = 0
        excess = sum(held.ring.weight for held in self._sessions.values()) - self._room * 99 // 100
        for held in self._sessions.values():
            if excess <= 0:
                return
            excess -= held.ring.shed(excess)

    def _held(self, id: str) -> _Held:
        if id == DEFAULT:
            return self._default
        held = self._sessions.get(id)
        if held is None:
            raise NoSuchSessionError(id)
        if held.is_over(self._now()):
            del self._sessions[id]
            raise NoSuchSessionError(id)
        return held


def _turn(held: _Held, demand: Demand, now: float) -> Turn:
    """One turn, in the order of the stages: each is asked only where the one before lets the request pass."""
    session = held.session
    draw = position = verdict = None
    if demand.draws and session.chaos.reigns(now):
        held.drawn += 1
        draw = session.chaos.draw(held.drawn)
    if demand.sequence is not None:
        sequence = session.sequences[demand.sequence]
        position = sequence.following(held.positions[demand.sequence], now)
        if position is None:
            return Turn(now, held.asked, None, draw)
        held.positions[demand.sequence] = position
        if not sequence.steps[position.step].passes:
            return Turn(now, held.asked, position, draw)
    if draw is not None and draw.hit is not None:
        return Turn(now, held.asked, position, draw)
    if demand.limit is not None:
        # Each provider has a limiter of its own, which what stands before the colon of the key names; so has the session.
        provider = demand.key.partition(":")[0]
        limiter = held.limiters.get(provider)
        if limiter is None:
            limiter = held.limiters[provider] = Limiter(demand.limit)
        verdict = limiter.hit(demand.key, now)
    return Turn(now, held.asked, position, draw, verdict)
