"""A client that sees what really arrives: octets, and how the connection ended."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass
from typing import Any

EOF, RST, OPEN = "EOF", "RST", "OPEN"


@dataclass(frozen=True)
class Received:
    """Everything that arrived until the *end*: EOF, RST, or OPEN when nothing came for long. *idle_s* is the last silence."""

    octets: bytes
    end: str
    idle_s: float

    @property
    def head(self) -> bytes:
        return self.octets.partition(b"\r\n\r\n")[0]

    @property
    def content(self) -> bytes:
        """What follows the fields, with its framing."""
        return self.octets.partition(b"\r\n\r\n")[2]

    @property
    def status(self) -> int:
        return int(self.head.split(b" ")[1])

    @property
    def fields(self) -> dict[str, str]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    @property
    def length(self) -> int:
        return int(self.fields["content-length"])

    def json(self) -> Any:
        return json.loads(self.content)

    def unchunked(self) -> list[bytes]:
        """The chunks, up to the last one, in front of which nothing may be wrong."""
        chunks: list[bytes] = []
        rest = self.content
        while True:
            size, _, rest = rest.partition(b"\r\n")
            if int(size, 16) == 0:
                assert rest == b"\r\n"
                return chunks
            chunks.append(rest[: int(size, 16)])
            assert rest[int(size, 16) :][:2] == b"\r\n"
            rest = rest[int(size, 16) + 2 :]


def request(path: str, prefer: str | None = None, *, method: str = "GET", key: str = "sk-1", close: bool = True) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: mock.test", f"Authorization: Bearer {key}"]
    lines += [f"Prefer: {prefer}"] if prefer else []
    lines += ["Connection: close"] if close else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def exchange(address: tuple[str, int], sent: bytes, timeout_s: float = 10) -> Received:
    """What *address* answers to *sent*, until the connection ends or nothing comes for *timeout_s* seconds."""
    with socket.create_connection(address, timeout=timeout_s) as connection:
        connection.sendall(sent)
        octets = b""
        last = time.monotonic()
        while True:
            try:
                part = connection.recv(1 << 20)
            except ConnectionResetError:
                return Received(octets, RST, time.monotonic() - last)
            except TimeoutError:
                return Received(octets, OPEN, time.monotonic() - last)
            if not part:
                return Received(octets, EOF, time.monotonic() - last)
            octets += part
            last = time.monotonic()
