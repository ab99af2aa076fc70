"""A contestant: a server that can be started with the lists, and what to ask it for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.speed.tools import Tools
from bench.speed.traffic import Plan

LISTS = ("small", "large")


@dataclass(frozen=True)
class Stage:
    """What a contestant is started with: a *folder* of its own, a free *port*, *bodies* by name, which also lie in *files*.

    *prepared* is the folder with the contracts and recordings of the same bodies.
    """

    folder: Path
    port: int
    plan: Plan
    bodies: Mapping[str, bytes]
    files: Path
    prepared: Path
    tools: Tools


@dataclass(frozen=True)
class Request:
    """One GET of *path*, with header *fields* beside Host."""

    path: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Contestant:
    """A row of the table.

    *key* names it in ``--only``, *says* how it is set up. *command* starts it, after it has written what it needs into the
    stage's folder, with *environment* besides; *first* is the path whose first 200 ends its start. *requests* are those for its
    *traffic*, by name: by the time they are asked for it runs. *missing* says why it cannot be had here, or nothing. *peer* is
    one to be faster than. A server that cannot answer bytes of our choice has *ids* only. *warm_s* is for how many seconds it
    is asked before each kind of traffic is measured.
    """

    key: str
    name: str
    says: str
    version: Callable[[Tools], str]
    command: Callable[[Stage], list[str]]
    requests: Callable[[Stage], Mapping[str, Request]]
    traffic: tuple[str, ...] = LISTS
    first: Callable[[Stage], str] = lambda _: "/small/v1/models"
    missing: Callable[[Tools], str] = lambda _: ""
    environment: Callable[[Stage], Mapping[str, str]] = lambda _: {}
    peer: bool = False
    ids: bool = False
    warm_s: int = 1


def plain(stage: Stage, name: str) -> Request:
    """The request for the body *name* at ``/NAME/v1/models``, where every contestant has it that can choose its paths."""
    return Request(f"/{name}/v1/models", {"Authorization": f"Bearer {stage.plan.key}"})


def both(stage: Stage) -> Mapping[str, Request]:
    """The requests for the two lists."""
    return {name: plain(stage, name) for name in LISTS}
