"""Twins by how they write the same JSON value: every spelling that RFC 8259 allows."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from proof.twins.message import Answer, Call
from proof.twins.twin import Behaviour, Stage, each

Writer = Callable[[Any, Random], str]


def written(writer: Writer) -> Behaviour:
    """The behaviour of writing every JSON body as *writer* does. The same value is always written in the same way."""

    def change(call: Call, answer: Answer, stage: Stage) -> Answer:
        if not answer.is_json:
            return answer
        return answer.saying(writer(answer.json(), Random(f"{stage.provider.id} {call.path}")).encode())  # noqa: S311  # no secret

    return each(change)


def pretty(value: Any, _chance: Random) -> str:
    """Indented by tabs, with CRLF and a line's end at the end."""
    return json.dumps(value, ensure_ascii=False, indent="\t").replace("\n", "\r\n") + "\r\n"


def escaped(value: Any, _chance: Random) -> str:
    """With every character that may be escaped (RFC 8259 section 7)."""
    return _write(value, lambda text: '"' + "".join(_escape(letter) for letter in text) + '"', json.dumps)


def surrounded(value: Any, _chance: Random) -> str:
    """Between white space, as gateways send it to keep a connection open (RFC 8259 section 2)."""
    return f"{' ' * 30}\r\n\t{json.dumps(value)}\n\n "


def exponents(value: Any, chance: Random) -> str:
    """With exponents and fractions that change no number (RFC 8259 section 6)."""

    def number(number: Any) -> str:
        if isinstance(number, bool) or number is None:
            return json.dumps(number)
        return chance.choice(_spellings(number))

    return _write(value, json.dumps, number)


def _write(value: Any, text: Callable[[str], str], other: Callable[[Any], str]) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{text(name)}:{_write(held, text, other)}" for name, held in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_write(held, text, other) for held in value) + "]"
    return text(value) if isinstance(value, str) else other(value)


def _spellings(number: int | float) -> list[str]:  # noqa: PYI041  # the two are told apart
    plain = json.dumps(number)
    if isinstance(number, float):
        return [plain, *(each for each in (f"{number:.17E}", f"{number:.25f}") if float(each) == number)]
    if number == 0:
        return [plain, "0.0", "-0", "0E+7"]
    if abs(number) > 2**53:
        return [plain]
    digits = plain.rstrip("0")
    zeros = len(plain) - len(digits)
    return [plain, f"{plain}.0", f"{plain}e0", f"{digits}E+{zeros}", f"{digits}e{zeros:03}", f"{plain}000.0e-3"]


def _escape(letter: str) -> str:
    if letter == "/":
        return "\\/"
    units = letter.encode("utf-16-be")
    return "".join(f"\\u{units[place]:02x}{units[place + 1]:02X}" for place in range(0, len(units), 2))
