"""Twins by what their errors say: codes of any type, any language, no more than the contract asks for."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from proof.twins.message import Answer, Call
from proof.twins.twin import Stage
from specs.provider import Provider
from specs.recording import Recording

PAGE = "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>openresty</body></html>"


def code(kind: Callable[[int], Any]) -> Callable[[Any, Recording, Provider, Random], None]:
    """Gives every error a code made from its status by *kind*."""

    def change(body: Any, recording: Recording, _provider: Provider, _chance: Random) -> None:
        _error(body)["code"] = kind(recording.status)

    return change


def chinese(body: Any, _recording: Recording, _provider: Provider, _chance: Random) -> None:
    """Says in Chinese what is wrong."""
    _error(body)["message"] = "无效的令牌，请检查您的密钥（错误码：4-01）"


def terse(body: Any, _recording: Recording, _provider: Provider, _chance: Random) -> None:
    """Leaves out everything but the message, and what an envelope needs."""
    error = _error(body)
    for name in [name for name in error if name not in ("message", "success", "error")]:
        del error[name]


def undocumented(call: Call, answer: Answer, stage: Stage) -> Answer:
    """An error whose body no page documents is a web page, a line of text, or nothing."""
    operation = stage.operation(call)
    described = operation.responses.get(answer.status) if operation else None
    if answer.status < 400 or (described and described.schema):
        return answer
    page = PAGE.format(answer.status).encode()
    media_type, body = stage.chance.choice(
        [("text/html", page), ("text/plain; charset=gbk", "错误".encode("gbk")), (None, b"")]
    )
    bare = answer.without("Content-Type").saying(body)
    return bare.having("Content-Type", media_type) if media_type else bare


def _error(body: Any) -> dict[str, Any]:
    """Where *body* says what is wrong."""
    held = body.get("error", body)
    error: dict[str, Any] = held if isinstance(held, dict) else body
    return error
