"""Problem details (RFC 9457): what the mock itself has to say, as no gateway would."""

from __future__ import annotations

from http import HTTPStatus

from mockserver.answer import Answer, raw
from specs.recording import encode


def problem(status: int, detail: str, valid: tuple[str, ...] = ()) -> Answer:
    """An answer that explains itself: *detail* is a sentence, *valid* (an extension member) what would do instead."""
    # RFC 9457 section 4.2.1: with about:blank, the title is the phrase of the status.
    members = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    content = encode({**members, "valid": list(valid)} if valid else members)
    return Answer.of(status, raw({"Content-Type": "application/problem+json"}), content)
