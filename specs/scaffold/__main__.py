"""Starts the contract of another gateway.

Makes specs/providers/NAME and fixtures/NAME, which load, are served by the mock and are judged by the suite
at once: a list of models in OpenAI's shape behind a bearer token. Overwrites nothing.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Sequence
from pathlib import Path

from specs.errors import SpecError
from specs.loader import FIXTURES, PROVIDERS, load, load_all
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
    options = _parser().parse_args(arguments)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    try:
        page = read_page(options.page) if options.page else None
        draft = Draft(options.name, options.prefix or prefix_of(options.name), today, page)
        others = (each for each in load_all(providers, fixtures).values() if each.id != draft.name)
        check_free(draft.prefix, others)
        files = draft.write(providers, fixtures)
        provider = load(draft.name, providers, fixtures)
    except (DraftError, SpecError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for file in files:
        print(_shown(file))
    own = {each.id for each in provider.requirements if each.lens is Lens.DOCUMENT}
    mutants = sum(each.breaks in own for each in provider.mutants)
    shared = len(provider.requirements) - len(own)
    print(f"{provider.title}: {len(own)} requirements, {mutants} mutants, and {shared} requirements that every gateway has")
    specs, recordings = _shown(providers / draft.name), _shown(fixtures / draft.name)
    print(NEXT.format(name=draft.name, specs=specs, fixtures=recordings, page=PAGE if draft.page else NO_PAGE))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m specs.scaffold", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", metavar="NAME", help="the provider's id: small letters, digits and hyphens")
    parser.add_argument(
        "--prefix", metavar="ABC", help="begins the ids of its requirements (default: the name's first letters)"
    )
    parser.add_argument("--page", type=Path, metavar="FILE", help="the text of the page that the contract will cite")
    return parser


def _shown(path: Path) -> Path:
    """*path* as seen from the working directory, where it is below it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main())
