"""Exchanges as they went over the wire, for a report: cut, escaped and without secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance import sensitive
from conformance.message import Exchange
from specs.printable import printable

MOST_BODY = 4096
"""Octets of a body that a report holds; one that is little longer is held whole."""

MOST_FIELDS = 64
MOST_VALUE = 1024
"""Fields, and characters of the value of one."""

MARGIN = 1024
"""What is looked at behind that, so that no key is cut into a piece that is not known for one."""

Hidden = Callable[[str], str]


def raw(exchange: Exchange, hidden: Hidden) -> dict[str, Any]:
    """*exchange* as a JSON value; *hidden* takes secrets out of a text."""
    response = exchange.response
    size = len(response.content)
    body = hidden(response.content[: MOST_BODY + MARGIN].decode("utf-8", "backslashreplace"))
    cut = size > MOST_BODY + MARGIN
    return {
        "request": {"method": exchange.sent.method, "url": exchange.url},
        "response": {
            "line": _value(response.line, hidden),
            "headers": [
                [_value(name, hidden), _value(sensitive.kept(name, value), hidden)]
                for name, value in response.headers[:MOST_FIELDS]
            ],
            "headers_cut": max(0, len(response.headers) - MOST_FIELDS),
            "body": printable(body.encode()[:-MARGIN].decode("utf-8", "ignore") if cut else body),
            "body_cut": size - MOST_BODY if cut else 0,
        },
    }


def _value(text: str, hidden: Hidden) -> str:
    found = hidden(text[: MOST_VALUE + MARGIN])
    more = len(text) - MOST_VALUE
    return printable(f"{found[:MOST_VALUE]}… and {more} more characters" if more > MARGIN else found)
