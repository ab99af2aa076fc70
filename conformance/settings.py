"""What a run of the suite was asked to do, as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from conformance.client import USER_AGENT
from conformance.connection import DIRECT, Connection
from conformance.finding import Outcome
from conformance.outputs import NOTHING, Outputs
from conformance.plan import READ_ONLY, Permissions
from conformance.probes.authorization import WRONG
from conformance.probes.filtering import NOWHERE
from conformance.redaction import Redactor
from conformance.rerun import PYTEST
from conformance.target import LOOPBACK_KEY, Target
from conformance.transcript_file import TranscriptFile
from conformance.waivers import DAYS, Waiver

KEY_ENV = "GATEWAY_API_KEY"
OWN_WORDS = (
    *("conformance", "--provider", "--api-key-env", "--probe-rate-limit", "--allow-methods", "Authorization"),
    *(USER_AGENT, WRONG, NOWHERE, "no-such-value", "no-such-model"),
    *(each.value for each in Outcome),
)
"""Words that the suite says whatever the key is."""

JOBS = 8
"""Hosts that are asked at the same time when nothing is said."""

MOST_JOBS = 32

MAX_TIME_S = 600.0
TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Settings:
    """What a run was asked to do. *key* never appears in ``repr``, nor do *keys*, those of all targets by their variables.

    *connections* are by origin, *listed_waivers* by the file that a targets file names. At most *jobs* hosts are asked
    at the same time.
    """

    targets: tuple[Target, ...]
    key: str | None = None
    key_env: str = KEY_ENV
    depth: str = "standard"
    requests: int | None = None
    seconds: float = MAX_TIME_S
    rps: float | None = None
    timeout: float = TIMEOUT_S
    strict: bool = False
    closed: bool = False
    plan_only: bool = False
    seed: int = 0
    permissions: Permissions = READ_ONLY
    waivers: tuple[Waiver, ...] = ()
    outputs: Outputs = NOTHING
    connection: Connection = DIRECT
    keys: Mapping[str, str | None] = field(default_factory=dict)
    connections: Mapping[str, Connection] = field(default_factory=dict)
    listed_waivers: Mapping[Path, tuple[Waiver, ...]] = field(default_factory=dict)
    jobs: int = JOBS
    waivers_update: Path | None = None
    waivers_days: int = DAYS
    record: Path | None = None
    replay: TranscriptFile | None = None
    command: tuple[str, ...] = PYTEST

    def __repr__(self) -> str:
        return f"Settings({', '.join(target.root for target in self.targets)})"

    def hidden(self, text: str) -> str:
        """*text* without any key and other secrets, whole or in part, however they are written.

        What one target says may hold the key of another.
        """
        secrets = dict.fromkeys(filter(None, (self.key, *self.keys.values(), *self.connection.secrets)))
        public = (self.key_env, *self.keys, *(target.root for target in self.targets))
        return _redactor(tuple(secrets), public).hidden(text)

    def of(self, target: Target) -> Settings:
        """These settings with what is *target*'s own: how it is reached, and what a targets file says of it."""
        own = self if target.key_env is None else replace(self, key=self.keys[target.key_env], key_env=target.key_env)
        return replace(
            own,
            depth=target.depth or self.depth,
            waivers=(*self.waivers, *(self.listed_waivers.get(target.waivers, ()) if target.waivers else ())),
            connection=self.connections.get(target.origin, self.connection),
        )

    def key_for(self, target: Target) -> str | None:
        """The key to present to *target*."""
        return self.key or (LOOPBACK_KEY if target.is_loopback else None)


@lru_cache(MOST_JOBS)
def _redactor(secrets: tuple[str, ...], public: tuple[str, ...]) -> Redactor:
    return Redactor(secrets, (*public, *OWN_WORDS))
