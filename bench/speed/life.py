"""One start of a contestant: verified, warmed, measured, stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.speed import wrk
from bench.speed.contestant import Contestant, Request, Stage
from bench.speed.cores import Cores
from bench.speed.open_model import opened
from bench.speed.sample import Closed, Highest, Life
from bench.speed.search import Try, highest
from bench.speed.server import Got, Server, free_port, get, serving
from bench.speed.tools import Tools
from bench.speed.traffic import Plan, Traffic
from bench.speed.tree import spent
from bench.speed.verified import Verified, verified

WARM_CONNECTIONS = 32
STARTED_S = 1.5  # about, with what is asked before anything is measured
SETTLE_S = 0.3  # before memory is looked at, so that what starting has begun is done


@dataclass(frozen=True)
class Effort:
    """How much is done: *seconds* for each load, *open_s* for each rate that is tried, at most *tries* of them.

    *warm* is whether a server is asked for a while before it is measured, *connections* those of the open model at most.
    """

    seconds: int
    open_s: float
    tries: int
    warm: bool
    connections: int

    def expected_s(self, contestant: Contestant, plan: Plan) -> float:
        """Seconds that one start of *contestant* takes, about."""
        traffic = [plan.traffic[name] for name in contestant.traffic]
        loads = sum(len(each.connections) for each in traffic) * self.seconds
        rates = sum(each.open for each in traffic) * self.tries * self.open_s
        return STARTED_S + loads + rates + (len(traffic) * contestant.warm_s if self.warm else 0)


@dataclass(frozen=True)
class Ground:
    """What all contestants share: the *plan* and what was *prepared* from it, *tools*, *cores*, and a *scratch* folder."""

    plan: Plan
    bodies: Mapping[str, bytes]
    prepared: Path
    tools: Tools
    cores: Cores
    scratch: Path

    def stage(self, contestant: Contestant, round: int) -> Stage:
        """A stage for *contestant*, with a folder that is made for it."""
        folder = self.scratch / f"{contestant.key}-{round}"
        folder.mkdir()
        return Stage(folder, free_port(), self.plan, self.bodies, self.scratch / "bodies", self.prepared, self.tools)


Seen = Verified | Closed | Highest | Life


@dataclass(frozen=True)
class Lived:
    """*contestant* in *round*, to be started on *ground*; *ceilings* are the generator's highest rates by traffic."""

    contestant: Contestant
    round: int
    ground: Ground
    effort: Effort
    ceilings: Mapping[str, float]

    def seen(self) -> Iterator[tuple[str, Seen]]:
        """What is seen of it, as soon as it is, with the name of the traffic; its `Life` comes last.

        Raises NoServerError and NoLoadError.
        """
        stage = self.ground.stage(self.contestant, self.round)
        environment = {**stage.tools.environment, **self.contestant.environment(stage), "HOME": str(stage.folder)}
        first = Request(self.contestant.first(stage), {"Authorization": f"Bearer {stage.plan.key}"})
        command = self.contestant.command(stage)
        cores = self.ground.cores.server
        with serving(
            command, port=stage.port, first=first, folder=stage.folder, environment=environment, cores=cores
        ) as server:
            time.sleep(SETTLE_S)
            looks = [server.tree.memory]
            for name, request in self.contestant.requests(stage).items():
                traffic = self.ground.plan.traffic[name]
                shown = self._verified(stage, traffic, request)
                yield name, shown
                if shown.wrong:
                    continue
                self._warm(stage, request)
                for seen in self._measured(stage, server, traffic, request):
                    looks.append(server.tree.memory)
                    yield name, seen
            yield (
                "",
                Life(self.contestant.key, self.round, server.started_s, looks[0], looks[min(1, len(looks) - 1)], looks[-1]),
            )

    def _verified(self, stage: Stage, traffic: Traffic, request: Request) -> Verified:
        def ask(asked: Request) -> Got:
            return get(stage.port, asked)

        return verified(ask, request, status=traffic.status, body=stage.bodies[traffic.body], ids=self.contestant.ids)

    def _warm(self, stage: Stage, request: Request) -> None:
        if self.effort.warm:
            wrk.loaded(stage.tools, stage.port, request, connections=WARM_CONNECTIONS, seconds=self.contestant.warm_s)

    def _measured(self, stage: Stage, server: Server, traffic: Traffic, request: Request) -> Iterator[Closed | Highest]:
        key, effort, fastest = self.contestant.key, self.effort, 0.0
        for connections in traffic.connections:
            before = server.tree.cpu
            load = wrk.loaded(stage.tools, stage.port, request, connections=connections, seconds=effort.seconds)
            closed = Closed(key, traffic.name, connections, self.round, load, spent(before, server.tree.cpu))
            fastest = max(fastest, closed.rate)
            yield closed
        if traffic.open and effort.tries and fastest:

            def attempt(rate: float) -> Try:
                tried = opened(stage.port, request, rate=rate, seconds=effort.open_s, connections=effort.connections)
                return Try(tried.kept, tried.busy)

            found = highest(attempt, guess=fastest, tries=effort.tries, ceiling=self.ceilings.get(traffic.name))
            yield Highest(key, traffic.name, self.round, found.rate, found.client)
