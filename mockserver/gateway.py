"""One provider as it is served: the answer to a call, with the stages in their order."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from mockserver.answer import Answer, raw, recorded
from mockserver.call import Call, Standing
from mockserver.endpoint import Endpoint, endpoints
from mockserver.faults.rate_limit_headers import rate_limit_headers
from mockserver.hints import near_method, near_parameter, near_path, with_hint
from mockserver.keys import KeyState
from mockserver.problem import problem
from mockserver.routes import Resource, Routes
from specs import Provider


class Answering(Protocol):
    """Whatever answers for a provider; *lasts* says whether it gives equal answers to equal calls."""

    lasts: bool

    def answer(self, call: Call) -> Answer:
        """The answer to *call*; one to HEAD has the content of that to GET. Raises PreferenceError."""


class Gateway:
    """A provider that keeps its contract, but for what a request or its session asks for.

    Paths and methods that the contract does not have are answered at once. For the others, the order: an answer
    that is asked for by preference or magic key; the session's sequence; chaos; authentication; the limit; the
    documented answer. Preferences come first, so that any key gets what is asked for; chaos comes before
    authentication, as it stands for an unreliable gateway, not for an unreliable list.
    """

    lasts = True

    def __init__(self, provider: Provider, routes: Routes) -> None:
        """Raises SpecError when an operation has no recording to answer 200 with."""
        self._routes = routes
        self._endpoints = endpoints(provider, routes)
        operations = provider.operations.values()
        self._parameters = {each.id: frozenset(one.name for one in each.query_parameters) for each in operations}
        not_found = provider.recording(provider.unmatched, 404)
        self._unmatched = recorded(not_found) if not_found else problem(404, f"{provider.title} has no such path.")

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

    def _other_method(self, method: str, resource: Resource) -> Answer:
        if method == "OPTIONS":
            return Answer.of(204, raw({"Allow": resource.allow}), b"")
        return with_hint(self._endpoints[resource.first.id].failure(405), near_method(resource))
