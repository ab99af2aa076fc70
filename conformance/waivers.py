"""Waivers: deviations that are known and accepted until a day, as data."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from conformance.finding import Finding
from specs import formats, strict_yaml
from specs.errors import SpecError
from specs.requirement import Requirement

DAYS = 30
"""So long a new waiver holds when nothing is said."""

HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[^\s/@?#*:\[\]]+)(?::(?P<port>[0-9]+))?")
"""A host as a URL has it, with its port (RFC 3986 sections 3.2.2 and 3.2.3)."""


@dataclass(frozen=True)
class Waiver:
    """One accepted deviation, of a *requirement* or of one *fingerprint*, for a *target* (its host, or ``*``).

    With both, it is that of the fingerprint alone.
    """

    requirement: str | None
    fingerprint: str | None
    target: str
    reason: str
    expires: date

    @property
    def of(self) -> str:
        """What it waives: the id of a requirement, a fingerprint, or one with the other."""
        return " ".join(filter(None, (self.requirement, self.fingerprint)))

    def shown_by(self, findings: Collection[Finding]) -> bool:
        """Whether *findings* have what it waives."""
        broken = (each for each in findings if self.requirement in (None, each.requirement.id))
        return any(self.fingerprint in (None, group.fingerprint) for each in broken for group in each.groups)


class State(enum.Enum):
    """What a waiver did in a run."""

    APPLIED = "applied"
    UNOBSERVED = "unobserved"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Waivers:
    """The waivers of one target: those that hold, and those whose last day has passed.

    *missing* are for its host, where only one of both has a port: they do nothing, and may be meant for it.
    """

    waivers: tuple[Waiver, ...] = ()
    expired: tuple[Waiver, ...] = ()
    missing: tuple[Waiver, ...] = ()

    def matching(self, requirement: Requirement, fingerprints: Sequence[str]) -> Waiver | None:
        """The waiver under which a breach of *requirement* with these *fingerprints* is accepted as a whole."""
        for waiver in self.waivers:
            if waiver.requirement == requirement.id and waiver.fingerprint is None:
                return waiver
        single = {each.fingerprint: each for each in self.waivers if each.fingerprint}
        if fingerprints and all(each in single for each in fingerprints):
            return single[fingerprints[0]]
        return None

    def states(self, findings: Collection[Finding], requirements: Collection[Requirement]) -> Mapping[Waiver, State]:
        """What each waiver did in a run over *requirements* with these *findings*; those of others are left out."""
        known = {None, *(each.id for each in requirements)}
        states = {}
        for waiver in (*self.waivers, *self.expired):
            if waiver.requirement in known:
                seen = State.APPLIED if waiver.shown_by(findings) else State.UNOBSERVED
                states[waiver] = State.EXPIRED if waiver in self.expired else seen
        return states


def read(path: Path) -> tuple[Waiver, ...]:
    """The waivers in the YAML file at *path*. Raises SpecError."""
    return _waivers(strict_yaml.read(path, str(path)), str(path))


def parsed(text: str, file: str) -> tuple[Waiver, ...]:
    """The waivers in *text*; *file* is named in errors. Raises SpecError."""
    return _waivers(strict_yaml.parse(text, file), file)


def _waivers(document: strict_yaml.YamlDocument, file: str) -> tuple[Waiver, ...]:
    formats.check(document.value, "waivers", file, lines=document.lines)
    waivers = []
    for index, each in enumerate(document.value["waivers"]):
        if each["target"] != "*" and not HOST.fullmatch(each["target"]):
            at = f"/waivers/{index}/target"
            expected = "a host, with the port where the target's URL has one, such as gateway.example:8443, or * for any"
            raise SpecError(file, at, found=repr(each["target"]), expected=expected, line=document.lines.get(at))
        try:
            expires = date.fromisoformat(each["expires"])
        except ValueError:
            at = f"/waivers/{index}/expires"
            raise SpecError(
                file, at, found=repr(each["expires"]), expected="a day of the calendar", line=document.lines.get(at)
            ) from None
        waivers.append(Waiver(each.get("requirement"), each.get("fingerprint"), each["target"], each["reason"], expires))
    return tuple(waivers)


def holding(waivers: Sequence[Waiver], target: str, today: date) -> Waivers:
    """Those of *waivers* that are for *target*, its host, as they are on the day *today*."""
    own = [each for each in waivers if each.target.lower() in (target, "*")]
    missing = [each for each in waivers if each not in own and _misses(each.target.lower(), target)]
    return Waivers(
        tuple(each for each in own if each.expires >= today),
        tuple(each for each in own if each.expires < today),
        tuple(missing),
    )


def _misses(host: str, target: str) -> bool:
    """Whether *host* is that of *target*, but for a port that only one of them has."""
    named, meant = HOST.fullmatch(host), HOST.fullmatch(target)
    if named is None or meant is None or named["name"] != meant["name"]:
        return False
    return (named["port"] is None) != (meant["port"] is None)
