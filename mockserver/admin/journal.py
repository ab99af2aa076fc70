"""The journal of a session in the admin API: read, exported, verified, emptied."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mockserver.admin.chosen import any_session
from mockserver.journal.har import har
from mockserver.state.store import Store


@dataclass(frozen=True)
class Journals:
    """Handlers over *store*."""

    store: Store

    async def list(self, request: Request) -> Response:
        """``GET /__mock/journal``."""
        journal = await self.store.journal(any_session(request))
        return JSONResponse({"entries": [each.json() for each in journal.entries], "evicted": journal.evicted})

    async def har(self, request: Request) -> Response:
        """``GET /__mock/journal.har``."""
        journal = await self.store.journal(any_session(request))
        return JSONResponse(har(journal.entries, str(request.base_url).rstrip("/"), version("gateway-contracts")))

    async def verify(self, request: Request) -> Response:
        """``POST /__mock/verify``."""
        raise NotImplementedError

    async def retry_after(self, request: Request) -> Response:
        """``GET /__mock/verify/retry-after``."""
        raise NotImplementedError

    async def clear(self, request: Request) -> Response:
        """``DELETE /__mock/journal``."""
        await self.store.clear_journal(any_session(request))
        return Response(status_code=204)
