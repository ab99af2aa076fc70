"""The command: options, the socket, the server. Nobody else prints, but `say` in factory.py."""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from secrets import token_urlsafe
from types import FrameType

import uvicorn

from mockserver import index, serving
from mockserver.admin.token import admin_token, token_in
from mockserver.errors import UsageError
from mockserver.factory import Factory, say
from mockserver.keys import KeyTable
from mockserver.options import BAD_USAGE, parser
from mockserver.same_origin import is_loopback
from mockserver.state.opening import MEMORY, check, is_shared, without_secrets
from mockserver.state.store import UnavailableError
from mockserver.workers import Workers, shared_counts, shared_out
from specs import SpecError

CANNOT_SERVE = 1
INTERRUPTED = 128 + signal.SIGINT


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

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stops in good order, which takes seconds at most; a second Ctrl-C would only break that off with a traceback."""
        if not self.should_exit:
            super().handle_exit(sig, frame)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until Ctrl-C or SIGTERM, and gives 0 then.

    Else, with one sentence on stderr: 1 when it cannot listen, print or reach its state; 2 for a bad option or bad data.
    130 for Ctrl-C before it is ready.
    """
    return run(parser().parse_args(arguments))


def run(options: argparse.Namespace, bad_usage: int = BAD_USAGE, interrupted: int = INTERRUPTED) -> int:
    """Serves as `main` does, with what was read of a command line; ends with other codes where they are given."""
    try:
        return _serve(options, interrupted)
    except (UsageError, SpecError) as error:
        return _fail(str(error), bad_usage)
    except UnavailableError as error:
        return _fail(str(error), CANNOT_SERVE)
    except KeyboardInterrupt:
        return interrupted


def _serve(options: argparse.Namespace, interrupted: int) -> int:
    options.state = options.state or os.environ.get("MOCK_STATE") or MEMORY
    if options.workers > 1 and not is_shared(options.state):
        raise UsageError(
            f"workers {options.workers}: with --state {without_secrets(options.state)} each would have limits, sessions and"
            " journals of its own; start a Redis and give its address, such as --state redis://127.0.0.1:6379"
        )
    token, made = _admin_token(options)
    factory = Factory(options, token)
    providers = factory.providers()
    keys = factory.keys()
    app = factory.app(providers, keys)
    check(options.state)
    try:
        listeners = shared_out(_bind(options.host, options.port), options.workers)
    except OSError as error:
        return _fail(f"cannot listen on {options.host}:{options.port}: {_reason(error)}", CANNOT_SERVE)
    root = f"http://{_shown(options.host)}:{listeners[0].getsockname()[1]}"
    found = index.entries(tuple(providers.values()), root, options.provider, keys)
    ready = _ready(options, root, found, keys, token if made else None)
    gc.freeze()  # what was made so far stays, and is not looked through for garbage
    gc.enable()  # which `python -m mockserver` turned off
    if options.workers > 1:
        return _run_workers(factory, listeners, ready, interrupted)
    server = Server(serving.config(app), ready)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops as Ctrl-C does
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn passes the signal on, after it has stopped in good order
        server.run(listeners)
    if server.unheard is not None:
        return _unheard(server.unheard)
    return 0 if server.started else interrupted


def _ready(options: argparse.Namespace, root: str, found: list[index.Entry], keys: KeyTable | None, token: str | None) -> str:
    """What is printed once the mock can be asked; *token* is one that was made, which nobody knows yet."""
    if options.json:
        # On one line, so that who waits for it can read a line.
        return json.dumps({"url": root, "admin_token": token, "providers": [each.json() for each in found]})
    shown = [f"Admin API: Authorization: Bearer {token}"] if token else []
    return "\n".join([index.table(found, keys), *shown, f"Ready at {root}/ - Ctrl-C stops."])


def _run_workers(factory: Factory, listeners: list[socket.socket], ready: str, interrupted: int) -> int:
    with shared_counts() as counts:
        config = serving.config(replace(factory, counts=counts), workers=len(listeners))
        workers = Workers(config, listeners, counts, lambda: print(ready, flush=True))
        try:
            workers.run()
        except OSError as error:
            workers.terminate_all()
            workers.join_all()
            return _unheard(error)
    if workers.failed:
        return _fail("a worker did not start", CANNOT_SERVE)
    return 0 if workers.served else interrupted


def _unheard(error: OSError) -> int:
    # What could not be printed is still waiting, and would fail once more at the end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _fail(f"cannot print to stdout: {error.strerror}", CANNOT_SERVE)


def _admin_token(options: argparse.Namespace) -> tuple[str | None, bool]:
    """The token of the admin API, and whether it was made now; none where only this machine can reach the mock."""
    if options.admin_token_file is not None:
        return token_in(options.admin_token_file), False
    given = os.environ.get("MOCK_ADMIN_TOKEN")
    if given is not None:
        return admin_token(given), False
    return (None, False) if is_loopback(options.host) else (token_urlsafe(), True)


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
    say(sentence)
    return code
