"""Requirements and their citations, as values."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


class Level(enum.Enum):
    """How binding a requirement is (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


@dataclass(frozen=True)
class Page:
    """A documentation page: its file's name, the SHA-256 of that file, and where it is published."""

    file: str
    sha256: str
    url: str | None


@dataclass(frozen=True)
class PageCitation:
    """Words of a page: *first* to *last* line, counted from 1, and a short *quote* that stands there."""

    page: Page
    first: int
    last: int
    quote: str

    def __str__(self) -> str:
        lines = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.page.file}:{lines} «{self.quote}»"


@dataclass(frozen=True)
class StandardCitation:
    """A section of a published standard."""

    standard: str
    section: str

    def __str__(self) -> str:
        return f"{self.standard} section {self.section}"


Citation = PageCitation | StandardCitation


@dataclass(frozen=True)
class Check:
    """How a requirement is judged.

    *kind* is ``schema``, ``invariant`` or ``probe``; *name* that of the invariant or probe; *places* the
    JSON Pointers of a schema check; *parameters* what the invariant or probe is given.
    """

    kind: str
    name: str
    places: tuple[str, ...]
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Requirement:
    """One sentence of a contract that can be broken. *when* names the capability without which it does not apply."""

    id: str
    level: Level
    says: str
    because: str | None
    operations: tuple[str, ...]
    citations: tuple[Citation, ...]
    check: Check
    when: str | None = None


@dataclass(frozen=True)
class UncheckedClaim:
    """A documented claim that no client can check, and why."""

    claim: str
    citations: tuple[Citation, ...]
    because: str


@dataclass(frozen=True)
class Contradiction:
    """Where a page contradicts itself, and what the contract accepts because of it."""

    id: str
    says: str
    citations: tuple[Citation, ...]
    accepted: str
    requirements: tuple[str, ...]


def page(data: Mapping[str, Any]) -> Page:
    """A page from its member of ``pages`` in requirements.yaml."""
    return Page(data["file"], data["sha256"], data.get("url"))


def citation(data: Mapping[str, Any], pages: Mapping[str, Page]) -> Citation:
    """A citation from its YAML; raises KeyError for a page that *pages* does not hold."""
    if "standard" in data:
        return StandardCitation(data["standard"], data["section"])
    first, _, last = data["lines"].partition("-")
    return PageCitation(pages[data["page"]], int(first), int(last or first), data["quote"])


def check(data: Mapping[str, Any]) -> Check:
    """A check from its YAML."""
    if "schema" in data:
        return Check("schema", "schema", tuple(data["schema"]), MappingProxyType({}))
    kind = "invariant" if "invariant" in data else "probe"
    parameters = {name.replace("-", "_"): value for name, value in data.items() if name != kind}
    return Check(kind, data[kind], (), MappingProxyType(parameters))
