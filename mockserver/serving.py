"""How uvicorn serves the mock, as a command and inside a test alike."""

from __future__ import annotations

from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from mockserver.faults.connection import exposing

STOPPING_S = 3  # how long an answer in progress may take after the server is told to stop
KEPT_S = 75
"""How long a connection is kept on which nothing is asked: longer than clients keep theirs (OpenAI's SDKs 5 s, which is
uvicorn's own time too; load balancers 60 s). So it is the client who closes it, and no request meets that end."""


class Protocol(exposing(AutoHTTPProtocol)):  # type: ignore[misc]  # a base that is chosen at run time
    """What uvicorn speaks; it has a name in this module, by which another process finds it."""


def config(app: ASGIApp | Callable[[], ASGIApp], workers: int | None = None) -> uvicorn.Config:
    """Uvicorn for *app*: it hands out its connections, and leaves the log and the fields of answers to the mock.

    With a number of *workers*, *app* makes the app in each of them.
    """
    return uvicorn.Config(
        app,
        factory=workers is not None,
        workers=workers,
        http=Protocol,
        interface="asgi3",
        lifespan="on",
        ws="none",
        access_log=False,
        server_header=False,
        date_header=False,  # it is that of a session's clock
        proxy_headers=False,
        log_config=None,
        log_level="error",
        timeout_keep_alive=KEPT_S,
        timeout_graceful_shutdown=STOPPING_S,
    )
