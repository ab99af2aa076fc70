"""A gateway that answers as a function says: over a real socket, with or without TLS, or in this process."""

from __future__ import annotations

import contextlib
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

import httpx2


@dataclass(frozen=True)
class Asked:
    """A request as a gateway sees it; *target* is the path and query of the request line."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]

    @property
    def path(self) -> str:
        """The path, decoded."""
        return unquote(self.target.partition("?")[0])

    @property
    def query(self) -> dict[str, str]:
        """The query, decoded."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    def header(self, name: str) -> str | None:
        """The field *name*, None where it is absent."""
        return next((value for field_, value in self.headers if field_.lower() == name.lower()), None)


@dataclass(frozen=True)
class Answer:
    """A status, fields and a body."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    content: bytes = b""

    def written(self, method: str) -> bytes:
        """The answer as it goes over the wire, its length stated."""
        lines = [f"HTTP/1.1 {self.status} Scripted", *(f"{name}: {value}" for name, value in self.headers)]
        bodiless = self.status == 304 or self.status < 200
        lines += [] if bodiless else [f"Content-Length: {len(self.content)}"]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if bodiless or method == "HEAD" else self.content)


Script = Callable[[Asked], Answer]
WireScript = Callable[[Asked], Answer | bytes | Iterator[bytes]]
"""Bytes are sent as they are, and the connection is closed behind them."""


class Transport(httpx2.BaseTransport):
    """Answers as *script* says, in this process; *asked* is what was sent."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.asked: list[Asked] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The scripted answer."""
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        asked = Asked(request.method, request.url.raw_path.decode("ascii"), headers)
        self.asked.append(asked)
        answer = self._script(asked)
        fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        content = b"" if asked.method == "HEAD" else answer.content
        return httpx2.Response(answer.status, headers=fields, stream=httpx2.ByteStream(content))


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Answers the requests of one connection, one after the other."""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while (line := self.rfile.readline().decode("latin-1").split()) and self._answer(line[0], line[1]):
                pass

    def _answer(self, method: str, target: str) -> bool:
        headers = []
        while (line := self.rfile.readline().decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        asked = Asked(method, target, tuple(headers))
        self.server.asked.append(asked)
        answer = self.server.script(asked)
        if isinstance(answer, Answer):
            self.wfile.write(answer.written(method))
            return True
        for part in [answer] if isinstance(answer, bytes) else answer:
            self.wfile.write(part)
        return False


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, script: WireScript, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.asked: list[Asked] = []
        self._context = context

    def get_request(self) -> tuple[Any, Any]:
        """A connection, in TLS where there is a context; the handshake is left to the connection's own thread."""
        connection, address = super().get_request()
        if self._context:
            connection = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error."""


@dataclass
class Gateway:
    """A scripted gateway on a free port of this machine, while it is entered; *asked* is what reached it."""

    script: WireScript
    context: ssl.SSLContext | None = None
    _server: _Server = field(init=False)

    def __post_init__(self) -> None:
        self._server = _Server(self.script, self.context)

    def serve(self, script: WireScript) -> None:
        """Answers as *script* says from now on."""
        self._server.script = script

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its root."""
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[Asked]:
        """Every request that reached it, in order."""
        return self._server.asked

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
