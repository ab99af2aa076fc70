"""The reading of requests: a request as its provider understands it, and what it needs of the state."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from mockserver import preferences
from mockserver.call import Call, Standing
from mockserver.credentials import bearer_token, is_good, is_magic, presents_token
from mockserver.faults import by_key
from mockserver.keys import KeyState, Rights
from mockserver.limiter import Limit
from mockserver.preferences import PreferenceError
from mockserver.problem import problem
from mockserver.request import Request
from mockserver.routes import Routes
from mockserver.state.session import Session
from mockserver.state.turn import NO_DEMAND, NO_TURN, Demand
from specs import Provider
from specs.contract import Authentication, Operation

WHOLE_SESSION = ":"  # the key of a limit that counts all calls of a session, whichever provider they are to
NO_PARAMETERS: Mapping[str, str] = {}


class Reader:
    """Makes calls of the requests to one provider."""

    def __init__(self, provider: Provider, routes: Routes) -> None:
        self._provider = provider
        self._routes = routes
        self._limit = Limit.of(provider.rate_limit) if provider.rate_limit else None

    def read(self, request: Request, session: Session) -> Call:
        """*request* as a call in *session*, before its turn."""
        matched = self._routes.match(request.path)
        resource, parameters = matched or (None, NO_PARAMETERS)
        operation = resource.operation(request.method) if resource else None
        asked, refusal = preferences.NOTHING, None
        try:
            asked = preferences.read(request.headers.get("prefer"), request.query)
        except PreferenceError as error:
            refusal = problem(400, error.detail, error.valid)
        authorization = request.headers.get("authorization")
        token = bearer_token(authorization)
        magic = is_magic(token) and not asked
        fault = by_key(token) if is_magic(token) and "fault" not in asked.others else None
        if fault is not None:
            magic, asked = True, asked.faulted(fault.name)
        standing, rights, demand = Standing.GOOD, None, NO_DEMAND
        if operation is not None and refusal is None:
            rights = session.keys.rights(token) if session.keys else None
            standing = _standing(operation, session, authorization, token, rights)
            demand = self._demand(session, operation, token, standing, asks=bool(asked) or magic)
        return Call(
            provider=self._provider.id,
            request=request,
            session=session,
            resource=resource,
            operation=operation,
            parameters=parameters,
            asked=asked,
            token=token,
            magic=magic,
            standing=standing,
            rights=rights,
            refusal=refusal,
            demand=demand,
            turn=NO_TURN,
        )

    def _demand(self, session: Session, operation: Operation, token: str | None, standing: Standing, *, asks: bool) -> Demand:
        draws = bool(session.chaos.rates)
        if asks:
            return Demand(draws) if draws else NO_DEMAND
        sequence = session.sequence_of(self._provider.id, operation.id) if session.sequences else None
        limit = session.limit_of(self._limit) if standing is Standing.GOOD else None
        if limit is None:
            return Demand(draws, sequence) if draws or sequence is not None else NO_DEMAND
        return Demand(draws, sequence, limit, f"{self._provider.id}:{_digest(token)}" if limit.per == "key" else WHOLE_SESSION)


def _standing(
    operation: Operation, session: Session, authorization: str | None, token: str | None, rights: Rights | None
) -> Standing:
    wants = operation.authentication
    if wants is Authentication.NONE:  # but a key that is known for a bad one is refused anywhere
        return Standing.GOOD if rights is None or rights.state is KeyState.GOOD else Standing.WRONG
    good = is_good(token) if session.keys is None else rights is not None and rights.state is KeyState.GOOD
    if good:
        return Standing.GOOD
    if presents_token(authorization):
        return Standing.WRONG
    if authorization is not None or wants is Authentication.REQUIRED:
        return Standing.MISSING
    return Standing.GOOD


def _digest(token: str | None) -> str:
    return hashlib.sha256((token or "").encode()).hexdigest()
