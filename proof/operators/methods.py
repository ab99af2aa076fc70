"""Operators on the answers to other methods than GET."""

from __future__ import annotations

from collections.abc import Iterator

from proof.generated import Generated
from proof.misbehaving import Answered, Asked, Behaviour
from proof.operators.making import UNSAID, Change, Making, makings, status_of
from specs.provider import Provider

NAME = "methods"
OPEN = "RFC 9110 leaves it open whether the method is offered"


def methods(provider: Provider) -> Iterator[Generated]:
    """Mutants of how each operation of *provider* answers HEAD, OPTIONS and POST."""
    for making in makings(provider, NAME):
        yield from _head(making)
        for method, probe in (("OPTIONS", "options"), ("POST", "method")):
            owner = making.owner(probe)
            for status in (500, 503):
                yield _answer(making, method, str(status), owner, status_of(status, b""))
            for what, allow in (("no-allow", None), ("empty-allow", ""), ("other-allow", "POST, PUT")):
                yield _answer(making, method, what, owner, _refusing(allow))
            yield _answer(making, method, "501", None, status_of(501, b""))
        for status in (200, 201, 204):
            yield _answer(
                making, "POST", str(status), making.owner("method"), status_of(status, b"" if status == 204 else b"{}")
            )


def _head(making: Making) -> Iterator[Generated]:
    owner = making.owner("head")
    for status in (400, 403, 500):
        yield _answer(making, "HEAD", str(status), owner, status_of(status))
    yield _answer(making, "HEAD", "html", owner, lambda answered: answered.having(content_type="text/html"))
    yield _answer(making, "HEAD", "405", None, _refusing("GET"))
    yield _answer(making, "HEAD", "501", None, status_of(501))


def _refusing(allow: str | None) -> Change:
    return lambda answered: answered.but(405, b"").having(allow=allow)


def _answer(making: Making, method: str, what: str, breaks: str | None, change: Change) -> Generated:
    def answers(asked: Asked, answered: Answered) -> Answered:
        chosen = asked.operation == making.operation.id and asked.method == method
        return change(answered) if chosen else answered

    allowed = OPEN if making.owner("head", "options", "method") else UNSAID
    says = f"{method} is answered otherwise: {what}."
    needs = ("allow-post",) if method == "POST" else ()
    return making.mutant(f"{method.lower()}-{what}", says, breaks, lambda: Behaviour(answers=answers), allowed, needs=needs)
