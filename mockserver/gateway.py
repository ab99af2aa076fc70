"""One provider as it is served: Request to Answer, with the stages in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mockserver import preferences
from mockserver.answer import Answer, raw, recorded
from mockserver.chaos import Chaos
from mockserver.credentials import bearer_token, is_good, is_magic, presents_token
from mockserver.endpoint import Endpoint, endpoints
from mockserver.faults import by_key
from mockserver.hints import near_method, near_parameter, near_path, with_hint
from mockserver.preferences import PreferenceError, Preferences
from mockserver.problem import problem
from mockserver.rate_limit import Limiter
from mockserver.request import Request
from mockserver.routes import Resource, Routes
from specs import Provider
from specs.contract import Authentication


class Answering(Protocol):
    """Whatever answers for a provider."""

    def answer(self, request: Request) -> Answer:
        """The answer to *request*; one to HEAD has the content of that to GET."""


class Gateway:
    """A provider that keeps its contract, but for what a request asks for and for *chaos*.

    A preference that the mock does not know is refused whatever the path. Paths and methods that the contract
    does not have are answered at once. For the others, the order: an answer that is asked for by preference
    or magic key; chaos; authentication; *limiter*; the documented answer. Preferences come first, so that any
    key gets what is asked for; chaos comes before authentication, as it stands for an unreliable gateway, not
    for an unreliable list.
    """

    def __init__(self, provider: Provider, routes: Routes, limiter: Limiter | None, chaos: Chaos) -> None:
        """Raises SpecError when an operation has no recording to answer 200 with."""
        self._routes = routes
        self._limiter = limiter
        self._chaos = chaos
        self._endpoints = endpoints(provider, routes)
        operations = provider.operations.values()
        self._parameters = {each.id: frozenset(one.name for one in each.query_parameters) for each in operations}
        not_found = provider.recording(provider.unmatched, 404)
        self._unmatched = recorded(not_found) if not_found else problem(404, f"{provider.title} has no such path.")

    def answer(self, request: Request) -> Answer:
        """The answer to *request*."""
        try:
            return self._answer(request)
        except PreferenceError as error:
            return problem(400, error.detail, error.valid)

    def _answer(self, request: Request) -> Answer:
        matched = self._routes.match(request.path)
        operation = matched[0].operation(request.method) if matched else None
        # Drawn also for requests that get what they ask for, so that those do not move the others' lots.
        drawn = self._chaos.draw() if operation else None
        asked = preferences.read(request.headers.get("prefer"), request.query)
        if matched is None:
            return with_hint(self._unmatched, near_path(request.path, self._routes.resources))
        resource, parameters = matched
        if operation is None:
            return self._other_method(request.method, resource)
        answer = self._documented(self._endpoints[operation.id], request, parameters, asked, drawn)
        if request.query and not request.query.keys() <= self._parameters[operation.id]:
            return with_hint(answer, near_parameter(request.query, self._parameters[operation.id]))
        return answer

    def _documented(
        self, endpoint: Endpoint, request: Request, parameters: Mapping[str, str], asked: Preferences, drawn: int | None
    ) -> Answer:
        token = bearer_token(request.headers.get("authorization"))
        fault = by_key(token or "")
        if fault is not None:
            asked = asked.faulted(fault.name)
        if asked:
            return endpoint.preferred(asked, request, parameters)
        if is_magic(token):
            return endpoint.magic(token)
        if drawn is not None:
            return endpoint.failure(drawn)
        return self._refusal(endpoint, request, token) or endpoint.faithful(request, parameters)

    def _refusal(self, endpoint: Endpoint, request: Request, token: str | None) -> Answer | None:
        """The answer to a request that the documented gateway does not let pass, or None for one that it does."""
        wants = endpoint.operation.authentication
        authorization = request.headers.get("authorization")
        if wants is not Authentication.NONE and not is_good(token):
            if presents_token(authorization):
                return endpoint.failure(401)
            if authorization is not None or wants is Authentication.REQUIRED:
                return endpoint.missing_key()
        if self._limiter is not None:
            wait_s = self._limiter.hit(token or "")
            if wait_s is not None:
                return endpoint.failure(429).replacing({"Retry-After": str(wait_s)})
        return None

    def _other_method(self, method: str, resource: Resource) -> Answer:
        if method == "OPTIONS":
            return Answer.of(204, raw({"Allow": resource.allow}), b"")
        return with_hint(self._endpoints[resource.first.id].failure(405), near_method(resource))
