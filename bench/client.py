"""A client that sees how an answer arrives, and how it does not."""

from __future__ import annotations

import asyncio
import enum
from dataclasses import dataclass

import h11

MAX_READ = 1 << 18  # octets


class Form(enum.Enum):
    """How an answer arrives."""

    WHOLE = "whole"
    SURPLUS = "longer than it says"
    CUT = "cut short"
    GARBLED = "no HTTP"
    NOTHING = "closed without a byte"
    RESET = "reset"
    SILENT = "nothing in time"


@dataclass(frozen=True)
class Received:
    """What arrives for one request; all but *form* is of the answer as far as it can be read."""

    form: Form
    status: int | None = None
    media_type: str | None = None
    coding: str | None = None
    content: bytes = b""


class Connection:
    """One connection after the other to *host* and *port*: a new one where the last one cannot be used any more.

    No read takes longer than *patience_s* seconds. Without *keep_alive* each request has a connection of its own.
    """

    def __init__(self, host: str, port: int, *, patience_s: float, keep_alive: bool) -> None:
        self._host = host
        self._port = port
        self._patience_s = patience_s
        self._keep_alive = keep_alive
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> None:
        """Connects, if it is not connected. Raises OSError when nobody listens."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)

    async def get(self, target: str, key: str) -> Received:
        """What arrives for ``GET target``. Raises OSError when nobody listens."""
        return await self.send("GET", target, key)

    async def send(self, method: str, target: str, key: str, content: bytes = b"") -> Received:
        """What arrives for a request with *content*, which is JSON if there is any. Raises OSError when nobody listens."""
        await self.open()
        assert self._streams is not None  # noqa: S101 - it was opened
        reading = _Reading(*self._streams, self._patience_s)
        fields = [("Host", f"{self._host}:{self._port}"), ("Authorization", f"Bearer {key}")]
        if content:
            fields += [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
        if not self._keep_alive:
            fields.append(("Connection", "close"))
        received, reusable = await reading.exchange(method, target, fields, content)
        if not reusable:
            self.close()
        return received

    def close(self) -> None:
        """Ends the connection, if there is one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class _Reading:
    """One request and what comes back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience_s: float) -> None:
        self._reader = reader
        self._writer = writer
        self._patience_s = patience_s
        self._protocol = h11.Connection(h11.CLIENT)
        self._came = False  # whether a byte did
        self._ended = False  # whether the server ended the connection
        self._head: h11.Response | None = None
        self._content = bytearray()

    async def exchange(self, method: str, target: str, fields: list[tuple[str, str]], content: bytes) -> tuple[Received, bool]:
        """What arrives, and whether the connection can be used again."""
        try:
            request = h11.Request(method=method, target=target, headers=fields)
            for event in (request, *([h11.Data(data=content)] if content else []), h11.EndOfMessage()):
                self._writer.write(self._protocol.send(event) or b"")
            await self._read_message()
            # What does not end as JSON does may have more behind its length.
            ended = self._content.endswith((b"}", b"]")) or (self._head is not None and self._head.status_code == 204)
            reusable = self._protocol.their_state is h11.DONE and ended
            if not reusable:
                await self._read_on()
        except h11.RemoteProtocolError:
            return self._received(self._broken()), False
        except ConnectionError:
            return self._received(Form.RESET), False
        except TimeoutError:
            return self._received(Form.SILENT), False
        return self._received(Form.SURPLUS if self._protocol.trailing_data[0] else Form.WHOLE), reusable

    async def _read_message(self) -> None:
        while True:
            event = self._protocol.next_event()
            if event is h11.NEED_DATA:
                self._protocol.receive_data(await self._read())
            elif isinstance(event, h11.Response):
                self._head = event
            elif isinstance(event, h11.Data):
                self._content += event.data
            elif isinstance(event, h11.EndOfMessage):
                return

    async def _read_on(self) -> None:
        """Reads what else there is: the server ends the connection when it sees ours ended."""
        self._writer.write_eof()
        while not self._ended:
            self._protocol.receive_data(await self._read())

    async def _read(self) -> bytes:
        async with asyncio.timeout(self._patience_s):
            octets = await self._reader.read(MAX_READ)
        self._came = self._came or bool(octets)
        self._ended = not octets
        return octets

    def _broken(self) -> Form:
        if not self._came:
            return Form.NOTHING
        return Form.CUT if self._ended and self._head is not None else Form.GARBLED

    def _received(self, form: Form) -> Received:
        if self._head is None:
            return Received(form)
        fields = {name.decode("ascii"): value.decode("latin-1") for name, value in self._head.headers}
        return Received(
            form,
            self._head.status_code,
            fields.get("content-type"),
            fields.get("content-encoding"),
            bytes(self._content),
        )
