"""The known request: one that was asked before, with what was found out about it then.

A client sends one request again and again. Whose it is, what it asks for and what it needs of the state, its `Reading`,
depends on nothing but its head, the gateways that are served and the settings of its session, all of them values; so
that is found out once, and holds as long as all three are the same. Its turn it has each time, so that the state
counts, draws and refuses as ever. Where that only lets it pass, and the reply `lasts`, the whole `Exchange` is the one
before, written into the journal under the number and the time of its turn.

So a request that comes again goes the same way as the first one, and what was the outcome is looked up. Heads hold
keys: they stay in the memory of this process, as long as there is room, and nothing here writes them anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from starlette.types import Scope

from mockserver.address import Address, address_of

if TYPE_CHECKING:
    from mockserver.call import Call
    from mockserver.dispatch import Gateways
    from mockserver.faults.injecting import Reply, Replying
    from mockserver.journal.entry import Entry
    from mockserver.logs import Outcome

MAX_KNOWN = 512  # requests
MAX_BYTES = 24_000_000  # of heads and of answers, each counted as if no other request had it
MAX_HEAD = 8192  # octets of a head that is kept

Head = tuple[str, bytes | str, str, bytes, tuple[tuple[bytes, bytes], ...]]
"""Method, path as it came, where the app is mounted, query, fields: all that a gateway sees of a request."""


class Exchange(NamedTuple):
    """A request's *reply*, its *outcome* for the log, what counts it by its seconds, and its *entry*, if a journal has one."""

    reply: Reply
    outcome: Outcome
    counted: Callable[[float], None]
    entry: Entry | None = None


@dataclass(slots=True)
class Reading:
    """A request as its *gateway*, one of those *served*, understands it: a *call* before its turn, with its session.

    *lasting* is the exchange that came of it, where that would be the same again.
    """

    served: Gateways
    gateway: Replying
    call: Call
    lasting: Exchange | None = None


@dataclass(slots=True)
class Known:
    """A request to *address*, and its latest *reading*."""

    address: Address
    reading: Reading | None = None


class KnownRequests:
    """The requests that came lately; all are forgotten where there is no room for one more."""

    def __init__(self, most: int = MAX_KNOWN, room: int = MAX_BYTES) -> None:
        self._most = most
        self._room = room
        self._known: dict[Head, Known] = {}
        self._weight = 0

    def __len__(self) -> int:
        return len(self._known)

    @property
    def weight(self) -> int:
        """The octets that all take, about."""
        return self._weight

    def of(self, scope: Scope) -> Known:
        """The request in *scope*, as it was known before if there is one with the same head."""
        raw_path = scope.get("raw_path")  # which ASGI servers may leave out
        path = scope["path"] if raw_path is None else raw_path
        head = (scope["method"], path, scope.get("root_path", ""), scope["query_string"], tuple(scope["headers"]))
        try:
            known = self._known.get(head)
        except TypeError:  # a server that makes lists of fields; ASGI lets it
            return Known(address_of(scope))
        return self._first(head, scope) if known is None else known

    def lasts(self, reading: Reading, exchange: Exchange) -> None:
        """Keeps *exchange*, which came of *reading* and would again, unless it alone is too large."""
        weight = len(exchange.reply.answer.content)
        if weight <= self._room:
            self._make_room(weight)
            reading.lasting = exchange

    def _first(self, head: Head, scope: Scope) -> Known:
        known = Known(address_of(scope))
        weight = len(head[1]) + len(head[3]) + sum([len(name) + len(value) for name, value in head[4]])
        if weight <= MAX_HEAD:
            self._make_room(weight)
            self._known[head] = known
        return known

    def _make_room(self, weight: int) -> None:
        if len(self._known) >= self._most or self._weight + weight > self._room:
            self._known.clear()
            self._weight = 0
        self._weight += weight
