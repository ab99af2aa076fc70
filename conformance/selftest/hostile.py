"""Targets that mean harm, over a real socket: each is what one does to a connection on which a request has arrived."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BLOCK = b" " * 65536

Deed = Callable[[socket.socket], None]
"""What is done to a connection; it is closed behind it. OSError means that the other side has had enough."""


def sends(*parts: bytes) -> Deed:
    """Sends *parts* as they are."""
    return lambda connection: connection.sendall(b"".join(parts))


def body(content: bytes, *fields: bytes) -> Deed:
    """A 200 with *content*, its length stated."""
    return sends(OK, *(each + b"\r\n" for each in fields), b"Content-Length: %d\r\n\r\n" % len(content), content)


def without_end(*before: bytes, block: bytes) -> Deed:
    """Sends *before*, then *block* again and again."""

    def deed(connection: socket.socket) -> None:
        for part in itertools.chain(before, itertools.repeat(block)):
            connection.sendall(part)

    return deed


def times(count: int, block: bytes, *before: bytes) -> Deed:
    """Sends *before*, then *block* so many times."""

    def deed(connection: socket.socket) -> None:
        for part in itertools.chain(before, itertools.repeat(block, count)):
            connection.sendall(part)

    return deed


def one_byte_a_second(*before: bytes) -> Deed:
    """Sends *before*, then a blank a second."""

    def deed(connection: socket.socket) -> None:
        connection.sendall(b"".join(before))
        pause = threading.Event()
        while not pause.wait(1.0):
            connection.sendall(b" ")

    return deed


def reset(*before: bytes) -> Deed:
    """Sends *before*, then ends the connection with an RST."""

    def deed(connection: socket.socket) -> None:
        connection.sendall(b"".join(before))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return deed


def packed(size: int, layers: int = 1) -> bytes:
    """*size* blanks as gzip, *layers* times over."""
    packer = zlib.compressobj(9, wbits=31)
    content = b"".join(packer.compress(BLOCK) for _ in range(size // len(BLOCK))) + packer.flush()
    for _ in range(layers - 1):
        content = gzip.compress(content, mtime=0)
    return content


def models(count: int, member: bytes = b'"created": 1700000000') -> Deed:
    """A list of *count* models that keep the contract."""
    one = b'{"id": "m%d", "types": "chat", %s}'

    def deed(connection: socket.socket) -> None:
        connection.sendall(OK + b"\r\n" + b'{"data": [')
        for start in range(0, count, 1000):
            listed = (one % (number, member) for number in range(start, min(start + 1000, count)))
            connection.sendall(b"," * (start > 0) + b",".join(listed))
        connection.sendall(b"]}")

    return deed


def model(members: bytes) -> bytes:
    """A list of one model that has *members* beside what the contract asks for."""
    return b'{"data": [{"id": "a", "types": "chat", %s}]}' % members


def redirect(to: str) -> Deed:
    """A 302 to the path *to*."""
    return sends(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: %s\r\n\r\n" % to.encode())


@dataclass
class Hostile:
    """A target on a free port of this machine while it is entered, which does *deed* to each request.

    Several deeds are told apart by the first segment of the path.
    *well* is done to the first request instead, where it is given. With *early* the deed is done as soon as somebody
    connects. *asked* counts the deeds, *url* is its root.
    """

    deed: Deed | Mapping[str, Deed]
    well: Deed | None = None
    early: bool = False
    scheme: str = "http"
    asked: int = 0
    url: str = field(init=False)
    _listener: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{self.scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            head = b""
            while not self.early and b"\r\n\r\n" not in head:
                if not (received := connection.recv(65536)):
                    return
                head += received
            self.asked += 1
            deed = self.well if self.well and self.asked == 1 else self.deed
            if isinstance(deed, Mapping):
                deed = deed[head.split()[1].split(b"/")[1].decode()]
            deed(connection)
