"""A twin before the suite."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import httpx2

from conformance.plan import Plan
from mockserver import create_app
from proof.trial import Trial, judged
from proof.twins.listener import listening
from proof.twins.message import Answer, Answering, Call, Direct, Mocked
from proof.twins.twin import Clock, Stage, Twin, as_it_is
from specs.provider import Provider


@dataclass(frozen=True)
class Performance:
    """What came of a twin: the *trial*, and how many answers were *unusual*, that is, not what the mock answers.

    *accused* are the requirements that it was found to break, without those of the clients that it is known to.
    """

    trial: Trial
    unusual: int
    accused: tuple[str, ...]


def applies(twin: Twin, provider: Provider) -> bool:
    """Whether there is a gateway of *provider* that *twin* describes."""
    return twin.applies(provider) and (twin.holds is as_it_is or twin.holds(provider, Random(0)) is not provider)  # noqa: S311  # no secret


@dataclass(frozen=True)
class Scene:
    """A twin that can be asked: by *answering* itself, or at *root* where it comes over a socket; its time is *clock*.

    *asked* says how many requests came so far, and *unusual* how many of their answers were unusual.
    """

    answering: Answering
    root: str | None
    clock: Clock
    asked: Callable[[], int]
    unusual: Callable[[], int]


@contextlib.contextmanager
def staged(twin: Twin, provider: Provider, *, seed: int = 0) -> Iterator[Scene]:
    """*twin* as a gateway of *provider*, while the block runs; *seed* is for its choices."""
    with contextlib.ExitStack() as ending:

        def mock(provider: Provider) -> Answering:
            app = create_app({provider.id: provider}, provider=provider.id, example="catalogue", now=lambda: 1000.0)
            return ending.enter_context(contextlib.closing(Mocked(app)))

        chance = Random(f"{twin.name} {provider.id} {seed}")  # noqa: S311  # no secret
        held = twin.holds(provider, chance)
        stage = Stage(held, chance, Clock(), mock)
        seen = _Seen(mock(held), stage.clock, usual=held is provider and twin.framing is None)
        answering = seen.compared(twin.behaves(seen.noted, stage))
        root = ending.enter_context(listening(answering, twin.framing, chance)) if twin.framing else None
        yield Scene(answering, root, stage.clock, lambda: seen.asked, lambda: seen.unusual)


def perform(twin: Twin, provider: Provider, *, seed: int = 0, planned: Plan | None = None) -> Performance:
    """Puts *twin* as a gateway of *provider* before the suite; *seed* is for the choices of both.

    *planned* is the plan, where another trial of the same provider by the same seed has made it.
    """
    with staged(twin, provider, seed=seed) as scene:
        trial = suite(scene, provider, seed=seed, planned=planned)
        accused = tuple(each for each in trial.accused if each not in twin.unsurvived)
        return Performance(trial, scene.unusual(), accused)


def suite(scene: Scene, provider: Provider, *, depth: str = "standard", seed: int = 0, planned: Plan | None = None) -> Trial:
    """What the suite makes of *scene*."""
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the authorities need not be read where nothing is encrypted
    transport: httpx2.BaseTransport = httpx2.HTTPTransport(verify=nobody) if scene.root else Direct(scene.answering)
    root, clock = scene.root or "http://127.0.0.1", scene.clock
    return judged(provider, transport, root=root, depth=depth, seed=seed, clock=clock, sleep=clock.sleep, planned=planned)


class _Seen:
    """Counts the requests, and the answers that are not what the mock answered, or that took their time."""

    def __init__(self, mock: Answering, clock: Clock, *, usual: bool) -> None:
        self.asked = 0
        self.unusual = 0
        self._mock = mock
        self._clock = clock
        self._usual = usual
        self._answers: list[Answer] = []

    def noted(self, call: Call) -> Answer:
        """The mock's answer to *call*."""
        self._answers.append(self._mock(call))
        return self._answers[-1]

    def compared(self, answering: Answering) -> Answering:
        """The answers of *answering*, which are counted where they are unusual."""

        def answered(call: Call) -> Answer:
            self.asked += 1
            self._answers.clear()
            begun = self._clock()
            answer = answering(call)
            self.unusual += not self._usual or answer not in self._answers or self._clock() > begun
            return answer

        return answered
