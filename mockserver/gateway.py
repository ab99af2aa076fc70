"""One provider as it is served: a request is read as a call, and a call answered, with the stages in their order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from mockserver import preferences
from mockserver.answer import Answer, raw, recorded
from mockserver.call import Call, Standing
from mockserver.credentials import bearer_token, is_good, is_magic, presents_token
from mockserver.endpoint import Endpoint, endpoints
from mockserver.faults import by_key
from mockserver.faults.rate_limit_headers import rate_limit_headers
from mockserver.hints import near_method, near_parameter, near_path, with_hint
from mockserver.keys import KeyState, Rights
from mockserver.limiter import Limit
from mockserver.preferences import PreferenceError
from mockserver.problem import problem
from mockserver.request import Request
from mockserver.routes import Resource, Routes
from mockserver.state.session import Session
from mockserver.state.turn import NO_DEMAND, NO_TURN, Demand
from specs import Provider
from specs.contract import Authentication, Operation

NO_PARAMETERS: Mapping[str, str] = {}


class Answering(Protocol):
    """Whatever answers for a provider."""

    def answer(self, call: Call) -> Answer:
        """The answer to *call*; one to HEAD has the content of that to GET. Raises PreferenceError."""


class Gateway:
    """A provider that keeps its contract, but for what a request or its session asks for.

    Paths and methods that the contract does not have are answered at once. For the others, the order: an answer
    that is asked for by preference or magic key; the session's sequence; chaos; authentication; the limit; the
    documented answer. Preferences come first, so that any key gets what is asked for; chaos comes before
    authentication, as it stands for an unreliable gateway, not for an unreliable list.
    """

    def __init__(self, provider: Provider, routes: Routes) -> None:
        """Raises SpecError when an operation has no recording to answer 200 with."""
        self._provider = provider
        self._routes = routes
        self._limit = Limit.of(provider.rate_limit) if provider.rate_limit else None
        self._endpoints = endpoints(provider, routes)
        operations = provider.operations.values()
        self._parameters = {each.id: frozenset(one.name for one in each.query_parameters) for each in operations}
        not_found = provider.recording(provider.unmatched, 404)
        self._unmatched = recorded(not_found) if not_found else problem(404, f"{provider.title} has no such path.")

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

    def answer(self, call: Call) -> Answer:
        """The answer to *call*. Raises PreferenceError."""
        if call.refusal is not None:
            return call.refusal
        if call.resource is None:
            return with_hint(self._unmatched, near_path(call.request.path, self._routes.resources))
        if call.operation is None:
            return self._other_method(call.request.method, call.resource)
        answer = self._documented(self._endpoints[call.operation.id], call)
        query, documented = call.request.query, self._parameters[call.operation.id]
        if query and not query.keys() <= documented:
            return with_hint(answer, near_parameter(query, documented))
        return answer

    def _documented(self, endpoint: Endpoint, call: Call) -> Answer:
        if call.asked:
            return endpoint.preferred(call.asked, call.request, call.parameters, call.session.view)
        if call.magic and call.token is not None:
            return endpoint.magic(call.token)
        if call.is_beyond:
            return problem(410, "The sequence of this session is over, and was to fail then; its steps have all been given.")
        if call.step is not None and not call.step.passes:
            return endpoint.chosen(call.step.prefer, call.request, call.parameters, call.session.view)
        if call.struck is not None and call.struck.isdecimal():
            return endpoint.failure(int(call.struck))
        return self._refusal(endpoint, call) or self._limited(endpoint, call)

    def _refusal(self, endpoint: Endpoint, call: Call) -> Answer | None:
        """The answer to a call whose key the documented gateway does not let pass, or None for one that it does."""
        if call.standing is Standing.MISSING:
            return endpoint.missing_key()
        if call.standing is Standing.GOOD:
            return None
        if call.rights is None or call.rights.state is KeyState.GOOD:
            return endpoint.failure(401)
        return endpoint.refused(call.rights.state)

    def _limited(self, endpoint: Endpoint, call: Call) -> Answer:
        """What the documented gateway holds for *call*, if the limit lets it pass."""
        verdict, limit = call.turn.verdict, call.demand.limit
        if verdict is None or limit is None:
            return self._held(endpoint, call)
        fields: dict[str, str | None] = {}
        if verdict.allowed:
            answer = self._held(endpoint, call)
        else:
            answer = endpoint.failure(429)
            fields["Retry-After"] = str(verdict.wait_s)
        if limit.headers != "none":
            fields |= rate_limit_headers(
                limit.headers, limit, exceeded=not verdict.allowed, wait_s=verdict.wait_s, verdict=verdict
            )
        return answer.replacing(fields) if fields else answer

    def _held(self, endpoint: Endpoint, call: Call) -> Answer:
        view = call.session.view
        if call.step is not None:
            view = view.asked(call.step.prefer.viewed)
        if call.rights is not None and call.rights.models is not None:
            view = replace(view, only=call.rights.models)
        return endpoint.faithful(call.request, call.parameters, view)

    def _demand(self, session: Session, operation: Operation, token: str | None, standing: Standing, *, asks: bool) -> Demand:
        draws = bool(session.chaos.rates)
        if asks:
            return Demand(draws) if draws else NO_DEMAND
        sequence = session.sequence_of(self._provider.id, operation.id) if session.sequences else None
        limit = session.limit_of(self._limit) if standing is Standing.GOOD else None
        if limit is None:
            return Demand(draws, sequence) if draws or sequence is not None else NO_DEMAND
        return Demand(draws, sequence, limit, f"{self._provider.id}:{_digest(token) if limit.per == 'key' else ''}")

    def _other_method(self, method: str, resource: Resource) -> Answer:
        if method == "OPTIONS":
            return Answer.of(204, raw({"Allow": resource.allow}), b"")
        return with_hint(self._endpoints[resource.first.id].failure(405), near_method(resource))


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
