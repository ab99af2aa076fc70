"""``python -m mockserver.health``: whether a mock is well, for what watches over containers. Imports nothing that is slow."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

HERE = "http://127.0.0.1:8080"
ONE_ANSWER_S = 3.0
PAUSE_S = 0.1
SICK = 1
BAD_USAGE = 2


class Sick(Exception):
    """The mock is not well, or not there; ``str()`` says what was found."""


def main(
    arguments: Sequence[str] | None = None,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Gives 0 where a mock answers that it is well; else 1, with a sentence. Ends with 2 for options that cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m mockserver.health", description="Asks a mock whether it is well.")
    parser.add_argument("url", nargs="?", type=_url, default=HERE, help="the mock's (default: %(default)s)")
    parser.add_argument(
        "--within", type=float, default=0.0, metavar="S", help="go on asking until it is, for S seconds at most"
    )
    options = parser.parse_args(arguments)
    end = now() + options.within
    while True:
        try:
            ask(options.url)
        except Sick as sick:
            if now() < end:
                sleep(PAUSE_S)
                continue
            sys.stderr.write(f"mockserver.health: {sick}\n")
            return SICK
        return 0


def ask(url: str) -> None:
    """Asks the mock at *url* once. Raises `Sick`."""
    asked = f"{url.rstrip('/')}/__mock/health"
    try:
        # A proxy would answer for itself.
        with build_opener(ProxyHandler({})).open(asked, timeout=ONE_ANSWER_S) as answer:
            found = json.load(answer)
    except URLError as error:
        raise Sick(f"{asked}: {error.reason}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise Sick(f"{asked}: {error}") from None
    if not isinstance(found, dict) or found.get("status") != "ok":
        raise Sick(f"{asked}: this is not the answer of a mock")


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is no URL, expected one such as {HERE}")
    return text


if __name__ == "__main__":
    sys.exit(main())
