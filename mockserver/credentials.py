"""What the field Authorization holds (RFC 9110 section 11.6.2, RFC 6750), and the keys that mean something to the mock."""

from __future__ import annotations

import re
from typing import TypeGuard

# RFC 9110 section 11.1: the scheme in any case. RFC 6750 section 2.1: one or more spaces, then a b64token.
BEARER = re.compile(r"bearer +([A-Za-z0-9\-._~+/]+=*) *", re.IGNORECASE)
PRESENTED = re.compile(r"bearer[ \t]+[^ \t]", re.IGNORECASE)
GOOD = "sk-"
MAGIC = "sk-mock-"
SESSION = "sk-session-"  # and the id of the session


def bearer_token(authorization: str | None) -> str | None:
    """The bearer token in the field *authorization*, or None where there is none that can be read."""
    if authorization is None:
        return None
    matched = BEARER.fullmatch(authorization)
    return matched[1] if matched else None


def presents_token(authorization: str | None) -> bool:
    """Whether something stands where a bearer token would, so that it can be called invalid.

    RFC 6750 section 3.1: a request without any, or with another scheme, is told of no error.
    """
    return authorization is not None and PRESENTED.match(authorization) is not None


def is_good(token: str | None) -> bool:
    """Whether *token* is a good key: ``sk-`` and something more."""
    return token is not None and token.startswith(GOOD) and token != GOOD


def is_magic(token: str | None) -> TypeGuard[str]:
    """Whether *token* is a magic key such as ``sk-mock-429``, which asks for a certain answer."""
    return token is not None and token.startswith(MAGIC)


def is_own(token: str) -> bool:
    """Whether *token* is one of the mock's own keys, magic or of a session, to which no key table can give another meaning."""
    return token.startswith((MAGIC, SESSION))
