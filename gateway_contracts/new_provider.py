"""``gateway-contracts new-provider NAME``: the contract of another gateway, ready to be filled in."""

from __future__ import annotations

import argparse
from pathlib import Path

from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen
from gateway_contracts.usage import UsageError
from specs.scaffold.__main__ import add_options as add_draft_options
from specs.scaffold.__main__ import start
from specs.scaffold.draft import DraftError

NEXT = """\
Next:
  1. gateway-contracts mock --providers {providers} --fixtures {recordings}
     and in another terminal:
     GATEWAY_API_KEY=sk-test gateway-contracts check http://127.0.0.1:8080/{name} --providers {providers}
  2. {specs}/openapi.yaml: put in the gateway's address, its paths and what its answers hold.
  3. {specs}/requirements.yaml: {page}
  4. {fixtures}: put in the answers that the page shows, and a mutant for every requirement."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of new-provider."""
    add_draft_options(parser)
    parser.add_argument(
        "--into", type=Path, default=Path("contracts"), metavar="DIR", help="where to make it (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print the files that were made as JSON")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Makes DIR/providers/NAME and DIR/fixtures/NAME, and says what to do next."""
    into = options.into.absolute()
    try:
        made = start(options, into / "providers", into / "fixtures")
    except DraftError as error:
        raise UsageError(str(error)) from None
    if options.json:
        screen.json({"provider": made.provider.id, "files": [str(each) for each in made.files]})
    else:
        screen.line(made.says(NEXT))
    return ExitCode.GOOD
