"""A draft: the folders with which the contract of another gateway begins. Knows the templates, and no gateway."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from specs.provider import Provider
from specs.requirement import Page

TEMPLATES = Path(__file__).with_name("templates")
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
PREFIX = re.compile(r"[A-Z]{3}")
RESERVED = MappingProxyType({"all": "which means every provider where one can be named"})


class DraftError(Exception):
    """A draft that cannot be made; ``str(error)`` is one sentence that says why and what to do."""


class _Template(string.Template):
    """A file in which %{name} stands for a value; ``$`` is left to OpenAPI's ``$ref``."""

    delimiter = "%"


@dataclass(frozen=True)
class Draft:
    """A list of models in OpenAI's shape behind a bearer token, as a contract of the provider *name*.

    *prefix* begins the ids of its requirements, *date* is the day its recordings are made, and *page* the
    documentation that it will cite, where that is at hand.
    """

    name: str
    prefix: str
    date: datetime.date
    page: Page | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            expected = "small letters, digits and hyphens, beginning with a letter or digit, such as acme-ai"
            raise DraftError(f"the name {self.name!r} cannot be a provider's: expected {expected}")
        if self.name in RESERVED:
            raise DraftError(f"no provider can be called {self.name!r}, {RESERVED[self.name]}; choose another name")
        if not PREFIX.fullmatch(self.prefix):
            expected = "three capital letters, such as ACM"
            raise DraftError(f"the prefix {self.prefix!r} cannot begin the ids of requirements: expected {expected}")

    def write(self, providers: Path, fixtures: Path) -> tuple[Path, ...]:
        """The files made: those of *providers*/<name> and *fixtures*/<name>.

        Overwrites nothing: raises DraftError when there is a folder of this name.
        """
        folders = {"specs": providers / self.name, "fixtures": fixtures / self.name}
        for folder in folders.values():
            if folder.exists():
                found = f"there is a folder {folder.parent.name}/{folder.name} already"
                raise DraftError(f"{found}, and nothing is overwritten; choose another name or remove it")
        return tuple(path for kind, folder in folders.items() for path in self._fill(TEMPLATES / kind, folder))

    def _fill(self, templates: Path, folder: Path) -> Iterator[Path]:
        values = {
            "name": self.name,
            "prefix": self.prefix,
            "title": self.name.replace("-", " ").title(),
            "date": self.date.isoformat(),
            "pages": self._pages(),
        }
        for template in sorted(path for path in templates.rglob("*") if path.is_file()):
            path = folder / template.relative_to(templates)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = _Template(template.read_text(encoding="utf-8")).substitute(values)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            yield path

    def _pages(self) -> str:
        if self.page is None:
            return "pages: {}"
        # A JSON string is a YAML string in quotes, whatever the file is called.
        name = json.dumps(self.page.file, ensure_ascii=False)
        return f"pages:\n  models:\n    file: {name}\n    sha256: {self.page.sha256}"


def read_page(path: Path) -> Page:
    """The page whose text is in the file at *path*. Raises DraftError when it is no text in UTF-8."""
    try:
        content = path.read_bytes()
        content.decode("utf-8")
    except OSError as error:
        raise DraftError(f"the page {path} cannot be read: {error.strerror}; name a file with the page's text") from None
    except UnicodeDecodeError:
        raise DraftError(f"the page {path} is not UTF-8, so its lines cannot be cited; save its text in UTF-8") from None
    return Page(path.name, hashlib.sha256(content).hexdigest(), None)


def prefix_of(name: str) -> str:
    """The first three letters of *name* as capitals, filled up with X: how the ids of requirements begin."""
    return re.sub(r"[^a-z]", "", name)[:3].upper().ljust(3, "X")


def check_free(prefix: str, providers: Iterable[Provider]) -> None:
    """Raises DraftError when one of *providers* has requirements that begin with *prefix*."""
    for provider in providers:
        if any(requirement.id.startswith(f"{prefix}-") for requirement in provider.requirements):
            taken = f"the requirements of {provider.id} begin with {prefix} already"
            raise DraftError(f"{taken}; choose three other letters with --prefix (make: PREFIX=)")
