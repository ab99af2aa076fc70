"""The routes of the admin API and of the start page, and what becomes of errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.admin.clock import Clocks
from mockserver.admin.journal import Journals
from mockserver.admin.schema import SCHEMAS
from mockserver.admin.sessions import Sessions
from mockserver.answer import ENCODING, Answer
from mockserver.errors import UsageError
from mockserver.faults import FAULTS
from mockserver.journal.pattern import DocumentError
from mockserver.keys import KeyTable
from mockserver.metrics import Metrics
from mockserver.pages import start_page
from mockserver.problem import NO_SESSION, problem, unavailable
from mockserver.state.settings import Settings
from mockserver.state.store import NoSuchSessionError, Store, UnavailableError
from specs import VERSION, Provider, SpecError

Handler = Callable[[Request], Awaitable[Response]]


def admin_app(
    providers: Callable[[], Sequence[Provider]],
    at_root: str | None,
    *,
    keys: KeyTable | None,
    store: Store,
    settings: Settings,
    metrics: Metrics,
    tokens: Callable[[], str],
    now: Callable[[], float],
) -> Starlette:
    """The app that answers for the mock itself, which serves *providers*, and *at_root* at the root as well.

    *keys* has the rights of keys where there is no session; *tokens* makes the ids of sessions, *now* gives seconds since 1970.
    """
    sessions, clocks, journals = Sessions(store, settings, tokens, now), Clocks(store, now), Journals(store)

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "version": VERSION, "providers": [each.id for each in providers()]})

    async def faults(_request: Request) -> Response:
        return JSONResponse({"faults": [fault.json() for fault in FAULTS.values()]})

    async def exposition(request: Request) -> Response:
        content, media_type = metrics.exposition(request.headers.get("accept"), await store.stock())
        return Response(content, media_type=media_type)

    async def openapi(_request: Request) -> Response:
        return Response(SCHEMAS.content, media_type="application/json")

    resources: Mapping[str, Mapping[str, Handler]] = {
        "/": {"GET": start_page(providers, at_root, keys)},
        "/__mock/health": {"GET": health},
        "/__mock/metrics": {"GET": exposition},
        "/__mock/openapi.json": {"GET": openapi},
        "/__mock/faults": {"GET": faults},
        "/__mock/sessions": {"GET": sessions.list, "POST": sessions.create},
        "/__mock/sessions/{id}": {"GET": sessions.show, "PATCH": sessions.change, "DELETE": sessions.delete},
        "/__mock/clock": {"GET": clocks.show, "POST": clocks.move},
        "/__mock/journal": {"GET": journals.list, "DELETE": journals.clear},
        "/__mock/journal.har": {"GET": journals.har},
        "/__mock/verify": {"POST": journals.verify},
        "/__mock/verify/retry-after": {"GET": journals.retry_after},
    }
    return Starlette(
        routes=[Route(path, _resource(methods), methods=[*methods]) for path, methods in resources.items()],
        exception_handlers={
            HTTPException: _refused,
            UsageError: _wrong,
            SpecError: _wrong,
            DocumentError: _unreadable,
            NoSuchSessionError: _absent,
            UnavailableError: _unavailable,
            ClientDisconnect: _gone,
        },
    )


def _resource(methods: Mapping[str, Handler]) -> Handler:
    """What answers for a path: the handler of the method; that of GET for HEAD, whose content the server leaves out."""

    async def answer(request: Request) -> Response:
        return await methods["GET" if request.method == "HEAD" else request.method](request)

    return answer


async def _refused(request: Request, error: Exception) -> Response:
    """Starlette's own 404 and 405, and what a handler refuses, as a problem."""
    if not isinstance(error, HTTPException):
        raise error
    detail = str(error.detail)
    if detail == HTTPStatus(error.status_code).phrase:
        detail = f"{request.method} {request.url.path} is not here; /__mock/openapi.json says what is."
    answer = problem(error.status_code, detail)
    allow = (error.headers or {}).get("Allow")
    # Starlette's own has the methods in the order of a set, which differs from process to process.
    return _response(answer.replacing({"Allow": ", ".join(sorted(allow.split(", ")))}) if allow else answer)


async def _wrong(_request: Request, error: Exception) -> Response:
    return _response(problem(400, f"{str(error).removesuffix('.')}."))


async def _unreadable(_request: Request, error: Exception) -> Response:
    if not isinstance(error, DocumentError):
        raise error
    return _response(problem(400, error.detail, error.valid))


async def _absent(_request: Request, _error: Exception) -> Response:
    return _response(problem(404, NO_SESSION))


async def _unavailable(_request: Request, error: Exception) -> Response:
    return _response(unavailable(error))


async def _gone(_request: Request, _error: Exception) -> Response:
    """Nobody reads it."""
    return _response(problem(400, "The client left before the body was complete."))


def _response(answer: Answer) -> Response:
    fields = {name.decode(ENCODING): value.decode(ENCODING) for name, value in answer.fields}
    return Response(answer.content, answer.status, fields)
