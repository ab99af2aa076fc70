"""Rules of what the SDKs ask for next: a model by its id, the target of a redirect."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import SplitResult, urljoin, urlsplit

from conformance.case import NotApplicable
from conformance.clients.rule import Rule, models
from conformance.finding import Violation, literal
from conformance.message import Exchange

REFUSED = frozenset({"", ".", ".."})
"""What cannot be a segment of a path (RFC 3986 section 3.3), and what the SDKs refuse to make one."""
FOLLOWED = frozenset({301, 302, 303, 307, 308})
"""The redirects that clients follow by themselves (Fetch Standard, redirect status)."""
PORTS = {"http": 80, "https": 443}


class AskableIds(Rule):
    """No id of a list is one that the SDKs refuse to put into a path."""

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        found = [(index, model.get("id")) for index, model in enumerate(models(exchange)) if isinstance(model, dict)]
        named = [(index, name) for index, name in found if isinstance(name, str)]
        if not named:
            raise NotApplicable("the list has no id")
        for index, name in named:
            if name in REFUSED:
                yield Violation(exchange, f"/data/{index}/id", "unaskable", "an id that a path can hold", literal(name))


class Redirect(Rule):
    """A redirect leads to another place of the same origin (RFC 6454 section 4), where the key may go."""

    def violations(self, exchange: Exchange) -> Iterator[Violation]:
        location = exchange.response.header("Location")
        if exchange.response.status not in FOLLOWED or location is None:
            return
        try:
            to = urlsplit(urljoin(exchange.url, location))
            here = urlsplit(exchange.url)
            if _origin(to) != _origin(here):
                yield Violation(exchange, "Location", "origin", "the same origin, where the key goes too", location)
            elif to._replace(fragment="") == here._replace(fragment=""):
                yield Violation(exchange, "Location", "loop", "another place", location or "the same one")
        except ValueError:
            yield Violation(exchange, "Location", "syntax", "a URI reference (RFC 3986 section 4.1)", location)


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or PORTS.get(url.scheme)
