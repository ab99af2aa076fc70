"""``python -m mockserver``: options, the socket, the server. The one place of the mock that prints."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import re
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import uvicorn

from mockserver import faults, index, serving
from mockserver.app import create_app
from mockserver.chaos import rates
from mockserver.errors import UsageError
from specs import SpecError, load_all
from specs.loader import FIXTURES, PROVIDERS

CANNOT_SERVE = 1
BAD_USAGE = 2
INTERRUPTED = 128 + signal.SIGINT


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Prints *message* and exits with 2."""
        sys.exit(_fail(f"{message}; --help shows the options", BAD_USAGE))


class Server(uvicorn.Server):
    """Says when it is ready, and stops at once if nobody can read it."""

    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready
        self.unheard: OSError | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen, then says so."""
        await super().startup(sockets)
        try:
            print(self._ready, flush=True)
        except OSError as error:
            self.unheard = error
            self.should_exit = True


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until Ctrl-C or SIGTERM, and gives 0 then.

    Else, with one sentence on stderr: 1 when it cannot listen or cannot print; 2 for a bad option or bad data. 130 for
    Ctrl-C before it is ready.
    """
    options = _parser().parse_args(arguments)
    try:
        return _serve(options)
    except (UsageError, SpecError) as error:
        return _fail(str(error), BAD_USAGE)
    except KeyboardInterrupt:
        return INTERRUPTED


def _serve(options: argparse.Namespace) -> int:
    for folder in (options.providers, options.fixtures, *([options.recordings] if options.recordings else ())):
        if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises where it may not look
            raise UsageError(f"{folder}: expected a folder")
    providers = load_all(options.providers, options.fixtures)
    if not providers:
        raise UsageError(f"{options.providers}: found no provider, expected at least one <id>/openapi.yaml")
    app = create_app(
        providers,
        provider=options.provider,
        example=options.example,
        mutant=options.mutant,
        rate_limit=options.rate_limit,
        chaos=rates(options.chaos) if options.chaos is not None else {},
        seed=options.seed,
        fault=options.fault,
        recordings=options.recordings,
        say=_say,
    )
    try:
        listener = _bind(options.host, options.port)
    except OSError as error:
        return _fail(f"cannot listen on {options.host}:{options.port}: {_reason(error)}", CANNOT_SERVE)
    root = f"http://{_shown(options.host)}:{listener.getsockname()[1]}"
    found = index.entries(tuple(providers.values()), root, options.provider)
    server = Server(serving.config(app), f"{index.table(found)}\nReady at {root}/ - Ctrl-C stops.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops as Ctrl-C does
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn passes the signal on, after it has stopped in good order
        server.run([listener])
    if server.unheard is not None:
        # What could not be printed is still waiting, and would fail once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail(f"cannot print to stdout: {server.unheard.strerror}", CANNOT_SERVE)
    return 0 if server.started else INTERRUPTED


def _parser() -> Parser:
    parser = Parser(
        prog="python -m mockserver",
        description="Serves every gateway of the contracts, each at its id as the first part of the path.",
        epilog=f"faults, for --fault, Prefer: fault=NAME and ?__fault=NAME:\n{faults.table()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=_port, default=8080, help="port to listen on; 0 takes a free one and prints it (default: %(default)s)")
    add("--provider", metavar="ID", help="serve this provider at the root as well")
    add("--example", metavar="LABEL", help="answer with the 200 recordings of this label, such as catalogue or empty")
    add("--mutant", metavar="ID", help="serve the provider of this mutant with that one thing broken")
    add("--no-rate-limit", dest="rate_limit", action="store_false", help="lift the documented rate limits")
    add("--chaos", metavar="RATES", help="answer some requests with failures, such as 429=0.1,500=0.05")
    add("--fault", metavar="NAME", help="do this to every answer that it applies to, such as TRUNCATE or 'HUGE, size=5000'")
    add("--seed", type=_seed, default=0, metavar="N", help="same seed, same chaos and same delays (default: %(default)s)")
    add("--providers", type=Path, default=PROVIDERS, metavar="DIR", help="folder of the contracts (default: this project's)")
    add("--fixtures", type=Path, default=FIXTURES, metavar="DIR", help="folder of the recordings (default: this project's)")
    add(
        "--recordings",
        type=Path,
        metavar="DIR",
        help="folder of your own answers, laid over the recordings: <provider>/<operationId>/<status>-<label>.json;"
        " what is saved there is served at once",
    )
    return parser


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port, expected 0 to 65535")
    return int(text)


def _seed(text: str) -> int:
    if not re.fullmatch("[0-9]{1,18}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no seed, expected a whole number such as 7")
    return int(text)


def _bind(host: str, port: int) -> socket.socket:
    """A socket that listens on *host* and *port*: two can be bound to one address, and the second to listen is refused.

    Raises UsageError for a host that is not ours, OSError for a port that is taken.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror as error:
        raise UsageError(f"host {host!r}: {error.strerror}, expected an address of this machine") from None
    dual = family == socket.AF_INET6 and socket.has_dualstack_ipv6()  # so that :: is every address, not every IPv6 one
    try:
        return socket.create_server(address, family=family, dualstack_ipv6=dual)
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise UsageError(f"host {host!r}: expected an address of this machine") from None
        raise


def _shown(host: str) -> str:
    """*host* as it stands in a URL that works on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only read
    return f"[{host}]" if ":" in host else host


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is taken; stop what listens there, or choose another one with --port (make mock: PORT=)"
    return str(error.strerror)


def _fail(sentence: str, code: int) -> int:
    _say(sentence)
    return code


def _say(sentence: str) -> None:
    print(f"mockserver: {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
