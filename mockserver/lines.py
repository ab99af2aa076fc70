"""Lines on their way out: written by a thread of their own, so that a reader who does not read holds nobody up."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable

MAX_WAITING = 10_000  # lines; a few megabytes
MAX_AT_ONCE = 100  # lines in one write
CLOSING_S = 1.0  # how long what waits may take to leave at the end


class Lines:
    """Lets *write* have one line after the other; of those that find *most* waiting, only the number is told.

    When *write* raises OSError or ValueError, as nobody is there to read or the file is closed, all lines are dropped
    from then on. *lost* makes a line of how many were not written. One thread at a time may `put` and `close`.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        lost: Callable[[int], str],
        most: int = MAX_WAITING,
        closing_s: float = CLOSING_S,
    ) -> None:
        self._write = write
        self._says = lost
        self._waiting: queue.Queue[str | None] = queue.Queue(most)
        self._thread: threading.Thread | None = None
        self._lost = 0
        self._broken = False
        self._closing_s = closing_s

    def put(self, line: str) -> None:
        """Leaves *line*, without its end, to be written. Never waits."""
        if self._broken:
            return
        if self._waiting.full():
            self._lost += 1
            return
        if self._thread is None:
            # A daemon, as the process is to end even if the thread is stuck in a write.
            self._thread = threading.Thread(target=self._run, name="log", daemon=True)
            self._thread.start()
        if self._lost:
            line = f"{self._says(self._lost)}\n{line}"
            self._lost = 0
        self._waiting.put_nowait(line)  # there is room, as nobody else puts anything in

    def close(self) -> None:
        """Writes what waits, for a few times *closing_s* seconds at most; lines that come later begin anew."""
        thread, self._thread = self._thread, None
        if thread is None or not thread.is_alive():
            return
        try:
            if self._lost:
                self._waiting.put(self._says(self._lost), timeout=self._closing_s)
                self._lost = 0
            self._waiting.put(None, timeout=self._closing_s)
        except queue.Full:
            return
        thread.join(self._closing_s)

    def _run(self) -> None:
        more = True
        while more:
            lines = [self._waiting.get()]
            while len(lines) < MAX_AT_ONCE and lines[-1] is not None:
                try:
                    lines.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            more = lines[-1] is not None
            text = "".join(f"{line}\n" for line in lines if line is not None)
            try:
                if text:
                    self._write(text)
            except (OSError, ValueError):
                self._broken = True
                return


def into(descriptor: int) -> Callable[[str], None]:
    """What writes text to the file *descriptor* itself, such as 2 for stderr.

    Past ``sys.stderr``, whose lock a thread that is stuck in a write would keep, and Python wants it when it ends.
    """

    def write(text: str) -> None:
        octets = text.encode("utf-8", "backslashreplace")
        while octets:
            octets = octets[os.write(descriptor, octets) :]

    return write
