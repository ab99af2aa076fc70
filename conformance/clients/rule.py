"""What a rule of clients is: what an answer must be for official SDKs to make of it what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Protocol

from conformance.case import NotApplicable
from conformance.finding import Violation
from conformance.message import Exchange

RETRIED = frozenset({408, 409, 429, *range(500, 600)})
"""The statuses after which the SDKs send a request again, if nothing says otherwise."""


class Rule(Protocol):
    """Judges one answer by itself. *tries* says whether it also looks at answers after which this suite asked again."""

    tries: ClassVar[bool] = False

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        """What clients do not survive in this answer.

        Raises `NotApplicable`, or `conformance.strict_json.Unreadable`, when the answer holds nothing that the rule
        speaks of.
        """


def body(exchange: Exchange) -> Any:
    """The body of an answer 200 as JSON. Raises `NotApplicable` for another status, `Unreadable` for what is no JSON."""
    if exchange.response.status != 200:
        raise NotApplicable(f"the answer is {exchange.response.status}, not 200")
    return exchange.json


def models(exchange: Exchange) -> list[Any]:
    """What an SDK takes for the models of a list. Raises as `body` does, and `NotApplicable` when it finds no array."""
    found = body(exchange)
    data = found.get("data") if isinstance(found, dict) else None
    if not isinstance(data, list):
        raise NotApplicable('the answer has no array "data"')
    return data


def written(value: Any) -> str:
    """What stands in the place of what was expected, for people."""
    names = {dict: "an object", list: "an array", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
