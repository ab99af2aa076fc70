"""Mutants that operators make from a contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from starlette.types import ASGIApp

from proof.misbehaving import Behaviour, Misbehaving
from specs.mutant import Mutant
from specs.provider import Provider

LABEL = "catalogue"
"""The label of the recordings that mutants serve: lists that use every documented member."""


@dataclass(frozen=True)
class Generated:
    """One mutant of *provider*, made by *operator*.

    *mutant* is what of it is data: its id, its sentence, what the gateway holds. *behaves* makes what it does to
    requests and answers, anew for each trial, as a behaviour may remember. A mutant that the contract does not
    forbid has a reason for that in *equivalent*, and breaks nothing; *about* is then the requirement that speaks of
    what it changes, empty where none does.
    """

    provider: str
    operator: str
    mutant: Mutant
    behaves: Callable[[], Behaviour] | None = field(default=None, compare=False)
    equivalent: str = ""
    about: str = ""

    @property
    def id(self) -> str:
        """``<provider>/<operator>/<what>``."""
        return f"{self.provider}/{self.operator}/{self.mutant.id}"

    def served(self, provider: Provider) -> Provider:
        """*provider* with this mutant as its only one."""
        return replace(provider, mutants=(self.mutant,))

    def around(self, app: ASGIApp, provider: Provider) -> ASGIApp:
        """*app*, which serves what this mutant holds, behaving as this mutant does."""
        return Misbehaving(app, provider, self.behaves()) if self.behaves else app
