"""Rules of answers from 400 on: what the SDKs tell of an error, and of a bad key."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.case import NotApplicable
from conformance.clients.rule import RETRIED, Rule, written
from conformance.finding import Violation, literal
from conformance.message import KEY, Exchange
from conformance.strict_json import Unreadable


class Message(Rule):
    """An error says in a message what is wrong, where both SDKs look for it."""

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        if exchange.response.status < 400:
            raise NotApplicable("no answer is an error")
        try:
            found = exchange.json
        except Unreadable as error:
            start = exchange.response.content[:60].decode("utf-8", "replace")
            actual = f"{error}; it begins {literal(start)}" if start else str(error)
            yield Violation(exchange, "body", "not-json", 'an object with "error"', actual)
            return
        if not isinstance(found, dict):
            yield Violation(exchange, "", "type", 'an object with "error"', written(found))
            return
        at, holder = ("/error", found["error"]) if "error" in found else ("", found)
        if not isinstance(holder, dict):
            yield Violation(exchange, at, "type", 'an object with "message"', written(holder))
        elif "message" not in holder:
            yield Violation(exchange, f"{at}/message", "absent", "a text", "it is absent")
        elif not (isinstance(holder["message"], str) and holder["message"]):
            actual = "an empty string" if holder["message"] == "" else written(holder["message"])
            yield Violation(exchange, f"{at}/message", "type", "a text", actual)


class FinalRefusal(Rule):
    """A request without a good key is refused for good, with a status after which nothing is sent again."""

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        authorization = exchange.request.authorization
        if authorization is not None and KEY in authorization:
            raise NotApplicable("every request had the key")
        status = exchange.response.status
        if status in RETRIED:
            yield Violation(exchange, "status", "retried", "401 or 403, which end it", f"status {status}")
