"""The suite's command line: its options, which pytest and `gateway-contracts check` have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from conformance import outputs
from conformance.plan import DEPTHS
from conformance.settings import JOBS, KEY_ENV, MAX_TIME_S, MOST_JOBS, TIMEOUT_S
from conformance.waivers import DAYS

OF_THE_RUN: Mapping[str, object] = {
    "--target": None,
    "--targets": None,
    "--only": None,
    "--provider": None,
    "--api-key-env": KEY_ENV,
    "--depth": "standard",
    "--max-requests": None,
    "--max-time": MAX_TIME_S,
    "--rps": None,
    "--timeout": TIMEOUT_S,
    "--cacert": None,
    "--insecure": False,
    "--http2": False,
    "--jobs": JOBS,
    "--header": [],
    "--allow-methods": "",
    "--probe-rate-limit": False,
    "--seed": 0,
}
"""What decides on what is asked, and what it is when nothing is said; a replay has it from the file."""


def add(option: Callable[..., object]) -> None:
    """Adds the suite's options by *option*, pytest's way to add one or argparse's; --strict is one of pytest's own."""
    option("--target", metavar="URL", help="the gateway to judge: its root or an SDK's base URL, such as https://host/v1")
    option("--targets", type=Path, metavar="FILE", help="a YAML file of gateways to judge, instead of --target")
    option("--only", metavar="NAME", help="of the gateways of --targets, the one of this name alone")
    option("--provider", metavar="ID", help="whose contract applies, where the target does not tell; all: every one at URL/ID")
    option("--depth", choices=list(DEPTHS), default="standard", help="at most 10, 40 or 400 requests (default: standard)")
    option("--max-requests", type=_positive_int, metavar="N", help="at most N requests, instead of what the depth says")
    add_asking(option)
    option("--allow-methods", metavar="M,…", default="", help="methods beside GET, HEAD and OPTIONS that may be sent: POST")
    option("--probe-rate-limit", action="store_true", help="also send bursts that use up the documented quota")
    option("--jobs", type=_jobs, metavar="N", default=JOBS, help=f"ask at most N hosts at the same time (default: {JOBS})")
    option("--closed", action="store_true", help="report members that the contract does not know, to watch for drift")
    option("--plan", action="store_true", help="print every request with the requirements it serves, and send none")
    option("--seed", type=int, metavar="N", default=0, help="other choices of what may vary (default: 0)")
    option("--waivers", type=Path, metavar="FILE", help="a YAML file of known deviations")
    option("--waivers-update", action="store_true", help="add a waiver for each failure that has none, remove needless ones")
    option("--waivers-days", type=_positive_int, metavar="N", help=f"new waivers hold for N days (default: {DAYS})")
    option("--providers", type=Path, metavar="DIR", help="a folder of contracts, instead of the ones that come along")
    outputs.add(option)
    option("--record", type=Path, metavar="FILE", help="keep what was asked and answered, without keys")
    option("--replay", type=Path, metavar="FILE", help="judge what --record kept, without a request; needs no --target")


def add_asking(option: Callable[..., object]) -> None:
    """Adds, by *option*, what says how a target is asked, whatever for."""
    option("--api-key-env", metavar="NAME", default=KEY_ENV, help="the environment variable that holds the key")
    option("--max-time", type=_positive, metavar="S", default=MAX_TIME_S, help="ask nothing more after S seconds")
    option("--rps", type=_positive, metavar="R", help="at most R requests a second")
    option("--timeout", type=_positive, metavar="S", default=TIMEOUT_S, help="wait at most S seconds for one whole answer")
    option("--cacert", type=Path, metavar="FILE", help="believe the certificate authorities in FILE, and no others")
    option("--insecure", action="store_true", help="believe any certificate, and any proxy of a target that is not https")
    option("--http2", action="store_true", help="offer HTTP/2 to an https target (needs the package h2)")
    option("--header", action="append", metavar="'N: V'", default=[], help="a field for every request; may be given again")


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number above 0")
    return value


def _jobs(text: str) -> int:
    if (found := _positive_int(text)) > MOST_JOBS:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected at most {MOST_JOBS}")
    return found


def _positive_int(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number above 0")
    return int(text)
