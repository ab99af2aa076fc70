"""How uvicorn serves the mock, as a command and inside a test alike."""

from __future__ import annotations

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from mockserver.faults.connection import exposing

STOPPING_S = 3  # how long an answer in progress may take after the server is told to stop


def config(app: ASGIApp) -> uvicorn.Config:
    """Uvicorn for *app*: it hands out its connections, and leaves the log and the fields of answers to the mock."""
    return uvicorn.Config(
        app,
        http=exposing(AutoHTTPProtocol),
        interface="asgi3",
        lifespan="on",
        ws="none",
        access_log=False,
        server_header=False,
        date_header=False,  # it is that of a session's clock
        proxy_headers=False,
        log_config=None,
        log_level="error",
        timeout_graceful_shutdown=STOPPING_S,
    )
