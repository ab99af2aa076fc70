"""What the field Authorization holds (RFC 9110 section 11.6.2, RFC 6750), and the keys that mean something to the mock."""

from __future__ import annotations

import re

# RFC 9110 section 11.1: the scheme in any case. RFC 6750 section 2.1: one or more spaces, then a b64token.
BEARER = re.compile(r"bearer +([A-Za-z0-9\-._~+/]+=*) *", re.IGNORECASE)
GOOD = "sk-"
MAGIC = "sk-mock-"


def bearer_token(authorization: str | None) -> str | None:
    """The bearer token in the field *authorization*, or None where there is none that can be read."""
    if authorization is None:
        return None
    matched = BEARER.fullmatch(authorization)
    return matched[1] if matched else None


def is_good(token: str | None) -> bool:
    """Whether *token* is a good key: ``sk-`` and something more."""
    return token is not None and token.startswith(GOOD) and token != GOOD


def magic(token: str | None) -> str | None:
    """What a magic key such as ``sk-mock-429`` asks for (``429``), or None for any other key."""
    return token.removeprefix(MAGIC) if token is not None and token.startswith(MAGIC) else None
