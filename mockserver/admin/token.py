"""The token of the admin API, as it is given to the mock."""

from __future__ import annotations

from pathlib import Path

from mockserver.credentials import bearer_token
from mockserver.errors import UsageError


def admin_token(text: str) -> str:
    """*text* as a token that a client can send (RFC 6750 section 2.1); raises UsageError, which does not repeat it."""
    token = text.strip()
    if bearer_token(f"Bearer {token}") != token:
        raise UsageError("admin token: expected one or more letters, digits and any of - . _ ~ + /, then perhaps =")
    return token


def token_in(file: Path) -> str:
    """The token that is all of *file*, but for blanks around it; raises UsageError, which does not repeat it."""
    try:
        return admin_token(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"admin token: cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"admin token: {file} is not UTF-8, expected a file with the token alone") from None
