"""One provider as it is served: Request to Answer, with the stages in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mockserver import preferences
from mockserver.answer import Answer, raw, recorded
from mockserver.chaos import Chaos
from mockserver.credentials import bearer_token, is_good, magic
from mockserver.endpoint import Endpoint
from mockserver.preferences import PreferenceError
from mockserver.problem import problem
from mockserver.rate_limit import Limiter
from mockserver.request import Request
from mockserver.routes import Resource, Routes
from mockserver.selection import Selection
from mockserver.source import List, Replay, Retrieval, Source
from specs import Provider, SpecError
from specs.contract import Authentication, Operation
from specs.recording import Recording


class Answering(Protocol):
    """Whatever answers for a provider."""

    def answer(self, request: Request) -> Answer:
        """The answer to *request*; one to HEAD has the content of that to GET."""


class Gateway:
    """A provider that keeps its contract, but for what a request asks for and for *chaos*.

    Paths and methods that the contract does not have are answered at once. For the others, the order: an
    answer that is asked for by preference or magic key; chaos; authentication; *limiter*; the documented
    answer. Preferences come first, so that any key gets what is asked for; chaos comes before authentication,
    as it stands for an unreliable gateway, not for an unreliable list.
    """

    def __init__(self, provider: Provider, routes: Routes, limiter: Limiter | None, chaos: Chaos) -> None:
        """Raises SpecError when an operation has no recording to answer 200 with."""
        self._routes = routes
        self._limiter = limiter
        self._chaos = chaos
        self._endpoints = _endpoints(provider)
        not_found = provider.recording(provider.unmatched, 404)
        self._unmatched = recorded(not_found) if not_found else problem(404, f"{provider.title} has no such path.")

    def answer(self, request: Request) -> Answer:
        """The answer to *request*."""
        matched = self._routes.match(request.path)
        if matched is None:
            return self._unmatched
        resource, parameters = matched
        operation = resource.operation(request.method)
        if operation is None:
            return self._other_method(request.method, resource)
        return self._answer(self._endpoints[operation.id], request, parameters)

    def _answer(self, endpoint: Endpoint, request: Request, parameters: Mapping[str, str]) -> Answer:
        drawn = self._chaos.draw()  # also for requests that get what they ask for, so that those do not move the others' lots
        authorization = request.headers.get("authorization")
        token = bearer_token(authorization)
        try:
            asked = preferences.read(request.headers.get("prefer"), request.query)
            if asked:
                return endpoint.preferred(asked, request, parameters)
            wanted = magic(token)
            if wanted is not None:
                return endpoint.magic(wanted)
        except PreferenceError as error:
            return problem(400, error.detail, error.valid)
        if drawn is not None:
            return endpoint.failure(drawn)
        wants = endpoint.operation.authentication
        if wants is not Authentication.NONE and not is_good(token):
            if authorization is not None:
                return endpoint.failure(401)
            if wants is Authentication.REQUIRED:
                return endpoint.missing_key()
        if self._limiter is not None:
            wait_s = self._limiter.hit(token or "")
            if wait_s is not None:
                return endpoint.failure(429).replacing({"Retry-After": str(wait_s)})
        return endpoint.faithful(request, parameters)

    def _other_method(self, method: str, resource: Resource) -> Answer:
        if method == "OPTIONS":
            return Answer.of(204, raw({"Allow": resource.allow}), b"")
        answer = self._endpoints[resource.first.id].failure(405)
        return answer if answer.field(b"allow") else answer.replacing({"Allow": resource.allow})


def _endpoints(provider: Provider) -> Mapping[str, Endpoint]:
    lists: dict[str, List] = {}
    endpoints: dict[str, Endpoint] = {}
    # Lists come first: what retrieves an item looks it up in the list that is being served.
    for operation in sorted(provider.operations.values(), key=lambda each: each.retrieves is not None):
        recordings = [each for each in provider.recordings if each.operation == operation.id]
        recordings.sort(key=lambda each: not each.default)
        others = [each for each in recordings if each.status != 200]
        selection = Selection(operation, refuses=any(each.status == 400 for each in others))
        plain = [each for each in recordings if each.status == 200]
        source: Source
        examples: Mapping[str, Source]
        if operation.retrieves:
            source = _retrieval(operation, lists[operation.retrieves.operation], operation.retrieves.parameter, plain)
            examples = {each.label: Replay(operation, each) for each in plain}
        elif plain:
            served = {each.label: List(operation, each, selection) for each in plain}
            source = lists[operation.id] = served[plain[0].label]
            examples = served
        else:
            raise SpecError(f"fixtures/{provider.id}/{operation.id}", "", found="no recording of 200", expected="at least one")
        endpoints[operation.id] = Endpoint(operation, source, examples, others)
    return endpoints


def _retrieval(operation: Operation, list: List, parameter: str, recordings: list[Recording]) -> Retrieval:
    """The fields are those of the operation's own 200 recording, where it has one; else those of the list."""
    return Retrieval(operation, list, parameter, raw(recordings[0].headers) if recordings else list.fields)
