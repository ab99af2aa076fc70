"""wrk as the closed-model generator: one thread, and what it prints."""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.speed.contestant import Request
from bench.speed.sample import Load
from bench.speed.server import HOST
from bench.speed.tools import Tools

SCRIPT = Path(__file__).with_name("wrk.lua")
MARK = "as JSON: "
TIMEOUT_S = 20


class NoLoadError(Exception):
    """wrk did not measure; the message says what it printed."""


def loaded(
    tools: Tools,
    port: int,
    request: Request,
    *,
    connections: int,
    seconds: int,
    script: Path = SCRIPT,
    words: Sequence[str] = (),
) -> Load:
    """What wrk sees of *request* on *connections* within *seconds*. Raises NoLoadError.

    A *script* other than ours may make something else of the request with *words*, but has to print the same in the end.
    """
    fields = [word for name, value in request.fields.items() for word in ("--header", f"{name}: {value}")]
    options = ["--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--timeout", f"{TIMEOUT_S}s"]
    command = [tools.programs["wrk"], *options, "--script", str(script), *fields, f"http://{HOST}:{port}{request.path}"]
    if words:
        command += ["--", *words]
    before = _children_s()
    process = subprocess.run(  # noqa: S603 - a program of this machine, with words of ours
        command, capture_output=True, text=True, check=False, env=dict(tools.environment), timeout=seconds + 3 * TIMEOUT_S
    )
    return parsed(process.stdout, process.stderr, cpu_s=_children_s() - before)


def parsed(printed: str, complained: str, *, cpu_s: float) -> Load:
    """The load that wrk *printed* with our script, for which it took *cpu_s* seconds of the processor.

    Raises NoLoadError where it printed none, with what it *complained*.
    """
    line = next((line for line in printed.splitlines() if line.startswith(MARK)), None)
    if line is None:
        raise NoLoadError(f"wrk measured nothing: {(complained or printed).strip()[-300:] or 'it printed nothing'}")
    said: Mapping[str, float] = json.loads(line.removeprefix(MARK))
    wrong = sum(int(said[name]) for name in ("connect", "read", "write", "timeout", "status"))
    seconds = said["us"] / 1e6
    return Load(int(said["requests"]), seconds, int(said["octets"]), said["p50"], said["p99"], wrong, cpu_s / seconds)


def _children_s() -> float:
    """Seconds of the processor that processes took which this one started and saw end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
