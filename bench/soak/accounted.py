"""``python -m bench.soak accounted``: many requests to a mock with chaos on, every one of which is accounted for."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx2

from bench.account import Account, Row, lost, seen
from bench.client import Connection
from bench.process import Mock, NoMockError, mock
from bench.soak.question import EXAMPLE, KEY, Question, questions
from mockserver.chaos import rates
from mockserver.errors import UsageError
from mockserver.faults import find
from specs import Provider, load, provider_ids

BROKEN, BAD_USAGE, INTERRUPTED = 1, 2, 128 + signal.SIGINT
CHAOS = (
    "429=0.05,500=0.05,503=0.02,CONNECTION_RESET_BY_PEER=0.02,EMPTY_RESPONSE=0.02,TRUNCATE=0.02,CONTENT_LENGTH_MISMATCH=0.02,"
    "MALFORMED_RESPONSE_CHUNK=0.02,RANDOM_DATA_THEN_CLOSE=0.02,SLOW_CLOSE=0.01,BAD_GZIP=0.01,MALFORMED_JSON=0.02,"
    "EMPTY_LIST=0.02,ERROR_IN_200=0.02,HTML_ERROR_PAGE=0.02"
)
WARM = 500  # requests before memory is looked at first
EVERY = 1000  # requests from one look to the next
GROWTH_MIB = 4.0  # a full journal takes some 2, as far as it was not full before; what is seen is less than 1
PATIENCE_S = 5.0
SETTLING_S = 5.0  # for the mock to close what its clients have left
QUIET_S = 2.0
MIB = 1 << 20


@dataclass(frozen=True)
class Settings:
    """What is sent to a mock, and how."""

    requests: int
    connections: int
    seed: int
    rates: Mapping[str, float]
    session: bool
    keep_alive: bool
    patience_s: float
    growth: float  # octets that the mock's memory may grow by, from WARM requests to the last
    log: Path | None


@dataclass
class Run:
    """What came of it, so far: *memory* is that of the mock in octets after so many answers, *began* and *ended* in seconds."""

    account: Account
    began: float
    ended: float = 0.0
    answered: int = 0
    memory: dict[int, int] = field(default_factory=dict)
    stopped: bool = False

    def stop(self) -> None:
        """Sends no more; what was sent is still to be answered."""
        self.stopped = True


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table for each provider; gives 0 if all is accounted for, else 1; 2 for bad options, 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        settings = _settings(options)
        results = []
        for name in options.provider or provider_ids():
            found, stopped = soak(load(name), settings)
            results.append(found)
            if stopped:
                return INTERRUPTED
    except UsageError as error:
        print(f"soak: {error}", file=sys.stderr)
        return BAD_USAGE
    except NoMockError as error:
        print(f"soak: {error}", file=sys.stderr)
        return BROKEN
    except KeyboardInterrupt:
        return INTERRUPTED
    return BROKEN if any(results) else 0


def soak(provider: Provider, settings: Settings) -> tuple[list[str], bool]:
    """Does it to *provider* and prints what came of it; gives what is wrong, and whether Ctrl-C ended it early."""
    arguments = ["--example", EXAMPLE, *(["--log", "json"] if settings.log else [])]
    if not settings.session:
        chaos = ",".join(f"{name}={rate}" for name, rate in settings.rates.items())
        arguments += ["--no-rate-limit", "--seed", str(settings.seed), "--chaos", chaos]
    with _output(settings.log) as stderr:
        try:
            with mock(arguments, stderr) as server, httpx2.Client(base_url=server.url) as admin:
                admin.get("/__mock/health")  # so that its connection is among the files
                session = _session(admin, provider, settings) if settings.session else None
                files = server.files
                run = asyncio.run(_send(server, questions(provider, session), settings))
                journal = admin.get("/__mock/journal", params={"session": session} if session else {}).json()
                left = _settled(server, files) - files
        except NoMockError as error:
            raise NoMockError(f"{error}\n{_text(stderr)}".rstrip()) from None
        printed = _text(stderr)
    rows, wrong = run.account.compared(journal)
    growth = max(run.memory.values()) - next(iter(run.memory.values())) if run.memory else 0
    if growth > settings.growth:
        wrong.append(f"memory grew by {growth / MIB:.1f} MiB, expected at most {settings.growth / MIB:.1f}")
    if left > 0:
        wrong.append(f"{left} file descriptors more are open than before")
    wrong += _misprinted(printed, provider, run.account.sent) if settings.log else _unexpected(printed)
    _print(provider, settings, run, rows, wrong)
    return wrong, run.stopped


async def _send(server: Mock, questions: Sequence[Question], settings: Settings) -> Run:
    run = Run(Account(settings.rates, settings.seed), time.monotonic())
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, run.stop)
    numbers = iter(range(settings.requests))
    async with asyncio.TaskGroup() as tasks:
        telling = tasks.create_task(_tell(run, settings.requests))
        workers = [tasks.create_task(_work(server, questions, settings, run, numbers)) for _ in range(settings.connections)]
        await asyncio.wait(workers)
        telling.cancel()
    run.ended = time.monotonic()
    return run


async def _work(server: Mock, questions: Sequence[Question], settings: Settings, run: Run, numbers: Iterator[int]) -> None:
    connection = Connection(server.host, server.port, patience_s=settings.patience_s, keep_alive=settings.keep_alive)
    for number in numbers:
        question = questions[number % len(questions)]
        run.account.sent += 1
        received = await connection.get(question.target, KEY)
        run.account.add(seen(received, question.recordings), received)
        run.answered += 1
        if run.answered in (min(WARM, settings.requests), settings.requests) or run.answered % EVERY == 0:
            run.memory[run.answered] = server.memory
        if run.stopped:
            break
    connection.close()


async def _tell(run: Run, requests: int) -> None:
    while True:
        await asyncio.sleep(QUIET_S)
        print(f"soak: {run.answered} of {requests} answered", file=sys.stderr, flush=True)


def _session(admin: httpx2.Client, provider: Provider, settings: Settings) -> str:
    document = {"provider": provider.id, "seed": settings.seed, "limit": False, "chaos": {"rates": settings.rates}}
    answer = admin.post("/__mock/sessions", json=document)
    if answer.status_code != 201:
        raise UsageError(answer.json().get("detail", answer.text))
    return str(answer.json()["id"])


def _settled(server: Mock, files: int) -> int:
    """The mock's open files, once they are no more than *files*, or after a while."""
    until = time.monotonic() + SETTLING_S
    while server.files > files and time.monotonic() < until:
        time.sleep(0.05)
    return server.files


