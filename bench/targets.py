"""What two testers are compared on: gateways that keep their contract, and mutants that break it."""

from __future__ import annotations

import contextlib
import enum
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import anyio.to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver import create_app
from proof.generated import LABEL, Generated
from proof.operators import generate
from proof.twins import TWINS
from proof.twins.message import BODILESS, Answer, Answering, Call, octets
from proof.twins.performing import applies, staged
from proof.twins.twin import Clock
from specs import load
from specs.provider import Provider
from specs.requirement import Lens


class Kind(enum.Enum):
    """What a tester should make of a target: nothing of the *WHOLE* mock and of a *TWIN*, a failure of a *MUTANT*."""

    WHOLE = "whole"
    TWIN = "twin"
    MUTANT = "mutant"


@dataclass(frozen=True)
class Target:
    """One gateway of *provider*; *level* is that of the requirement that a mutant breaks, else empty.

    *seed* is for what chance decides, of the target and of its testers.
    """

    kind: Kind
    provider: str
    name: str
    level: str = ""
    seed: int = 0


@dataclass(frozen=True)
class Served:
    """A target that can be asked, as an ASGI *app*, or over a socket at *root*; its time is *clock*.

    *needs* is what the suite has to be allowed for it to show, *asked* says how many requests came so far.
    """

    app: ASGIApp
    root: str | None
    clock: Clock
    needs: tuple[str, ...]
    asked: Callable[[], int]


def wholes(providers: Sequence[str], seeds: Sequence[int]) -> Iterator[Target]:
    """The conforming mock of each of *providers*, once for each of *seeds*."""
    return (Target(Kind.WHOLE, name, "", seed=seed) for name in providers for seed in seeds)


def twins(providers: Sequence[str], seed: int, named: str = "") -> Iterator[Target]:
    """Every twin with *named* in its name as a gateway of each of *providers* that there is."""
    for twin in TWINS:
        if named in twin.name:
            yield from (Target(Kind.TWIN, name, twin.name, seed=seed) for name in providers if applies(twin, provider(name)))


def mutants(providers: Sequence[str], seed: int, sample: int | None, named: str = "") -> list[Target]:
    """Mutants that break what a document says, with *named* in their ids: *sample* of them drawn by *seed*, or all of them."""
    found = []
    for name in providers:
        levels = {each.id: each.level.value for each in provider(name).requirements if each.lens is Lens.DOCUMENT}
        for mutant, each in _generated(name).items():
            if named in mutant and not each.equivalent and each.mutant.breaks in levels:
                found.append(Target(Kind.MUTANT, name, mutant, levels[each.mutant.breaks], seed))
    if sample is None or sample >= len(found):
        return found
    return Random(seed).sample(found, sample)  # noqa: S311 - lots that can be repeated, no secrets


@contextlib.contextmanager
def served(target: Target) -> Iterator[Served]:
    """*target*, while the block runs. Both testers are given just this."""
    known = provider(target.provider)
    if target.kind is Kind.TWIN:
        twin = next(each for each in TWINS if each.name == target.name)
        with staged(twin, known, seed=target.seed) as scene:
            yield Served(_app(scene.answering), scene.root, scene.clock, (), scene.asked)
        return
    broken = _generated(target.provider)[target.name] if target.kind is Kind.MUTANT else None
    app = create_app(
        {known.id: broken.served(known) if broken else known},
        provider=known.id,
        example=None if broken else LABEL,
        mutant=broken.mutant.id if broken else None,
        now=lambda: 1000.0,
    )
    around = broken.around(app, known) if broken else app
    asked = 0

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal asked
        asked += scope["type"] == "http"
        await around(scope, receive, send)

    yield Served(counted, None, Clock(), broken.mutant.needs if broken else (), lambda: asked)


def _app(answering: Answering) -> ASGIApp:
    """*answering* as an ASGI app."""

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        query = f"?{scope['query_string'].decode('ascii')}" if scope["query_string"] else ""
        fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        call = Call(scope["method"], scope["raw_path"].decode("ascii") + query, fields)
        # The mock behind it has a loop of its own, and a thread has one at most.
        answer: Answer = await anyio.to_thread.run_sync(answering, call)
        bodiless = call.method == "HEAD" or answer.status in BODILESS
        body = b"" if bodiless else answer.body
        if not bodiless:  # a twin that changes bodies leaves their length to what sends them
            answer = answer.having("Content-Length", str(len(body)))
        await send({"type": "http.response.start", "status": answer.status, "headers": octets(answer.fields)})
        await send({"type": "http.response.body", "body": body})

    return app


@functools.cache
def provider(name: str) -> Provider:
    """The provider *name*, loaded once in each process."""
    return load(name)


@functools.cache
def _generated(name: str) -> dict[str, Generated]:
    return generate(provider(name))
