"""A server with all its processes: the time of the processor that they took, and the memory that they have."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_SESSION = 3  # fields behind the name in /proc/PID/stat: state, ppid, pgrp, session
_KIB = 1024


@dataclass(frozen=True)
class Memory:
    """Octets: *rss* counts what processes share once for each, *pss* shares it out among all that have it."""

    rss: int
    pss: int


@dataclass(frozen=True)
class Tree:
    """All processes of the session that process *leader* leads, as it does when it is started with ``start_new_session``."""

    leader: int

    @property
    def processes(self) -> list[int]:
        """Their ids."""
        return [pid for pid in map(int, filter(str.isdecimal, os.listdir(PROC))) if _session(pid) == self.leader]  # noqa: PTH208 - names only

    @property
    def cpu(self) -> Mapping[int, int]:
        """Nanoseconds of the processor that each of them took in user and system mode, ended threads included."""
        return {pid: took for pid in self.processes if (took := _took(pid)) is not None}

    @property
    def memory(self) -> Memory:
        """That of all of them together."""
        rolls = [_rollup(pid) for pid in self.processes]
        return Memory(sum(each.get("Rss", 0) for each in rolls), sum(each.get("Pss", 0) for each in rolls))


def spent(before: Mapping[int, int], after: Mapping[int, int]) -> float:
    """Seconds of the processor between two looks at `Tree.cpu`; a process that is new *after* counts from its start."""
    return sum(took - before.get(pid, 0) for pid, took in after.items()) / 1e9


def _session(pid: int) -> int | None:
    try:
        stat = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[_SESSION])


def _took(pid: int) -> int | None:
    # The kernel's clock of that process (CPUCLOCK_SCHED), which clock_getcpuclockid(3) gives: to the nanosecond, where
    # /proc/PID/stat counts ticks of 10 ms.
    try:
        return time.clock_gettime_ns(~pid << 3 | 2)
    except OSError:
        return None


def _rollup(pid: int) -> Mapping[str, int]:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines()[1:]
    except OSError:
        return {}
    fields = (line.split() for line in lines)
    return {name.rstrip(":"): int(number) * _KIB for name, number, *_ in fields}
