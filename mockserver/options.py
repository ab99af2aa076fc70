"""The options of ``python -m mockserver``."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import NoReturn

from mockserver import faults, logs
from mockserver.state.opening import MEMORY
from specs.loader import FIXTURES, PROVIDERS

BAD_USAGE = 2
MAX_WORKERS = 64


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Prints *message* and exits with 2."""
        print(f"mockserver: {message}; --help shows the options", file=sys.stderr)
        sys.exit(BAD_USAGE)


def parser() -> Parser:
    """What reads the command line of ``python -m mockserver``."""
    made = Parser(
        prog="python -m mockserver",
        description="Serves every gateway of the contracts, each at its id as the first part of the path.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add(made)
    return made


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the options; *parser* is one that keeps the lines of its epilog."""
    parser.epilog = f"faults, for --fault, Prefer: fault=NAME and ?__fault=NAME:\n{faults.table()}"
    _where(parser.add_argument_group("where"))
    _what(parser.add_argument_group("what is served"))
    _failures(parser.add_argument_group("what goes wrong"))
    _access(parser.add_argument_group("access and logs"))


def _where(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=_port, default=8080, help="port to listen on; 0 takes a free one and prints it (default: %(default)s)")
    add(
        "--workers",
        type=_workers,
        default=1,
        metavar="N",
        help="processes that serve; several need a --state that they share (default: 1)",
    )
    add(
        "--state",
        metavar="URL",
        help="where limits, sessions and journals are kept: memory:// or redis://HOST:PORT/DB (default: what the environment"
        f" variable MOCK_STATE says, which no list of processes shows, else {MEMORY})",
    )


def _what(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--provider", metavar="ID", help="serve this provider at the root as well")
    add("--example", metavar="LABEL", help="answer with the 200 recordings of this label, such as catalogue or empty")
    add(
        "--recordings",
        type=Path,
        metavar="DIR",
        help="folder of your own answers, laid over the recordings: <provider>/<operationId>/<status>-<label>.json;"
        " what is saved there is served at once",
    )
    add("--providers", type=Path, default=PROVIDERS, metavar="DIR", help="folder of the contracts (default: this project's)")
    add("--fixtures", type=Path, default=FIXTURES, metavar="DIR", help="folder of the recordings (default: this project's)")


def _failures(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--mutant", metavar="ID", help="serve the provider of this mutant with that one thing broken")
    add("--no-rate-limit", dest="rate_limit", action="store_false", help="lift the documented rate limits")
    add("--chaos", metavar="RATES", help="answer some requests with failures, such as 429=0.1,500=0.05,TRUNCATE=0.01")
    add("--fault", metavar="NAME", help="do this to every answer that it applies to, such as TRUNCATE or 'HUGE, size=5000'")
    add("--seed", type=_seed, default=0, metavar="N", help="same seed, same chaos and same delays (default: %(default)s)")


def _access(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--keys",
        type=Path,
        metavar="FILE",
        help="key table, YAML or JSON: what each API key may list, and which are expired, banned or out of quota",
    )
    add(
        "--admin-token-file",
        type=Path,
        metavar="FILE",
        help="file that holds the token of the admin API; else the environment variable MOCK_ADMIN_TOKEN; else, where"
        " others than this machine can reach the mock, one is made and printed",
    )
    add(
        "--cors",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let web pages of this origin call the gateways, such as http://localhost:3000, or * for all; may be repeated",
    )
    add("--json", action="store_true", help="say what is served as one line of JSON, as programs want it")
    add("--log", choices=logs.FORMS, help="write a line on stderr for each request, without keys")


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port, expected 0 to 65535")
    return int(text)


def _workers(text: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_WORKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of workers, expected 1 to {MAX_WORKERS}")
    return int(text)


def _seed(text: str) -> int:
    if not re.fullmatch("[0-9]{1,18}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no seed, expected a whole number such as 7")
    return int(text)
