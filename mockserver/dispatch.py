"""The outermost layer, and the only one that speaks ASGI: whose request it is, its turn, and the sending of its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from functools import cached_property, lru_cache

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.address import Address
from mockserver.answer import Answer, RawFields
from mockserver.call import Call
from mockserver.faults.connection import STATE, Connection
from mockserver.faults.delivering import Sleep, perform
from mockserver.faults.delivery import Delivery, Head
from mockserver.faults.injecting import Reply, Replying
from mockserver.journal.entry import Entry
from mockserver.journaling import journaled
from mockserver.known import Exchange, Known, KnownRequests, Reading
from mockserver.logs import OUTCOME, Outcome
from mockserver.metrics import Metrics
from mockserver.nowhere import Nowhere
from mockserver.problem import NO_SESSION, problem, unavailable
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


@dataclass
class Dispatcher:
    """Finds session and gateway of each request, and sends what that replies.

    A gateway is found by its host in Host, by its id as the first segment of the path, else it is that of the
    session, else that at the root. *gateways* may be replaced while requests are answered. *pages* answers for the
    mock itself: the start page, what is under ``/__mock/``, and the lifespan. *sleep* waits for so many seconds,
    where an answer is to take its time. *now* gives seconds since 1970, *elapsed* seconds from any origin. *known* has
    what was asked before: see there why it is answered as it would be anew.
    """

    gateways: Gateways
    pages: ASGIApp
    store: Store
    metrics: Metrics
    sleep: Sleep
    now: Callable[[], float]
    elapsed: Callable[[], float]
    known: KnownRequests = field(default_factory=KnownRequests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request (ASGI 3.0)."""
        if scope["type"] != "http":
            await self.pages(scope, receive, send)
            return
        known = self.known.of(scope)
        reading = known.reading
        if reading is None or reading.served is not self.gateways:
            if self._is_own(known.address):
                await self.pages(scope, receive, send)
                return
            reading = None
        began = self.elapsed()
        try:
            if reading is None:
                reading = self._read(known, await self.store.find(known.address.session))
            while not isinstance(turn := await self.store.turn(reading.call.session, reading.call.demand), Turn):
                reading = self._read(known, turn)  # its settings were changed, perhaps by another worker
            now, exchange = turn.now, self._again(reading, turn) or await self._anew(reading, turn)
        except NoSuchSessionError:
            now, exchange = self.now(), self._without_turn(known.address, problem(404, NO_SESSION), NO_SUCH_SESSION)
        except UnavailableError as error:
            now, exchange = self.now(), self._without_turn(known.address, unavailable(error), UNAVAILABLE)
        scope[OUTCOME] = exchange.outcome
        self.metrics.begin()
        connection: Connection | None = scope.get("state", {}).get(STATE)
        # Our own server sends no Date, so that it can be that of a session's clock; others send theirs in any case.
        dated = (_date(int(now)),) if connection is not None else ()
        answer, delivery, *_ = exchange.reply
        try:
            if delivery is not None:
                await perform(_dated(delivery, dated), scope, receive, send, self.sleep)
                return
            if connection is not None:
                connection.hold()  # the head, which leaves along with the content
            await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.fields, *dated]})
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.content})
        finally:
            if connection is not None:
                connection.release()
            exchange.counted(self.elapsed() - began)

    def _again(self, reading: Reading, turn: Turn) -> Exchange | None:
        """The lasting exchange of *reading* written down once more, if this *turn* changes nothing of it."""
        exchange = reading.lasting
        if exchange is None or exchange.entry is None or not turn.lets_pass:
            return None
        self.store.repeat(reading.call.session.id, exchange.entry, turn)
        return exchange

    async def _anew(self, reading: Reading, turn: Turn) -> Exchange:
        """What comes of the request of *reading* that had this *turn*, written down."""
        call = reading.call.having(turn)
        if call.takes_long:
            reply = await asyncio.get_running_loop().run_in_executor(self._maker, reading.gateway.reply, call)
        else:
            reply = reading.gateway.reply(call)
        entry = journaled(call, reply)
        self.store.record(call.session.id, entry)
        exchange = self._with_turn(call, reply, entry)
        if reply.lasts and turn.lets_pass and call.demand.is_silent:
            self.known.lasts(reading, exchange)
        return exchange

    @cached_property
    def _maker(self) -> Executor:
        """One thread for what takes long, so that others are answered meanwhile, and what is made is not made twice."""
        return ThreadPoolExecutor(1, "maker")

    def _read(self, known: Known, session: Session) -> Reading:
        """The *known* request as its gateway understands it, while *session* is as it is."""
        address, gateways, request = known.address, self.gateways, known.address.request
        gateway = gateways.by_host.get(address.host)
        if gateway is None:
            gateway = gateways.by_id.get(address.first)
            if gateway is not None:
                request = address.below
            else:
                own = gateways.by_id.get(session.provider) if session.provider is not None else None
                gateway = own or gateways.at_root or Nowhere(gateways.by_id)
        known.reading = Reading(gateways, gateway, gateway.read(request, session))
        return known.reading

    def _is_own(self, address: Address) -> bool:
        """Whether a request to *address* is for the mock itself."""
        path = address.path
        return path == ADMIN or path.startswith(f"{ADMIN}/") or (path == "/" and address.host not in self.gateways.by_host)

    def _with_turn(self, call: Call, reply: Reply, entry: Entry) -> Exchange:
        provider, cause = call.provider or None, entry.cause.value
        draw, verdict = call.turn.draw, call.turn.verdict
        counted = self.metrics.counting(
            provider,
            call.operation.id if call.operation else None,
            call.request.method,
            reply.answer.status,
            cause=cause,
            fault=reply.fault,
            chaos=draw.hit if draw else None,
            verdict=None if verdict is None else "passed" if verdict.allowed else "refused",
        )
        return Exchange(reply, Outcome(provider, cause, reply.fault, call.session.id or None), counted, entry)

    def _without_turn(self, address: Address, answer: Answer, cause: str) -> Exchange:
        counted = self.metrics.counting(None, None, address.request.method, answer.status, cause=cause)
        return Exchange(Reply(answer), Outcome(None, cause, None, address.session or None), counted)


@lru_cache(64)
def _date(second: int) -> tuple[bytes, bytes]:
    return b"date", formatdate(second, usegmt=True).encode()


def _dated(delivery: Delivery, dated: RawFields) -> Delivery:
    steps = (replace(each, fields=each.fields + dated) if isinstance(each, Head) else each for each in delivery.steps)
    return Delivery(tuple(steps))
