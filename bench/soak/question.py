"""What a mock is asked for, with what it is to answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from specs import Provider, load_all
from specs.contract import Operation
from specs.recording import Recording

EXAMPLE = "catalogue"
"""The recordings that the mock is to answer 200 with: long enough that every fault applies."""

KEY = "sk-soak"


@dataclass(frozen=True)
class Question:
    """A *target* to ask for, and what is recorded for it, by status."""

    target: str
    recordings: Mapping[int, Recording]


def questions(provider: Provider, session: str | None = None) -> list[Question]:
    """Each list of *provider*, in a *session* if there is one; what is no list has not all faults."""
    root = f"/s/{session}/{provider.id}" if session else f"/{provider.id}"
    lists = [each for each in provider.operations.values() if each.items is not None]
    return [Question(root + each.path, _recordings(provider, each)) for each in lists]


@cache
def everything() -> tuple[Question, ...]:
    """Each list of each provider that this project has."""
    return tuple(each for provider in providers() for each in questions(provider))


@cache
def providers() -> tuple[Provider, ...]:
    """All that this project has, loaded once."""
    return tuple(load_all().values())


def _recordings(provider: Provider, operation: Operation) -> Mapping[int, Recording]:
    """What *operation* answers, by status."""
    statuses = {each.status for each in provider.recordings if each.operation == operation.id}
    usual = {status: provider.recording(operation.id, status) for status in statuses}
    example = provider.recording(operation.id, 200, EXAMPLE)
    return {status: each for status, each in {**usual, 200: example or usual[200]}.items() if each}
