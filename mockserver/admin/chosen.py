"""What a request to the admin API is about: which session, and where the mock is for its client."""

from __future__ import annotations

from starlette.requests import Request

from mockserver.address import SESSION_FIELD
from mockserver.errors import UsageError
from mockserver.state.session import DEFAULT

SESSION_PARAMETER = "session"


def any_session(request: Request) -> str:
    """The id in ``X-Mock-Session``, else in ``?session=``, else that of the default traffic.

    Raises UsageError for an empty one, as from a variable that was never set: another session's traffic says nothing of that.
    """
    named = (request.headers.get(SESSION_FIELD), request.query_params.get(SESSION_PARAMETER))
    if "" in named:
        raise UsageError("found an empty id of a session in X-Mock-Session or ?session=; leave it out for the default traffic")
    return named[0] or named[1] or DEFAULT


def own_session(request: Request) -> str:
    """The id of a session that somebody made; raises UsageError where none is, as the default traffic has no clock."""
    named = any_session(request)
    if named == DEFAULT:
        raise UsageError("found no session, expected its id in X-Mock-Session or ?session=; POST /__mock/sessions makes one")
    return named


def origin_of(request: Request) -> str:
    """Where the mock is for the client of *request*, without a slash at its end."""
    return str(request.base_url).rstrip("/")
