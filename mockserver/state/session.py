"""The session: one user's isolated settings, as a value. What changes with every request is in the `Store`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mockserver.chaos import NO_CHAOS, Chaos
from mockserver.credentials import SESSION
from mockserver.keys import KeyTable
from mockserver.limiter import Limit
from mockserver.state.sequence import Sequence
from mockserver.view import WHOLE, View

DEFAULT = ""  # the id of the session of all traffic that names none
TTL_S = 3600.0


@dataclass(frozen=True)
class Session:
    """What one user asked for.

    *provider* answers at the session's root. *fault* is done to every answer that it applies to, with its
    parameters; *view* is what of the catalogue is served. *limit* stands in place of the documented ones, unless
    *documented_limits*; None is no limit at all. *keys* None means that a key is good by its looks. A session
    ends when it was idle for *ttl_s* seconds, by its own clock or by the real one.

    *document* is what all this was read from, as the admin API gives it; *revision* counts its changes.
    """

    id: str = DEFAULT
    provider: str | None = None
    ttl_s: float = TTL_S
    fault: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    view: View = WHOLE
    sequences: tuple[Sequence, ...] = ()
    chaos: Chaos = NO_CHAOS
    limit: Limit | None = None
    documented_limits: bool = True
    keys: KeyTable | None = None
    document: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    revision: int = 0

    @property
    def api_key(self) -> str:
        """The key that leads here by itself."""
        return SESSION + self.id

    def limit_of(self, documented: Limit | None) -> Limit | None:
        """The limit that counts for a provider that has a *documented* one, or none."""
        return documented if self.documented_limits else self.limit

    def sequence_of(self, provider: str, operation: str) -> int | None:
        """The index of the sequence that requests to this operation move, the first one that concerns it."""
        return next((index for index, each in enumerate(self.sequences) if each.concerns(provider, operation)), None)
