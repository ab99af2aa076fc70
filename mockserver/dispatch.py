"""The outermost layer, and the only one that speaks ASGI: whose request it is, its turn, and the sending of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from functools import lru_cache
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.address import Address, address_of
from mockserver.admin.app import NO_SESSION, unavailable
from mockserver.answer import RawFields
from mockserver.call import Call
from mockserver.faults.connection import STATE
from mockserver.faults.delivering import Sleep, perform
from mockserver.faults.delivery import Delivery, Head
from mockserver.faults.injecting import Reply, Replying
from mockserver.journaling import journaled
from mockserver.logs import OUTCOME, Outcome
from mockserver.metrics import Metrics
from mockserver.nowhere import Nowhere
from mockserver.problem import problem
from mockserver.request import Request
from mockserver.state.session import Session
from mockserver.state.store import NoSuchSessionError, Store, UnavailableError
from mockserver.state.turn import Turn

ADMIN = "/__mock"
NO_SUCH_SESSION, UNAVAILABLE = "no-such-session", "unavailable"  # causes of answers that no journal has


@dataclass(frozen=True)
class Gateways:
    """All that are served: *by_id*, *by_host*, and the one *at_root*, if there is one."""

    by_id: Mapping[str, Replying]
    by_host: Mapping[str, Replying]
    at_root: Replying | None


class _Exchange(NamedTuple):
    """A request's *reply*, *now* by the clock of its session, for the *cause*; *call* is None where it had no turn."""

    now: float
    reply: Reply
    cause: str
    call: Call | None = None

    def outcome(self, session: str) -> Outcome:
        """What a log says of it."""
        return Outcome((self.call and self.call.provider) or None, self.cause, self.reply.fault, session or None)


@dataclass
class Dispatcher:
    """Finds session and gateway of each request, and sends what that replies.

    A gateway is found by its host in Host, by its id as the first segment of the path, else it is that of the
    session, else that at the root. *gateways* may be replaced while requests are answered. *pages* answers for the
    mock itself: the start page, what is under ``/__mock/``, and the lifespan. *sleep* waits for so many seconds,
    where an answer is to take its time. *now* gives seconds since 1970, *elapsed* seconds from any origin.
    """

    gateways: Gateways
    pages: ASGIApp
    store: Store
    metrics: Metrics
    sleep: Sleep
    now: Callable[[], float]
    elapsed: Callable[[], float]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request (ASGI 3.0)."""
        if scope["type"] != "http":
            await self.pages(scope, receive, send)
            return
        address = address_of(scope)
        path, session = address.path, address.session
        gateway = self.gateways.by_host.get(address.host)
        if path == ADMIN or path.startswith(f"{ADMIN}/") or (path == "/" and gateway is None):
            await self.pages(scope, receive, send)
            return
        began = self.elapsed()
        exchange = await self._exchange(address, gateway)
        scope[OUTCOME] = exchange.outcome(session)
        self.metrics.begin()
        try:
            await self._send(exchange, scope, receive, send)
        finally:
            self._count(exchange, scope["method"], self.elapsed() - began)

    async def _exchange(self, address: Address, gateway: Replying | None) -> _Exchange:
        """What the request to *address* gets, from *gateway* if its host is that of one."""
        request = address.request
        try:
            session = await self.store.find(address.session)
            if gateway is None:
                gateway, request = self._gateway(session, address)
            call = await self._call(session, gateway, request)
        except NoSuchSessionError:
            return _Exchange(self.now(), Reply(problem(404, NO_SESSION)), NO_SUCH_SESSION)
        except UnavailableError as error:
            return _Exchange(self.now(), Reply(unavailable(error)), UNAVAILABLE)
        reply = gateway.reply(call)
        entry = journaled(call, reply)
        self.store.record(address.session, entry)
        return _Exchange(call.turn.now, reply, entry.cause.value, call)

    async def _send(self, exchange: _Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        # Our own server sends no Date, so that it can be that of a session's clock; others send theirs in any case.
        dated = (_date(int(exchange.now)),) if STATE in scope.get("state", ()) else ()
        answer, delivery, _ = exchange.reply
        if delivery is not None:
            await perform(_dated(delivery, dated), scope, receive, send, self.sleep)
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.fields, *dated]})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.content})

    def _count(self, exchange: _Exchange, method: str, seconds: float) -> None:
        call, reply = exchange.call, exchange.reply
        draw = call.turn.draw if call else None
        verdict = call.turn.verdict if call else None
        self.metrics.count(
            (call.provider or None) if call else None,
            call.operation.id if call and call.operation else None,
            method,
            reply.answer.status,
            cause=exchange.cause,
            seconds=seconds,
            fault=reply.fault,
            chaos=draw.hit if draw else None,
            verdict=None if verdict is None else "passed" if verdict.allowed else "refused",
        )

    async def _call(self, session: Session, gateway: Replying, request: Request) -> Call:
        """*request* as a call that had its turn."""
        while True:
            call = gateway.read(request, session)
            turn = await self.store.turn(session, call.demand)
            if isinstance(turn, Turn):
                return call.having(turn)
            session = turn  # its settings were changed, perhaps by another worker

    def _gateway(self, session: Session, address: Address) -> tuple[Replying, Request]:
        """The gateway that the path of *address* names, and the request as that sees it."""
        gateway = self.gateways.by_id.get(address.first)
        if gateway is not None:
            return gateway, address.below
        own = self.gateways.by_id.get(session.provider) if session.provider is not None else None
        return own or self.gateways.at_root or Nowhere(self.gateways.by_id), address.request


@lru_cache(64)
def _date(second: int) -> tuple[bytes, bytes]:
    return b"date", formatdate(second, usegmt=True).encode()


def _dated(delivery: Delivery, dated: RawFields) -> Delivery:
    steps = (replace(each, fields=each.fields + dated) if isinstance(each, Head) else each for each in delivery.steps)
    return Delivery(tuple(steps))
