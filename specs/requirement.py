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


class Lens(enum.Enum):
    """What a requirement looks at: whether a gateway keeps its own document, or whether clients survive its answers."""

    DOCUMENT = "document"
    CLIENTS = "clients"


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


@dataclass(frozen=True)
class SourceCitation:
    """A place in a client's published source: *at*, the name of a function or a class, in *file* of one *version*."""

    package: str
    version: str
    file: str
    at: str

    def __str__(self) -> str:
        return f"{self.package} {self.version} {self.file} {self.at}"


Citation = PageCitation | StandardCitation | SourceCitation


@dataclass(frozen=True)
class Check:
    """How a requirement is judged.

    *kind* is ``schema``, ``invariant``, ``probe`` or ``client``; *name* that of the invariant, probe or rule of clients;
    *places* the JSON Pointers of a schema check; *parameters* what the invariant, probe or rule is given.
    """

    kind: str
    name: str
    places: tuple[str, ...]
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Requirement:
    """One sentence of a contract that can be broken. *when* names the capabilities without all of which it does not apply.

    It stands in *file* at *line*, counted from 1.
    """

    id: str
    level: Level
    says: str
    because: str | None
    operations: tuple[str, ...]
    citations: tuple[Citation, ...]
    check: Check
    when: tuple[str, ...] = ()
    lens: Lens = Lens.DOCUMENT
    file: str = ""
    line: int = 1


@dataclass(frozen=True)
class Departure:
    """Where a page itself asks for what a requirement of the clients forbids: of which *operations*, in a sentence."""

    requirement: str
    operations: tuple[str, ...]
    says: str
    citations: tuple[Citation, ...]


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
    if "package" in data:
        return SourceCitation(data["package"], data["version"], data["file"], data["at"])
    first, _, last = data["lines"].partition("-")
    return PageCitation(pages[data["page"]], int(first), int(last or first), data["quote"])


def check(data: Mapping[str, Any]) -> Check:
    """A check from its YAML."""
    if "schema" in data:
        return Check("schema", "schema", tuple(data["schema"]), MappingProxyType({}))
    kind = next(each for each in ("invariant", "probe", "client") if each in data)
    parameters = {name.replace("-", "_"): value for name, value in data.items() if name != kind}
    return Check(kind, data[kind], (), MappingProxyType(parameters))