@contextmanager
def _output(log: Path | None) -> Iterator[IO[bytes]]:
    """Where the mock's stderr goes."""
    if log is None:
        with tempfile.TemporaryFile() as file:
            yield file
    else:
        with log.open("w+b") as file:
            yield file


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _unexpected(printed: str) -> list[str]:
    return [f"the mock printed on stderr: {printed.strip():.2000}"] if printed else []


def _misprinted(printed: str, provider: Provider, sent: int) -> list[str]:
    """What is wrong with a log that is to have a line for each request."""
    lines: list[Any] = []
    for line in printed.splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            return _unexpected(line)
    logged = sum(1 for each in lines if each.get("provider") == provider.id)
    return [] if logged == sent else [f"the log has {logged} lines, expected {sent}"]


def _print(provider: Provider, settings: Settings, run: Run, rows: Sequence[Row], wrong: Sequence[str]) -> None:
    seconds = run.ended - run.began
    traffic = "in a session" if settings.session else "default traffic"
    alive = "kept alive" if settings.keep_alive else "one for each request"
    print(
        f"{provider.title}: {run.account.sent} requests, {traffic}, {settings.connections} connections at once, {alive},"
        f" seed {settings.seed}: {seconds:.1f} s, {run.answered / seconds:.0f} a second"
    )
    print(f"  {'seen by the client':22}{'drawn':>7}{'seen':>7}{'journal':>9}  lots")
    for row in rows:
        print(f"  {row.what!s:22}{row.drawn:7}{row.seen:7}{row.counted:9}  {', '.join(row.hits)}")
    memory = ", ".join(f"{octets / MIB:.1f} after {count}" for count, octets in run.memory.items())
    print(f"  lost {lost(list(rows))}; memory in MiB {memory or 'not measured'}")
    for sentence in wrong:
        print(f"  WRONG: {sentence}")
    sys.stdout.flush()


def _settings(options: argparse.Namespace) -> Settings:
    """Raises UsageError for what cannot be."""
    named = {}
    for name, rate in rates(options.chaos).items():
        fault = find(name)
        named[fault.name if fault else name] = rate
    return Settings(
        requests=options.requests,
        connections=options.connections,
        seed=options.seed,
        rates=named,
        session=options.session,
        keep_alive=options.keep_alive,
        patience_s=options.patience,
        growth=options.growth * MIB,
        log=options.log,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.soak accounted", description=__doc__)
    add = parser.add_argument
    add("--requests", type=_count, default=10_000, metavar="N", help="for each provider (default: %(default)s)")
    add("--connections", type=_count, default=200, metavar="N", help="at once (default: %(default)s)")
    add("--seed", type=int, default=7, metavar="N", help="what the lots are drawn from (default: %(default)s)")
    add("--chaos", default=CHAOS, metavar="RATES", help="what is to go wrong, and how often (default: %(default)s)")
    add("--provider", action="append", choices=provider_ids(), help="only this one; may be repeated")
    add("--no-session", dest="session", action="store_false", help="default traffic, with --chaos of the command")
    add("--no-keep-alive", dest="keep_alive", action="store_false", help="a connection for each request")
    add("--log", type=Path, metavar="FILE", help="let the mock write its log there, as JSON, and count its lines")
    add("--patience", type=float, default=PATIENCE_S, metavar="S", help="seconds to wait for more (default: %(default)s)")
    add("--growth", type=float, default=GROWTH_MIB, metavar="MIB", help="that memory may grow by (default: %(default)s)")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000_000:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number from 1")
    return int(text)
