"""One start of the mock with so many workers: sessions made, each kind of traffic measured, stopped."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import Request as Asking
from urllib.request import urlopen

from bench.scaling.quota import quota
from bench.scaling.redis_server import Running
from bench.scaling.seen import ALONE, ONE, STARVED, TWO, Seen
from bench.scaling.traffic import MIXED, Kind, Plan
from bench.speed import wrk
from bench.speed.contestant import Request
from bench.speed.cores import Cores
from bench.speed.sample import Load
from bench.speed.server import HOST, NoServerError, Server, free_port, serving
from bench.speed.tools import Tools
from bench.speed.tree import PROC, Tree

WORKERS: Mapping[str, int] = {ALONE: 1, ONE: 1, TWO: 2}
SCRIPT = Path(__file__).with_name("mixed.lua")
SERIAL = 100  # requests
STARVED_SHARE = 0.1  # of a core that Redis has, so that it is what limits one worker
PATIENCE_S = 10
_SPAWNED = b"spawn_main"  # stands in the command line of a worker


@dataclass(frozen=True)
class Effort:
    """*seconds* for each load on so many *connections*, with *share* of a core for each worker."""

    seconds: int
    connections: int
    share: float


@dataclass(frozen=True)
class Ground:
    """What all lives share; *scratch* is a folder."""

    plan: Plan
    tools: Tools
    cores: Cores
    redis: Running
    effort: Effort
    scratch: Path


class Life:
    """The mock as *setup* has it, while it runs as *server*."""

    def __init__(self, setup: str, ground: Ground, server: Server) -> None:
        """Makes the sessions of all kinds, and writes the script for wrk. *workers* are the processes that serve."""
        self._setup = setup
        self._ground = ground
        self._server = server
        self._fields = {"Authorization": f"Bearer {ground.plan.key}"}
        self._paths = {kind.name: self._path(kind) for kind in ground.plan.kinds.values()}
        self.sessions = {name: path.split("/")[2] for name, path in self._paths.items() if ground.plan.kinds[name].settings}
        self.workers = _workers(server.tree, WORKERS[setup])
        self._script = ground.scratch / "mixed.lua"
        self._script.write_text(wrk.SCRIPT.read_text("utf-8") + SCRIPT.read_text("utf-8"), "utf-8")

    @property
    def memory(self) -> int:
        """Octets that a worker has, those it shares with others divided among all that share them."""
        return self._server.tree.memory.pss // WORKERS[self._setup]

    def seen(self, kind: str, round: int) -> Seen:
        """What is seen of this kind of traffic under a closed load. Raises NoLoadError where anything went wrong."""
        return self._seen(self._setup, kind, round, self.workers, self._ground.effort.share)

    def starved(self, round: int) -> Seen:
        """The same of mixed traffic where Redis has little of its core, and the workers have all of theirs."""
        return self._seen(STARVED, MIXED, round, [self._ground.redis.pid], STARVED_SHARE)

    def _seen(self, setup: str, kind: str, round: int, slowed: Sequence[int], share: float) -> Seen:
        paths = self._asked(kind)
        before, counts = self._server.tree.cpu, self._ground.redis.counts()
        with quota(slowed, share):
            load = self._load(paths, self._ground.effort.seconds)
        after, counted = self._server.tree.cpu, self._ground.redis.counts().since(counts)
        if load.wrong or not load.requests:
            raise wrk.NoLoadError(f"{load.wrong} of {load.requests} requests went wrong ({kind}, {setup})")
        took = tuple((after[pid] - before[pid]) / 1e9 for pid in self.workers)
        return Seen(setup, kind, round, load, took, counted, self._octets(paths))

    def trips(self, kind: str, requests: int = SERIAL) -> float:
        """How many round trips to Redis a request takes that comes alone, each after the answer to the one before."""
        paths = self._asked(kind)
        with contextlib.closing(HTTPConnection(HOST, self._server.port, timeout=PATIENCE_S)) as connection:
            before = self._ground.redis.counts()
            for number in range(requests):
                connection.request("GET", paths[number % len(paths)], headers=self._fields)
                connection.getresponse().read()
            return self._ground.redis.counts().since(before).reads / requests

    def warm(self) -> None:
        """Asks for everything once, and for the mixed traffic a second long."""
        for kind in self._ground.plan.kinds:
            self.trips(kind)
        self._load(self._asked(MIXED), 1)

    def _asked(self, kind: str) -> list[str]:
        """The paths of one kind of traffic, each as often as it has parts."""
        if kind != MIXED:
            return [self._paths[kind]]
        return [self._paths[each.name] for each in self._ground.plan.kinds.values() for _ in range(each.parts)]

    def _load(self, paths: list[str], seconds: int) -> Load:
        request = Request("/", self._fields)
        many = self._ground.effort.connections
        return wrk.loaded(
            self._ground.tools, self._server.port, request, connections=many, seconds=seconds, script=self._script, words=paths
        )

    def _octets(self, paths: list[str]) -> int:
        """How long a request is on average."""
        fields = {"Host": f"{HOST}:{self._server.port}", **self._fields}
        head = sum(len(f"{name}: {value}\r\n") for name, value in fields.items()) + len("GET  HTTP/1.1\r\n\r\n")
        return head + sum(map(len, paths)) // len(paths)

    def _path(self, kind: Kind) -> str:
        """Where requests of this *kind* go, in a session that is made for them if they are to be in one."""
        if kind.settings is None:
            return kind.path
        asking = Asking(
            f"http://{HOST}:{self._server.port}/__mock/sessions",
            json.dumps(kind.settings).encode(),
            {"Content-Type": "application/json"},
        )
        with urlopen(asking, timeout=PATIENCE_S) as answer:  # noqa: S310 - a mock of ours on this machine
            return f"/s/{json.load(answer)['id']}{kind.path}"


@contextlib.contextmanager
def living(setup: str, ground: Ground) -> Iterator[Life]:
    """The mock as *setup* has it, while the block runs; its Redis is empty at first. Raises NoServerError."""
    ground.redis.empty()
    port = free_port()
    state = [] if setup == ALONE else ["--state", ground.redis.url]
    command = [sys.executable, "-m", "mockserver", "--port", str(port), "--workers", str(WORKERS[setup]), *state]
    first = Request("/__mock/health", {})
    environment = ground.tools.environment
    with serving(
        command, port=port, first=first, folder=ground.scratch, environment=environment, cores=ground.cores.server
    ) as server:
        yield Life(setup, ground, server)


def _workers(tree: Tree, count: int) -> list[int]:
    """The processes that serve: the command itself if it is the only one, else those that it started."""
    spawned = [pid for pid in tree.processes if _SPAWNED in (PROC / str(pid) / "cmdline").read_bytes()]
    found = spawned or [tree.leader]
    if len(found) != count:
        raise NoServerError(f"found {len(found)} workers, expected {count}")
    return sorted(found)
