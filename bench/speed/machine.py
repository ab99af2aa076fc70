"""The machine that is measured on, and whether it has nothing else to do."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

IDLE_LOAD = 0.3
"""The load average of a minute up to which a machine counts as idle."""

LOOK_S = 5.0


@dataclass(frozen=True)
class Machine:
    """*load* is its average over one minute when the run began."""

    cpu: str
    cores: int
    memory: int
    system: str
    python: str
    load: float

    @property
    def idle(self) -> bool:
        """Whether nothing else ran on it."""
        return self.load <= IDLE_LOAD


def here(load: float) -> Machine:
    """This one."""
    return Machine(
        _field("cpuinfo", "model name") or platform.machine(),
        os.cpu_count() or 1,
        int((_field("meminfo", "MemTotal") or "0 kB").split()[0]) * 1024,
        f"{platform.system()} {platform.release()}",
        f"{platform.python_implementation()} {platform.python_version()}",
        load,
    )


def wait_idle(
    patience_s: float, *, load: Callable[[], float], clock: Callable[[], float], sleep: Callable[[float], None]
) -> float:
    """The *load* once the machine is idle, or after *patience_s* seconds; says on stderr that it waits."""
    until, now = clock() + patience_s, load()
    while now > IDLE_LOAD and clock() < until:
        print(
            f"bench: load average {now:.2f}, waiting for {IDLE_LOAD} or {until - clock():.0f} s more",
            file=sys.stderr,
            flush=True,
        )
        sleep(LOOK_S)
        now = load()
    return now


def load_now() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]


def today() -> str:
    """The date in UTC, as RFC 3339 has it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _field(file: str, name: str) -> str:
    for line in Path("/proc", file).read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return ""
