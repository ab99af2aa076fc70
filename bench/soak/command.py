"""The command: one scenario against a mock of its own, and what came of it."""

from __future__ import annotations

import argparse
import asyncio
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack

from bench.process import Mock, NoMockError, mock
from bench.soak import accounted, redis_server
from bench.soak.question import EXAMPLE, everything
from bench.soak.run import MIB, Run, Settings
from bench.soak.scenario import SCENARIOS, Scenario

BROKEN, BAD_USAGE, INTERRUPTED = 1, 2, 128 + signal.SIGINT
SPARE_FILES = 200  # beside the connections
SETTLING_S = 10.0  # for the mock to close what its clients have left
ACCOUNTED = "accounted"
ARGUMENTS = ("--no-rate-limit", "--example", EXAMPLE)
"""Those of the mock: nothing is refused, and answers are long."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what came of the scenario; gives 0 if nothing is wrong, else 1; 2 for bad options, 130 after Ctrl-C."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == [ACCOUNTED]:
        return accounted.main(words[1:])
    options = _parser().parse_args(words)
    scenario = SCENARIOS[options.scenario]
    settings = Settings(
        options.seconds,
        options.connections,
        options.seed,
        options.patience,
        options.growth * MIB,
        getattr(options, "slow", 0),
        getattr(options, "pace", 1.0),
        getattr(options, "workers", 0),
    )
    try:
        _allow_files(settings.connections + settings.slow + SPARE_FILES)
        run = conduct(scenario, settings)
    except (NoMockError, OSError) as error:
        print(f"soak: {error}", file=sys.stderr)
        return BROKEN
    except KeyboardInterrupt:
        return INTERRUPTED
    print(told(scenario, run), flush=True)
    if run.stopped:
        return INTERRUPTED
    return BROKEN if run.wrong else 0


def conduct(scenario: Scenario, settings: Settings) -> Run:
    """What came of it. Raises NoMockError where the mock does not start or end as it should."""
    everything()  # is read before the time begins
    with ExitStack() as stack:
        stderr = stack.enter_context(tempfile.TemporaryFile())
        redis = stack.enter_context(redis_server.running()) if settings.workers else None
        state = ["--state", redis.url, "--workers", str(settings.workers)] if redis else []
        with mock([*ARGUMENTS, *state], stderr) as server:
            files = server.files
            run = asyncio.run(_soak(scenario, Run(server, settings, redis)))
            # What several workers have open depends on which of them was asked.
            left = 0 if settings.workers else _settled(server, files) - files
        stderr.seek(0)
        printed = stderr.read().decode("utf-8", "replace").strip()
    if left > 0:
        run.complain(f"{left} file descriptors more are open than before")
    if printed:
        run.complain(f"the mock printed on stderr: {printed:.2000}")
    judge(run)
    return run


def judge(run: Run) -> None:
    """Says what is wrong with what was seen."""
    if run.lost:
        run.complain(f"{run.lost.total()} were lost that were not meant to be: {_counts(run.lost)}")
    if run.growth > run.settings.growth:
        run.complain(f"memory grew by {run.growth / MIB:.1f} MiB, expected at most {run.settings.growth / MIB:.1f}")


async def _soak(scenario: Scenario, run: Run) -> Run:
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, run.stop)
    run.began = time.monotonic()
    await scenario.soak(run)
    run.took = run.seconds
    return run


def told(scenario: Scenario, run: Run) -> str:
    """What came of *run*, in lines."""
    looks = [f"{octets / MIB:.1f} after {seconds:.0f} s" for seconds, octets in run.memory.items()]
    lines = [
        f"{scenario.name}: {run.settings.connections} connections, {run.took:.0f} s, seed {run.settings.seed}",
        f"  sent {run.sent}, {run.sent / max(run.took, 1e-9):.0f} a second",
        f"  answered {run.answered.total()}: {_counts(run.answered)}",
        f"  lost as was meant {run.meant.total()}: {_counts(run.meant)}",
        f"  lost {run.lost.total()}: {_counts(run.lost)}",
        f"  memory in MiB: {', '.join(looks) or 'not measured'}; {run.most_memory / MIB:.1f} at most",
        *(f"  {each}" for each in run.told),
        *(f"  WRONG: {each}" for each in run.wrong),
    ]
    return "\n".join(lines)


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{n} {what}" for what, n in counts.most_common()) or "nothing"


def _settled(server: Mock, files: int) -> int:
    """The mock's open files, once they are no more than *files*, or after a while."""
    until = time.monotonic() + SETTLING_S
    while server.files > files and time.monotonic() < until:
        time.sleep(0.05)
    return server.files


def _allow_files(count: int) -> None:
    """Lets this process, and the mock after it, have *count* files open. Raises NoMockError where the machine does not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        if hard != resource.RLIM_INFINITY and hard < count:
            raise NoMockError(
                f"{count} open files are needed and {hard} allowed; raise the limit (ulimit -Hn), or give fewer --connections"
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    scenarios = parser.add_subparsers(dest="scenario", required=True, metavar="SCENARIO")
    scenarios.add_parser(ACCOUNTED, help="so many requests with chaos on, each accounted for", add_help=False)
    for each in SCENARIOS.values():
        add = scenarios.add_parser(each.name, help=each.says, description=each.says).add_argument
        add("--seconds", type=_positive, default=each.seconds, metavar="S", help="how long (default: %(default)s)")
        add("--connections", type=_count, default=each.connections, metavar="N", help="at once (default: %(default)s)")
        add("--seed", type=int, default=7, metavar="N", help="what chance is drawn from (default: %(default)s)")
        add("--patience", type=_positive, default=15.0, metavar="S", help="to wait for an answer (default: %(default)s)")
        add("--growth", type=float, default=each.growth_mib, metavar="MIB", help="of memory, at most (default: %(default)s)")
        if each.slow:
            add("--slow", type=_count, default=each.slow, metavar="N", help="slow clients (default: %(default)s)")
            add("--pace", type=_positive, default=1.0, metavar="S", help="between two octets (default: %(default)s)")
        if each.workers:
            add("--workers", type=_count, default=each.workers, metavar="N", help="of the mock (default: %(default)s)")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number from 1 to 100000")
    return int(text)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r}: expected seconds above 0, and at most a day")
    return number
