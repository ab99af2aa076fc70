"""Starts the contract of another gateway.

Makes specs/providers/NAME and fixtures/NAME, which load, are served by the mock and are judged by the suite
at once: a list of models in OpenAI's shape behind a bearer token. Overwrites nothing.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from specs.errors import SpecError
from specs.loader import FIXTURES, PROVIDERS, load, load_all
from specs.provider import Provider
from specs.requirement import Lens
from specs.scaffold.draft import Draft, DraftError, check_free, prefix_of, read_page

NEXT = """\
Next:
  1. make mock, and in another terminal: GATEWAY_API_KEY=sk-test make conform TARGET=http://127.0.0.1:8080/{name}
  2. {specs}/openapi.yaml: put in the gateway's address, its paths and what its answers hold.
  3. {specs}/requirements.yaml: {page}
  4. {fixtures}: put in the answers that the page shows, and a mutant for every requirement.
  5. make test. CONTRIBUTING.md says what belongs into each file."""
PAGE = "cite lines of the page for each requirement, and add those it lacks."
NO_PAGE = "name the gateway's page under pages, cite its lines for each requirement, and add those it lacks."


def main(arguments: Sequence[str] | None = None, providers: Path = PROVIDERS, fixtures: Path = FIXTURES) -> int:
    """Makes the folders and says what to do next; returns 0, or 2 after one sentence when it cannot."""
    parser = argparse.ArgumentParser(
        prog="python -m specs.scaffold", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_options(parser)
    try:
        print(start(parser.parse_args(arguments), providers, fixtures).says(NEXT))
    except (DraftError, SpecError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds what says how the contract begins."""
    parser.add_argument("name", metavar="NAME", help="the provider's id: small letters, digits and hyphens")
    parser.add_argument(
        "--prefix", metavar="ABC", help="begins the ids of its requirements (default: the name's first letters)"
    )
    parser.add_argument("--page", type=Path, metavar="FILE", help="the text of the page that the contract will cite")


@dataclass(frozen=True)
class Started:
    """A contract that was begun: its *files*, and what was read of them; *cites* where a page was given to be cited."""

    files: tuple[Path, ...]
    provider: Provider
    providers: Path
    fixtures: Path
    cites: bool

    def says(self, steps: str) -> str:
        """The files, what they hold and, by *steps*, what to do next."""
        provider = self.provider
        own = {each.id for each in provider.requirements if each.lens is Lens.DOCUMENT}
        mutants = sum(each.breaks in own for each in provider.mutants)
        shared = len(provider.requirements) - len(own)
        holds = (
            f"{provider.title}: {len(own)} requirements, {mutants} mutants, and {shared} requirements that every gateway has"
        )
        next_steps = steps.format(
            name=provider.id,
            providers=_shown(self.providers),
            specs=_shown(self.providers / provider.id),
            recordings=_shown(self.fixtures),
            fixtures=_shown(self.fixtures / provider.id),
            page=PAGE if self.cites else NO_PAGE,
        )
        return "\n".join([*(str(_shown(file)) for file in self.files), holds, next_steps])


def start(options: argparse.Namespace, providers: Path, fixtures: Path) -> Started:
    """Makes the folders in *providers* and *fixtures*.

    Raises DraftError, SpecError or OSError, and has made nothing then.
    """
    page = read_page(options.page) if options.page else None
    today = datetime.datetime.now(tz=datetime.UTC).date()
    draft = Draft(options.name, options.prefix or prefix_of(options.name), today, page)
    known = load_all(providers, fixtures) if providers.exists() else {}
    check_free(draft.prefix, (each for each in known.values() if each.id != draft.name))
    files = draft.write(providers, fixtures)
    return Started(files, load(draft.name, providers, fixtures), providers, fixtures, page is not None)


def _shown(path: Path) -> Path:
    """*path* as seen from the working directory, where it is below it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main())
