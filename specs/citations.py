"""Whether every quotation stands at its lines of the provider's page."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from specs.errors import SpecError
from specs.loader import FIXTURES, PROVIDERS, load_all
from specs.provider import Provider
from specs.requirement import PageCitation


def mistakes(provider: Provider, pages: Path) -> Iterator[str]:
    """One sentence for each citation of *provider* that the files in the folder *pages* do not bear out."""

    @cache
    def lines(file: str) -> list[str]:
        return (pages / file).read_text(encoding="utf-8").split("\n")

    for page in provider.pages.values():
        path = pages / page.file
        if not path.is_file():
            yield f"{provider.id}: there is no page {page.file} in {pages}"
            return
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest != page.sha256:
            yield f"{provider.id}: {page.file} has SHA-256 {digest}, expected {page.sha256}; has the page changed?"
            return
    for name, citation in provider.citations():
        if not isinstance(citation, PageCitation):
            continue
        text = lines(citation.page.file)
        if citation.last > len(text) or citation.first > citation.last:
            yield f"{name}: {citation.page.file} has {len(text)} lines, not {citation.first}-{citation.last}"
        elif _folded(citation.quote) not in _folded("\n".join(text[citation.first - 1 : citation.last])):
            yield f"{name}: «{citation.quote}» does not stand at {citation.page.file}:{citation.first}-{citation.last}"


def _folded(text: str) -> str:
    return " ".join(text.split())


def main(arguments: Sequence[str] | None = None, providers: Path = PROVIDERS, fixtures: Path = FIXTURES) -> int:
    """Prints every mistake and returns 1, or a count and 0; 2 when a contract cannot be loaded."""
    parser = argparse.ArgumentParser(prog="python -m specs.citations", description=__doc__)
    parser.add_argument("pages", type=Path, metavar="PAGES", help="the folder that holds the providers' pages")
    pages: Path = parser.parse_args(arguments).pages
    if not pages.is_dir():
        parser.error(f"{pages} is not a folder")
    try:
        loaded = load_all(providers, fixtures)
    except SpecError as error:
        print(error, file=sys.stderr)
        return 2
    found = [mistake for provider in loaded.values() for mistake in mistakes(provider, pages)]
    for mistake in found:
        print(mistake, file=sys.stderr)
    if found:
        return 1
    quoted = [each.id for each in loaded.values() for _, citation in each.citations() if isinstance(citation, PageCitation)]
    print(f"{len(quoted)} quotations of {len(set(quoted))} providers stand at their lines")
    if others := [each for each in loaded if each not in quoted]:
        print(f"not compared, as they cite standards and no page: {', '.join(others)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
