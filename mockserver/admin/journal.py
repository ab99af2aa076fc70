"""The journal of a session in the admin API: read, exported, verified, emptied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mockserver.admin.body import json_body
from mockserver.admin.chosen import SESSION_PARAMETER, any_session, origin_of
from mockserver.journal.entry import Entry
from mockserver.journal.har import har
from mockserver.journal.journal import Journal
from mockserver.journal.patience import did_wait
from mockserver.journal.pattern import pattern
from mockserver.journal.verify import verify
from mockserver.state.store import Store
from specs import VERSION


@dataclass(frozen=True)
class Journals:
    """Handlers over *store*.

    What can take long, as patterns do that are made for it, has a thread of its own, so that others are answered meanwhile.
    """

    store: Store

    async def list(self, request: Request) -> Response:
        """``GET /__mock/journal``."""
        journal, entries = await self._selected(request)
        return JSONResponse({**journal.json(), "entries": [each.json() for each in entries]})

    async def har(self, request: Request) -> Response:
        """``GET /__mock/journal.har``."""
        _, entries = await self._selected(request)
        return await run_in_threadpool(lambda: JSONResponse(har(entries, origin_of(request), VERSION)))

    async def verify(self, request: Request) -> Response:
        """``POST /__mock/verify``."""
        document = await json_body(request, "Expectations")
        verdict = await run_in_threadpool(verify, document, await self.store.journal(any_session(request)))
        return JSONResponse(verdict.json())

    async def retry_after(self, request: Request) -> Response:
        """``GET /__mock/verify/retry-after``."""
        journal, entries = await self._selected(request)
        return JSONResponse(did_wait(entries, journal.evicted).json())

    async def _selected(self, request: Request) -> tuple[Journal, Sequence[Entry]]:
        """The journal that *request* is about, and those of its entries that it asks for."""
        asked = {name: value for name, value in request.query_params.items() if name != SESSION_PARAMETER}
        journal = await self.store.journal(any_session(request))
        return journal, await run_in_threadpool(pattern(asked).select, journal.entries)

    async def clear(self, request: Request) -> Response:
        """``DELETE /__mock/journal``."""
        await self.store.clear_journal(any_session(request))
        return Response(status_code=204)
