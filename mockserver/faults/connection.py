"""The connection itself, which uvicorn keeps from apps: for what no HTTP server would send."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

STATE = "mockserver.faults.connection"  # where a request's scope["state"] has its Connection
MAX_HEAD = 256 * 1024  # octets of a request before its content, about; more than any client has to say
HEAD_S = 60.0
"""Seconds that the first octet of a connection, and from then on the rest of a request before its content, may take: as
long as servers usually wait."""
PAUSE_S = 60.0
"""Seconds that may pass between two octets of the content of a request, likewise; of an answer that waits for its client to
read on, as that is looked at this often, up to twice as many."""

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_NO_LINGER = struct.pack("ii", 1, 0)


class Joining:
    """A *transport* that holds back one piece when it is told to, and sends it along with the next one.

    Uvicorn writes the head of an answer and its content one after the other. Each takes a call of the system, which costs
    about as much as all that the mock does for a request that it knows.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.is_closing = transport.is_closing  # which uvicorn asks for each request
        self._holding = False
        self._held = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def hold(self) -> None:
        """Holds back what is written next."""
        self._holding = True

    def write(self, octets: bytes) -> None:
        """Sends *octets*, or holds them back; what was held back before goes along."""
        if self._holding:
            self._holding, self._held = False, octets
        elif self._held:
            held, self._held = self._held, b""
            self._transport.writelines((held, octets) if octets else (held,))
        else:
            self._transport.write(octets)

    def release(self) -> None:
        """Sends what is still held back, and holds back nothing more."""
        self._holding = False
        if self._held:
            self.write(b"")


class Connection:
    """One client's connection; *busy* while a `Delivery` is being performed on it. *hold* and *release* are `Joining`'s."""

    def __init__(self, transport: asyncio.Transport, joining: Joining) -> None:
        self._transport = transport
        self.hold, self.release = joining.hold, joining.release
        self.busy = False
        self._written = 0

    @property
    def taken(self) -> int:
        """The octets that left, counted from any origin, while nothing but `write` adds some."""
        return self._written - self._transport.get_write_buffer_size()

    def write(self, octets: bytes) -> None:
        """Sends *octets* past the server's framing."""
        self._written += len(octets)
        self._transport.write(octets)

    def close(self) -> None:
        """Closes the connection in good order, once everything is sent."""
        self._transport.close()

    def reset(self) -> None:
        """Drops the connection with RST; without SO_LINGER 0 the kernel would end it in good order (FIN)."""
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()

    def abort(self) -> None:
        """Drops the connection at once."""
        self._transport.abort()


def exposing(protocol: type[asyncio.Protocol]) -> type[asyncio.Protocol]:
    """Uvicorn's *protocol* (of httptools or of h11), which puts its connection where the app finds it.

    Both copy what the lifespan left in ``app_state`` into the scope of each request, so a request pays nothing for it.
    A request that goes on for more than MAX_HEAD octets before its content is refused: httptools would keep all that
    comes (h11 has a bound of its own). With httptools so is one that is not there after HEAD_S: uvicorn would wait for ever.
    So it would for content that stops coming, and for a client that stops reading, which both may for PAUSE_S.
    """

    class Exposing(protocol):  # type: ignore[misc, valid-type]  # a base that is chosen at run time
        app_state: dict[str, Any]
        scope: dict[str, Any] | None  # that of httptools has a path once the head is there, that of h11 always
        _head = 0  # octets that came behind those with which the head began
        _patience: asyncio.TimerHandle | None = None  # runs while the rest of a request is awaited, or the first one
        _unread: asyncio.TimerHandle | None = None  # runs while the client is to read, before any more is sent

        def data_received(self, data: bytes) -> None:
            before = self.scope
            super().data_received(data)
            if self.scope is None:
                return
            if "path" in self.scope:  # so it is with most requests, which come in one piece: no more is asked of them
                if self._patience is not None:
                    self._stop_waiting()
                if self.cycle.more_body:
                    self._await_content()
            elif self.scope is not before:
                self._head = 0
                self._stop_waiting()
                self._await_head()
            else:
                self._head += len(data)
                if self._head > MAX_HEAD and not self.transport.is_closing():
                    self.send_400_response(f"The fields of the request are too long, expected at most {MAX_HEAD} octets.")

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            transport.set_write_buffer_limits(0)  # so that writing pauses whenever the system does not take all
            self.transport = Joining(transport)
            self._exposed = Connection(transport, self.transport)
            self.app_state = {**self.app_state, STATE: self._exposed}
            if hasattr(protocol, "on_headers_complete"):  # that of httptools, which says when a request is there
                self._await_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            self._stop_watching()
            super().connection_lost(exc)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._unread = self.loop.call_later(PAUSE_S, self._end_unread, self._exposed.taken)

        def resume_writing(self) -> None:
            self._stop_watching()
            super().resume_writing()

        def _await_head(self) -> None:
            if self._patience is None:
                self._patience = self.loop.call_later(HEAD_S, self._end_without_head)

        def _await_content(self) -> None:
            if not self.cycle.response_complete:
                self._patience = self.loop.call_later(PAUSE_S, self._end_without_content)
            elif not self.transport.is_closing():
                # It is as if nothing came: uvicorn, which gave up waiting for the next request at this octet, waits again.
                wait_s = self.timeout_keep_alive
                self.timeout_keep_alive_task = self.loop.call_later(wait_s, self.timeout_keep_alive_handler)

        def _stop_waiting(self) -> None:
            if self._patience is not None:
                self._patience.cancel()
                self._patience = None

        def _stop_watching(self) -> None:
            if self._unread is not None:
                self._unread.cancel()
                self._unread = None

        def _end_without_head(self) -> None:
            self._patience = None
            if self.cycle is not None and not self.cycle.response_complete:
                self._await_head()  # what was asked before is answered first
                return
            if self.scope is not None and "path" not in self.scope:
                self.transport.write(_TOO_SLOW)  # RFC 9110 section 15.5.9
            self.transport.close()

        def _end_without_content(self) -> None:
            self._patience = None
            if self.cycle.response_complete:
                return  # and uvicorn waits for the next request since then
            if self._exposed.busy or self.cycle.response_started or self.flow.read_paused:
                self._await_content()  # it is the mock that takes its time
                return
            self.transport.write(_TOO_SLOW)
            self.transport.close()

        def _end_unread(self, taken: int) -> None:
            self._unread = None
            if self._exposed.taken == taken:
                self._exposed.reset()  # the system would keep what it has for longer, were this to end in good order
            else:
                self._unread = self.loop.call_later(PAUSE_S, self._end_unread, self._exposed.taken)

        def shutdown(self) -> None:
            """Ends what would otherwise hold up the server's own end, such as an answer that never comes."""
            super().shutdown()
            if self._exposed.busy:
                self._exposed.abort()

    return Exposing
