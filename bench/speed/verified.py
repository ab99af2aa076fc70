"""Whether a contestant answers what it is to answer, before anything is measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.speed.contestant import Request
from bench.speed.server import Got

WRONG = "Bearer wrong"


@dataclass(frozen=True)
class Verified:
    """What it answers for one kind of traffic: a body of *length* octets.

    *wrong* says why it cannot be measured, *differs* what is not as with others, if anything.
    """

    length: int
    differs: tuple[str, ...] = ()
    wrong: str = ""


def verified(ask: Callable[[Request], Got], request: Request, *, status: int, body: bytes, ids: bool) -> Verified:
    """*request* as *ask* gets it answered, compared with *status* and *body*; where it has *ids* only, with those of *body*.

    It is asked without a key too, and with a wrong one, which says whether keys are checked.
    """
    got = ask(request)
    if got.status != status:
        return Verified(0, wrong=f"answered {got.status}, expected {status}")
    if status == 304:
        return Verified(0, wrong=f"a 304 with {len(got.content)} octets" if got.content else "")
    if got.content == body:
        return Verified(len(body), _keys(ask, request))
    try:
        said, wanted = json.loads(got.content), json.loads(body)
    except ValueError:
        return Verified(0, wrong="the body is no JSON")
    if said == wanted:
        return Verified(
            len(got.content), (f"the same JSON in {len(got.content)} octets instead of {len(body)}", *_keys(ask, request))
        )
    if ids and _ids(said) == _ids(wanted):
        return Verified(
            len(got.content), (f"the same ids only, {len(got.content)} octets instead of {len(body)}", *_keys(ask, request))
        )
    return Verified(0, wrong=f"another body of {len(got.content)} octets, expected {len(body)}")


def _keys(ask: Callable[[Request], Got], request: Request) -> tuple[str, ...]:
    """What it makes of keys, where it does not compare them."""
    others = {name: value for name, value in request.fields.items() if name != "Authorization"}
    if ask(Request(request.path, others)).status == 200:
        return ("no key asked for",)
    wrong = ask(Request(request.path, {**others, "Authorization": WRONG}))
    return ("any key is good",) if wrong.status == 200 else ()


def _ids(document: Any) -> list[str]:
    return [model["id"] for model in document["data"]]
