"""What answers where no provider is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockserver.call import Call, Standing
from mockserver.credentials import bearer_token
from mockserver.faults.injecting import Reply, Replying
from mockserver.hints import near, with_hint
from mockserver.preferences import NOTHING
from mockserver.problem import problem
from mockserver.request import Request
from mockserver.state.session import Session
from mockserver.state.turn import NO_DEMAND, NO_TURN


@dataclass(frozen=True)
class Nowhere:
    """Says where the *providers* are."""

    providers: Mapping[str, Replying]

    def read(self, request: Request, session: Session) -> Call:
        """*request* as a call to nobody."""
        return Call(
            provider="",
            request=request,
            session=session,
            resource=None,
            operation=None,
            parameters={},
            asked=NOTHING,
            token=bearer_token(request.headers.get("authorization")),
            magic=False,
            standing=Standing.GOOD,
            rights=None,
            refusal=None,
            demand=NO_DEMAND,
            turn=NO_TURN,
        )

    def reply(self, call: Call) -> Reply:
        """A problem with the addresses of the providers."""
        path = call.request.path
        valid = tuple(f"/{provider}" for provider in self.providers)
        answer = problem(404, f"Nothing is at {path!r}; the providers are at {', '.join(valid)}.", valid)
        found = near(path[1:].partition("/")[0], self.providers)
        return Reply(with_hint(answer, f"/{found}" if found else None), lasts=True)
