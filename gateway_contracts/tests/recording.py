"""A gateway on a socket whose answers a test changes, and the command that records it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.selftest import acme
from conformance.selftest.gateway import Answer, Gateway
from conformance.selftest.hostile import Hostile
from gateway_contracts.command import main
from gateway_contracts.screen import Screen


@dataclass(frozen=True)
class Said:
    """What the command ended with, and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Recorder:
    """Records Acme at *gateway* into a folder below *root*."""

    root: Path
    gateway: Gateway | Hostile

    def __call__(self, *more: str) -> Said:
        """The command with *more* options."""
        own = [self.gateway.url, "--provider", "acme", "--providers", str(self.root / "providers")]
        return said("record", *own, "--into", str(self.root / "own"), *more)

    def json(self, *more: str) -> Any:
        """What it prints for programs."""
        return json.loads(self(*more, "--json").out)

    @property
    def files(self) -> dict[str, Any]:
        """The content of what is there, by name."""
        folder = self.root / "own" / "acme"
        return {str(path.relative_to(folder))[:-5]: json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))}


def said(*words: str) -> Said:
    """The command in this process."""
    out, err = io.StringIO(), io.StringIO()
    return Said(main(words, Screen(out, err)), out.getvalue(), err.getvalue())


@contextmanager
def recorder(
    root: Path, gateway: Gateway | Hostile, monkeypatch: pytest.MonkeyPatch, *, openapi: str = acme.OPENAPI
) -> Iterator[Recorder]:
    """Acme's contract below *root*, *gateway* running, and its key in the environment."""
    acme.folder(root, openapi=openapi)
    monkeypatch.setenv("GATEWAY_API_KEY", acme.KEY)
    with gateway:
        yield Recorder(root, gateway)


def adding(body: dict[str, Any], **headers: str) -> acme.Change:
    """Puts *body* into every object that is answered, and *headers* beside it."""

    def change(_: Any, answer: Answer) -> Answer:
        value = json.loads(answer.content) if answer.content else None
        changed = acme.answer({**value, **body}, answer.status) if isinstance(value, dict) else answer
        fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return Answer(answer.status, (*answer.headers, *fields), changed.content)

    return change
