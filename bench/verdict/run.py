"""One run of the suite as a process of its own, and what it took."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.process import CHECKOUT
from conformance.verdict import Verdict

SAID = {int(each): each.name.lower() for each in (Verdict.KEPT, Verdict.BROKEN, Verdict.INCONCLUSIVE)}
"""What the suite says of a gateway, by its exit code."""

LOOK_S = 0.01
"""How often it is looked whether a run has ended."""


@dataclass(frozen=True)
class Run:
    """What one run took: *seconds* by the clock on the wall and of CPU, octets of *memory* at most, *requests* sent.

    Of a gateway that it cannot judge at all the suite does not say how many it sent; there it is 0.
    """

    seconds: float
    cpu: float
    memory: int
    requests: int
    verdict: str


class NotMeasuredError(Exception):
    """The suite did not end as it does; the message has its last line."""


def judge(url: str, provider: str) -> Run:
    """What a verdict on the gateway at *url* took, whatever it was. Raises NotMeasuredError when there was none."""
    seconds, cpu, memory, code, said = _process(["--target", url, "--provider", provider])
    sent = re.search(r"^  requests +(\d+) sent of at most", said, re.MULTILINE)
    if code not in SAID:
        raise NotMeasuredError(f"{provider}: the suite ended with {code}: {(said.splitlines() or ['it said nothing'])[-1]}")
    return Run(seconds, cpu, memory, int(sent[1]) if sent else 0, SAID[code])


def collect(url: str, provider: str) -> Run:
    """What it takes to be ready to judge the gateway at *url*: to import all, to load the contract, to collect."""
    seconds, cpu, memory, _, _ = _process(["--target", url, "--provider", provider, "--collect-only"])
    return Run(seconds, cpu, memory, 0, "")


def _process(arguments: Sequence[str]) -> tuple[float, float, int, int, str]:
    """Seconds by the clock on the wall and of CPU, octets of memory, exit code, and what was printed."""
    command = [sys.executable, "-m", "pytest", "conformance", "--quiet", "-p", "no:cacheprovider", *arguments]
    memory = 0
    began = time.perf_counter()
    # No shell, and nothing that anybody else wrote.
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, cwd=CHECKOUT, stdout=said, stderr=subprocess.STDOUT) as process,  # noqa: S603 - likewise
    ):
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
            memory = max(memory, _most_memory(process.pid))
            time.sleep(LOOK_S)
        seconds = time.perf_counter() - began
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        printed = said.read().decode("utf-8", "replace").strip()
    return seconds, used.ru_utime + used.ru_stime, memory, process.returncode, printed


def _most_memory(pid: int) -> int:
    """The octets of memory that the process *pid* had at most so far, 0 when it is gone.

    What the kernel says at its end counts what the process had that started it, before it became another program.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    (octets,) = [int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")] or [0]
    return octets
