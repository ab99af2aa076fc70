"""A real socket in front of a function that answers."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

from proof.twins.message import Answering, Call
from proof.twins.wire import Framing

WITH_MORE = getattr(socket, "MSG_MORE", 0)
"""Linux keeps back what is sent so until more comes, here the end."""


@contextlib.contextmanager
def listening(answering: Answering, framing: Framing, chance: Random) -> Iterator[str]:
    """The URL of a server on this machine whose answers leave in *framing*, until the block ends."""
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            fields = tuple((name, str(value)) for name, value in self.headers.items())
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            call = Call(self.command, self.path, fields)
            with turn:
                sent = framing(call, answering(call), chance)
            pieces = [each for each in sent.pieces if each]
            for number, piece in enumerate(pieces, start=1):
                # What ends the connection leaves with the last of the answer, so that no request can cross it.
                with_end = sent.close and number == len(pieces)
                self.connection.sendall(piece, WITH_MORE if with_end else 0)
            self.close_connection = self.close_connection or sent.close

        # The names that http.server calls.
        do_GET = do_HEAD = do_OPTIONS = do_POST = answer  # noqa: N815
        do_PUT = do_PATCH = do_DELETE = do_TRACE = do_QUERY = answer  # noqa: N815

        def handle(self) -> None:
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(ConnectionError):  # the suite may leave whenever it likes
                super().handle()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
