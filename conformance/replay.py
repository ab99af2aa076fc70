"""A transcript that was kept, judged again: nothing is sent, and no time passes."""

from __future__ import annotations

from collections import deque

import httpx2

from conformance.client import Client
from conformance.message import Exchange, Request
from conformance.pace import Pace
from conformance.transcript import Budget, Inconclusive, Transcript
from conformance.transcript_file import KeptRun, key


class Silent(httpx2.BaseTransport):
    """Sends nothing."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Raises RuntimeError: a replay that asks is an error of ours."""
        raise RuntimeError(f"a replay sent {request.method} {request.url}")


class Replay(Transcript):
    """Answers as the run *kept* was answered, each request in the order in which it was asked then."""

    def __init__(self, kept: KeptRun, budget: Budget) -> None:
        client = Client(kept.target, None, transport=Silent())
        client.protocols |= kept.protocols
        super().__init__(client, budget, Pace(lambda: 0.0, lambda _: None), lambda: 0.0)
        self._kept_run = kept
        self._left_over = {name: deque(answers) for name, answers in kept.asked.items()}

    def _outcome(
        self,
        resolved: Request,
        request: Request,
        expects: frozenset[int],  # noqa: ARG002  # what was expected decided on what was kept
        *,
        burst: bool,
    ) -> Exchange | Inconclusive:
        left = self._left_over.get(key(request))
        if not left:
            operation = self.client.target.provider.operations[request.operation]
            further = "" if left is None else "further "
            return Inconclusive(f"the transcript has no {further}answer to {request.method} {request.reference(operation)}")
        kept = left.popleft()
        self.budget.sent += 0 if burst else kept.tries
        self.budget.bursts += kept.tries if burst else 0
        self._tries += (Exchange(request, resolved, url, response) for url, response in kept.retried)
        self._took = kept.seconds
        if kept.given_up and kept.retried:
            self._given_up[request] = self._tries[-1]
        return Inconclusive(kept.reason) if kept.answer is None else Exchange(request, resolved, *kept.answer)

    def _is_over(self) -> bool:
        return self._kept_run.late and self.in_time >= self._kept_run.in_time
