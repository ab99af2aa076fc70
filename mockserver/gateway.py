"""One provider as it is served: Request to Answer, with the stages in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mockserver import preferences
from mockserver.answer import Answer, raw, recorded
from mockserver.chaos import Chaos
from mockserver.credentials import bearer_token, is_good, is_magic, presents_token
from mockserver.endpoint import Endpoint
from mockserver.faults import by_key
from mockserver.hints import near_method, near_parameter, near_path, with_hint
from mockserver.preferences import PreferenceError, Preferences
from mockserver.problem import problem
from mockserver.rate_limit import Limiter
from mockserver.request import Request
from mockserver.routes import Resource, Routes
from mockserver.selection import Selection
from mockserver.source import RecordedList, Replay, Retrieval, Source
from specs import Provider, SpecError
from specs.contract import Authentication, Operation
from specs.recording import Recording


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
        self._endpoints = _endpoints(provider, routes)
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
        if asked:
            return endpoint.preferred(asked, request, parameters)
        token = bearer_token(request.headers.get("authorization"))
        if is_magic(token):
            return endpoint.magic(token) if by_key(token) is None else endpoint.faithful(request, parameters)
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


def _endpoints(provider: Provider, routes: Routes) -> Mapping[str, Endpoint]:
    allow = {operation.id: resource.allow for resource in routes.resources for operation in resource.operations.values()}
    lists: dict[str, Mapping[str, RecordedList]] = {}  # by label, the default one first
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
            retrievals = {
                label: _retrieval(operation, listed, operation.retrieves.parameter, plain)
                for label, listed in lists[operation.retrieves.operation].items()
            }
            source = next(iter(retrievals.values()))
            examples = {**retrievals, **{each.label: Replay(operation, each) for each in plain}}
        elif plain:
            lists[operation.id] = {each.label: RecordedList(operation, each, selection) for each in plain}
            examples = lists[operation.id]
            source = examples[plain[0].label]
        else:
            raise SpecError(f"fixtures/{provider.id}/{operation.id}", "", found="no recording of 200", expected="at least one")
        endpoints[operation.id] = Endpoint(operation, source, examples, others, allow[operation.id])
    return endpoints


def _retrieval(operation: Operation, listed: RecordedList, parameter: str, recordings: list[Recording]) -> Retrieval:
    """The fields are those of the operation's own 200 recording, where it has one; else those of the list."""
    return Retrieval(operation, listed, parameter, raw(recordings[0].headers) if recordings else listed.fields)
