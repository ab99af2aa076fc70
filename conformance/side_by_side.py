"""Several gateways in one run: those of one host one after the other, those of different hosts at the same time."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Protocol

from conformance.run import Run, World
from conformance.target import Target
from conformance.transcript import Halted

GRACE_S = 2.0
"""So long it is waited for hosts that are asked when the run is interrupted; who is silent then is left alone."""


class Watcher(Protocol):
    """Who looks on, in the thread that all was started in."""

    def progress(self, text: str) -> None:
        """How far it is, in a line that the next one replaces; an empty text takes it away."""

    def line(self, text: str) -> None:
        """Something that stays."""


class _Caught(contextlib.AbstractContextManager[None]):
    """Keeps what is raised inside, for the thread that waits for it."""

    error: BaseException | None = None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        self.error = error
        return True


@dataclass
class _Work:
    """One run in the hands of a thread: how far it is, and how it ended."""

    run: Run
    done: int = 0
    sent: bool = False
    over: bool = False
    begun: bool = False
    caught: _Caught = field(default_factory=_Caught)

    def do(self, tell: queue.SimpleQueue[str]) -> None:
        """Sends and judges; whatever is raised is kept."""
        self.begun = True
        with self.caught:
            for done, _ in self.run.send():
                self.done = done
                tell.put("")
            self.sent = True
            self.run.judge_all()
        self.over = True


class SideBySide:
    """Asks the targets of runs, at most *jobs* hosts at the same time. State of one run of the suite.

    A host is a scheme, a name and a port. A single one is asked in this thread, and judged when its findings are wanted;
    of several, each is asked and judged in a thread of its own, so that nothing waits for the slowest but the end.
    """

    def __init__(self, jobs: int, watcher: Watcher) -> None:
        self._jobs = jobs
        self._watcher = watcher
        self._over = threading.Event()
        self._told: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def world(self, target: Target, world: World) -> World:
        """*world* for the run over *target*, whose pauses end when all ends."""
        name = f"{target.name}: " if target.name else ""

        def notice(seconds: float) -> None:
            self._tell(f"{name}waiting {seconds:.0f} s, to keep the target's limit")

        return replace(world, sleep=self._sleep, notice=notice)

    def send(self, runs: list[Run]) -> None:
        """Sends what *runs* have planned. Raises what one of them raises that is no finding.

        When it is interrupted, all are ended, and their findings are those on what was judged until then; a run that
        does not end in time is replaced by one that has not begun.
        """
        hosts = by_host(runs)
        if len(hosts) == 1 or self._jobs == 1:
            for run in runs:
                for done, of in run.send():
                    self._watcher.progress(f"asking {run.target.root}: {done} of {of}")
                self._watcher.progress("")
            return
        work = [[_Work(run) for run in each] for each in hosts]
        every = [each for host in work for each in host]
        try:
            self._start(work)
            self._watch(every)
        except KeyboardInterrupt:
            self._halt(every, runs)
            raise
        for each in every:
            # What a judge raises is raised again, and told, where its requirement is reported.
            if each.caught.error is not None and not each.sent:
                raise each.caught.error

    def _start(self, work: Sequence[Sequence[_Work]]) -> None:
        waiting: queue.SimpleQueue[Sequence[_Work]] = queue.SimpleQueue()
        for host in work:
            waiting.put(host)

        def serve() -> None:
            with contextlib.suppress(queue.Empty):
                while not self._over.is_set():
                    for each in waiting.get_nowait():
                        each.do(self._told)
                        self._told.put("")

        for number in range(min(self._jobs, len(work))):
            # Nobody waits for a host that hangs when all is over.
            self._threads.append(threading.Thread(target=serve, name=f"host-{number}", daemon=True))
            self._threads[-1].start()

    def _watch(self, every: Sequence[_Work]) -> None:
        """Returns when *every* run is over; tells how far all is."""
        of = sum(len(each.run.plan.order) for each in every)
        while not all(each.over for each in every):
            if line := self._told.get():
                self._watcher.line(line)
            done, over = sum(each.done for each in every), sum(each.over for each in every)
            self._watcher.progress(f"asking {len(every)} gateways: {done} of {of}, {over} finished")
        self._watcher.progress("")

    def _halt(self, every: Sequence[_Work], runs: list[Run]) -> None:
        self._over.set()
        for each in every:
            each.run.halt()
        for thread in self._threads:
            thread.join(GRACE_S / len(self._threads))
        for index, run in enumerate(runs):
            own = next(each for each in every if each.run is run)
            if own.begun and not own.over:
                runs[index] = Run(run.target, run.settings, run.world, run.requirements, planned=run.plan)
                continue
            run.transcript.halted = False
            run.find_judged()

    def _tell(self, text: str) -> None:
        if self._threads:
            self._told.put(text)
        else:
            self._watcher.line(text)

    def _sleep(self, seconds: float) -> None:
        if self._over.wait(seconds):
            raise Halted


def by_host(runs: Sequence[Run]) -> list[list[Run]]:
    """*runs* by the host that they ask, in their order."""
    hosts: dict[str, list[Run]] = {}
    for run in runs:
        hosts.setdefault(run.target.origin, []).append(run)
    return list(hosts.values())
