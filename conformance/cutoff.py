"""The end of a connection whose peer never ends: what timeouts between two bytes do not catch."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any


class Cutoff:
    """Shuts down the connection in use when an exchange takes too long, whatever it is waiting for.

    A peer that sends one byte a second, or interim answers (RFC 9110 section 15.2) without end, keeps every
    single read short.
    """

    def __init__(self) -> None:
        self._connection: socket.socket | None = None
        self._over = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Learns of each connection that is made; an httpx2 request has it as its extension ``trace``."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._connection = info["return_value"].get_extra_info("socket")
            if self._over:
                self._shut()

    @contextlib.contextmanager
    def after(self, seconds: float) -> Iterator[None]:
        """Lets what is done inside take *seconds*; then its reads and writes end as if the peer had gone."""
        timer = threading.Timer(seconds, self._shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def end(self) -> None:
        """Shuts down the connection in use, from whichever thread, and each that is made later."""
        self._over = True
        self._shut()

    def _shut(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):  # it may have ended by itself
                self._connection.shutdown(socket.SHUT_RDWR)
