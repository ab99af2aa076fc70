"""Waivers: deviations that are known and accepted until a day, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from specs import formats, strict_yaml
from specs.errors import SpecError
from specs.requirement import Requirement


@dataclass(frozen=True)
class Waiver:
    """One accepted deviation, of a *requirement* or of one *fingerprint*, for a *target* (its host, or ``*``)."""

    requirement: str | None
    fingerprint: str | None
    target: str
    reason: str
    expires: date

    @property
    def of(self) -> str:
        """What it waives: the id of a requirement or a fingerprint."""
        return self.requirement or self.fingerprint or ""


@dataclass(frozen=True)
class Waivers:
    """The waivers of one target: those that hold, and those whose last day has passed."""

    waivers: tuple[Waiver, ...] = ()
    expired: tuple[Waiver, ...] = ()

    def matching(self, requirement: Requirement, fingerprints: Sequence[str]) -> Waiver | None:
        """The waiver under which a breach of *requirement* with these *fingerprints* is accepted as a whole."""
        for waiver in self.waivers:
            if waiver.requirement == requirement.id:
                return waiver
        single = {each.fingerprint: each for each in self.waivers if each.fingerprint}
        if fingerprints and all(each in single for each in fingerprints):
            return single[fingerprints[0]]
        return None


def read(path: Path) -> tuple[Waiver, ...]:
    """The waivers in the YAML file at *path*. Raises SpecError."""
    document = strict_yaml.read(path, str(path))
    formats.check(document.value, "waivers", str(path), lines=document.lines)
    waivers = []
    for index, each in enumerate(document.value["waivers"]):
        try:
            expires = date.fromisoformat(each["expires"])
        except ValueError:
            at = f"/waivers/{index}/expires"
            raise SpecError(
                str(path), at, found=repr(each["expires"]), expected="a day of the calendar", line=document.lines.get(at)
            ) from None
        waivers.append(Waiver(each.get("requirement"), each.get("fingerprint"), each["target"], each["reason"], expires))
    return tuple(waivers)


def holding(waivers: Sequence[Waiver], target: str, today: date) -> Waivers:
    """Those of *waivers* that are for *target*, its host, as they are on the day *today*."""
    own = [each for each in waivers if each.target.lower() in (target, "*")]
    return Waivers(tuple(each for each in own if each.expires >= today), tuple(each for each in own if each.expires < today))
