"""Twins by their entity tags and by what a 304 says (RFC 9110 sections 8.8.3 and 13)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from mockserver.conditional import is_current
from proof.twins.message import Answer, Answering, Call
from proof.twins.twin import Behaviour, Stage

CONDITION = "If-None-Match"
Tagging = Callable[[bytes, int], str]
"""The tag of a body in one deployment of a gateway, which has a number."""


def tagged(tag: Tagging, *, everywhere: bool = False, extra: tuple[tuple[str, str], ...] = ()) -> Behaviour:
    """The behaviour of giving *tag* and of answering conditions on it by 304, with *extra* fields there.

    Where the mock has a tag, or *everywhere*.
    """

    def behaves(answering: Answering, stage: Stage) -> Answering:
        deployment = stage.chance.getrandbits(32)

        def answered(call: Call) -> Answer:
            if call.method not in ("GET", "HEAD"):
                return answering(call)
            answer = answering(call.but(method="GET", without=CONDITION))
            if answer.status != 200 or not (everywhere or answer.field("ETag")):
                return answer
            known = tag(answer.body, deployment)
            answer = answer.having("ETag", known)
            condition = call.field(CONDITION)
            if condition is None or not is_current(condition, known):
                return answer
            kept = answer.without("Content-Length").without("Content-Type")
            for name, value in extra:
                kept = kept.having(name, value)
            return Answer(304, kept.fields)

        return answered

    return behaves


def weak(body: bytes, _deployment: int) -> str:
    """A weak tag."""
    return f'W/"{_digest(body)}"'


def deployed(body: bytes, deployment: int) -> str:
    """A strong tag that is another one after each deployment."""
    return f'"{deployment:08x}-{_digest(body)}"'


def odd(body: bytes, _deployment: int) -> str:
    """A tag with everything that may stand in one: commas, a backslash, bytes above ASCII."""
    return f'"a,b;*/W/\\é{_digest(body)}"'


def empty(_body: bytes, _deployment: int) -> str:
    """The empty weak tag."""
    return 'W/""'


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:24]
