"""``python -m mockserver``: options, the socket, the server. The one place of the mock that prints."""

from __future__ import annotations

import argparse
import contextlib
import errno
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import uvicorn

from mockserver import index
from mockserver.app import create_app
from mockserver.chaos import rates
from mockserver.errors import UsageError
from specs import SpecError, load_all
from specs.loader import FIXTURES, PROVIDERS

PORT_TAKEN = 1
BAD_USAGE = 2
STOPPING_S = 3  # how long an answer in progress may take after Ctrl-C


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Prints *message* and exits with 2."""
        self.exit(BAD_USAGE, f"{self.prog}: {message}; --help shows the options\n")


class Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen, then says so."""
        await super().startup(sockets)
        self._ready()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until Ctrl-C. Gives 0; 1 when the port is taken; 2 for a bad option or bad data, with one sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        for folder in (options.providers, options.fixtures):
            if not folder.is_dir():
                raise UsageError(f"{folder}: expected a folder")  # noqa: TRY301 - all sentences go out at one place
        providers = load_all(options.providers, options.fixtures)
        app = create_app(
            providers,
            provider=options.provider,
            example=options.example,
            mutant=options.mutant,
            rate_limit=options.rate_limit,
            chaos=rates(options.chaos) if options.chaos is not None else {},
            seed=options.seed,
        )
        listener = _bind(options.host, options.port)
    except (UsageError, SpecError) as error:
        return _fail(str(error), BAD_USAGE)
    except OSError as error:
        return _fail(f"cannot listen on {options.host}:{options.port}: {_reason(error)}", PORT_TAKEN)

    def ready() -> None:
        root = f"http://{_shown(options.host)}:{listener.getsockname()[1]}"
        print(index.table(index.entries(tuple(providers.values()), root, options.provider)))
        print(f"Ready at {root}/ - Ctrl-C stops.", flush=True)

    config = uvicorn.Config(
        app,
        interface="asgi3",
        lifespan="on",
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        log_config=None,
        log_level="error",
        timeout_graceful_shutdown=STOPPING_S,
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn passes the signal on, after it has stopped in good order
        Server(config, ready).run([listener])
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="python -m mockserver",
        description="Serves every gateway of the contracts, each at its id as the first part of the path.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=_port, default=8080, help="port to listen on; 0 takes a free one and prints it (default: %(default)s)")
    add("--provider", metavar="ID", help="serve this provider at the root as well")
    add("--example", metavar="LABEL", help="answer with the 200 recordings of this label, such as catalogue or empty")
    add("--mutant", metavar="ID", help="serve the provider of this mutant with that one thing broken")
    add("--no-rate-limit", dest="rate_limit", action="store_false", help="lift the documented rate limits")
    add("--chaos", metavar="RATES", help="answer some requests with failures, such as 429=0.1,500=0.05")
    add(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="seed of --chaos: same seed, same failures (default: %(default)s)",
    )
    add("--providers", type=Path, default=PROVIDERS, metavar="DIR", help="folder of the contracts (default: this project's)")
    add("--fixtures", type=Path, default=FIXTURES, metavar="DIR", help="folder of the recordings (default: this project's)")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port, expected 0 to 65535")
    return int(text)


def _bind(host: str, port: int) -> socket.socket:
    """A socket bound to *host* and *port*; raises UsageError for a host that is not ours, OSError for a port that is taken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror as error:
        raise UsageError(f"host {host!r}: {error.strerror}, expected an address of this machine") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise UsageError(f"host {host!r}: expected an address of this machine") from None
        raise
    return listener


def _shown(host: str) -> str:
    """*host* as it stands in a URL that works on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - only read
    return f"[{host}]" if ":" in host else host


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is taken; stop what listens there, or choose another one with --port (make mock: PORT=)"
    return str(error.strerror)


def _fail(sentence: str, code: int) -> int:
    print(f"mockserver: {sentence}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
