"""A Starlette app with a route for each body; the first of them, or behind so many others as BENCH_OTHERS says."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.speed.apps.bodies import BODIES


def _answering(body: bytes) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_request: Request) -> Response:
        return Response(body, media_type="application/json")

    return endpoint


_OTHERS = int(os.environ.get("BENCH_OTHERS", "0"))
_ROUTES = [Route(path, _answering(body)) for path, body in BODIES.items()]
app = Starlette(routes=[*(Route(f"/other/{number}/v1/models", _answering(b"{}")) for number in range(_OTHERS)), *_ROUTES])
