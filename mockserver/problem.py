"""Problem details (RFC 9457): what the mock itself has to say, as no gateway would."""

from __future__ import annotations

from http import HTTPStatus

from mockserver.answer import Answer, raw
from specs.recording import encode

NO_SESSION = "There is no such session: it ended, or never was; POST /__mock/sessions makes one."


class Problem(Answer):
    """An answer of the mock itself, which no fault spoils."""


def problem(status: int, detail: str, valid: tuple[str, ...] = ()) -> Problem:
    """An answer that explains itself: *detail* is a sentence, *valid* what would do instead.

    The extension members (RFC 9457 section 3.2) are ``valid`` and ``error``, where OpenAI's SDKs look for a sentence.
    """
    # RFC 9457 section 4.2.1: with about:blank, the title is the phrase of the status.
    members = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    members["error"] = {"message": detail, "type": "mock_problem", "code": None}
    content = encode({**members, "valid": list(valid)} if valid else members)
    return Problem.of(status, raw({"Content-Type": "application/problem+json"}), content)


def unavailable(error: Exception) -> Answer:
    """The answer to what needs a state that cannot be reached."""
    return problem(503, str(error)).replacing({"Retry-After": "1"})
