"""Keys with rights, as values: what a key table says of a key. Knows keys by their digests only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from mockserver.credentials import is_good, is_own
from specs.recording import Recording

Others = Literal["good", "wrong"]


class KeyState(StrEnum):
    """What a gateway makes of a key that it knows."""

    GOOD = "good"
    EXPIRED = "expired"
    BANNED = "banned"
    OUT_OF_QUOTA = "out-of-quota"


LABELS: Mapping[KeyState, str] = MappingProxyType(
    {KeyState.EXPIRED: "expired-key", KeyState.BANNED: "banned-key", KeyState.OUT_OF_QUOTA: "out-of-quota"}
)
"""The label of the recording that refuses a key of each state; its status is the provider's own choice."""

USUAL: Mapping[KeyState, int] = MappingProxyType({KeyState.EXPIRED: 401, KeyState.BANNED: 403, KeyState.OUT_OF_QUOTA: 429})
"""The status whose default recording stands in where a provider has none of that label."""


@dataclass(frozen=True)
class Rights:
    """What a key may do: *models* are patterns of the ids that it lists and retrieves, as of fnmatchcase; None is all."""

    state: KeyState = KeyState.GOOD
    models: tuple[str, ...] | None = None

    def json(self) -> dict[str, Any]:
        """This as a JSON object, without what is as usual."""
        found: dict[str, Any] = {} if self.state is KeyState.GOOD else {"state": self.state.value}
        return found if self.models is None else {**found, "models": list(self.models)}

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Rights:
        """The reverse of `json`; members of other names are left alone."""
        models = data.get("models")
        return cls(KeyState(data.get("state", KeyState.GOOD)), None if models is None else tuple(models))


ALL = Rights()


@dataclass(frozen=True)
class KeyTable:
    """The rights of keys by their digests; *others* says what keys are that it does not name."""

    keys: Mapping[str, Rights]
    others: Others = "wrong"

    def rights(self, token: str | None) -> Rights | None:
        """What the key *token* may do; None for no key and for a wrong one.

        A key that is named need not look like one. The mock's own keys may do everything; so may, with *others* good,
        every key that is good by its looks.
        """
        if token is None:
            return None
        named = self.keys.get(digest(token))
        if named is not None:
            return named
        return ALL if is_own(token) or (self.others == "good" and is_good(token)) else None

    def json(self) -> dict[str, Any]:
        """This as a JSON object to be stored: ``{"others", "keys": {digest: {"state"?, "models"?}}}``."""
        return {"others": self.others, "keys": {name: each.json() for name, each in self.keys.items()}}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> KeyTable:
        """The reverse of `json`; it is no reader of what users write."""
        return cls(MappingProxyType({name: Rights.read(each) for name, each in stored["keys"].items()}), stored["others"])


def digest(key: str) -> str:
    """By which *key* is known: its SHA-256 in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def refusals(recordings: Iterable[Recording]) -> Mapping[KeyState, Recording]:
    """Which one of the *recordings* of one operation refuses a key of each state.

    It is the one with the label of the state, whatever its status; else the default one of the `USUAL` status. A
    state for which there is neither is absent.
    """
    known = sorted(recordings, key=lambda each: not each.default)
    found: dict[KeyState, Recording] = {}
    for state, label in LABELS.items():
        named = [each for each in known if each.label == label and each.status >= 400]
        usual = [each for each in known if each.status == USUAL[state]]
        for each in (*named, *usual)[:1]:
            found[state] = each
    return MappingProxyType(found)
