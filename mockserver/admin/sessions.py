"""The sessions of the admin API: made, shown, changed and ended."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mockserver.admin.body import json_body
from mockserver.admin.chosen import origin_of
from mockserver.index import entries
from mockserver.key_file import table
from mockserver.state.session import Session
from mockserver.state.settings import Settings
from mockserver.state.store import Store

MERGE_PATCH = "application/merge-patch+json"  # RFC 7396


@dataclass(frozen=True)
class Sessions:
    """Handlers over *store*, with *settings* to read documents. *tokens* makes ids; *now* gives seconds since 1970."""

    store: Store
    settings: Settings
    tokens: Callable[[], str]
    now: Callable[[], float]

    async def list(self, request: Request) -> Response:
        """``GET /__mock/sessions``."""
        found = await self.store.sessions()
        return JSONResponse({"sessions": [self._shown(each, request) for each in found]})

    async def create(self, request: Request) -> Response:
        """``POST /__mock/sessions``."""
        document = await json_body(request, "NewSession", default={})
        session = self.settings.session(self.tokens(), _stored({}, document, self.now()))
        await self.store.create(session)
        location = f"{origin_of(request)}/__mock/sessions/{session.id}"
        return JSONResponse(self._shown(session, request), 201, {"Location": location})

    async def show(self, request: Request) -> Response:
        """``GET /__mock/sessions/{id}``."""
        return JSONResponse(self._shown(await self.store.current(request.path_params["id"]), request))

    async def change(self, request: Request) -> Response:
        """``PATCH /__mock/sessions/{id}``: members of the patch replace those of the session, null takes them back."""
        patch = await json_body(request, "SessionPatch", media_types=(MERGE_PATCH, "application/json"))
        before = await self.store.current(request.path_params["id"])
        clock = await self.store.clock(before.id)
        document = _stored(before.document, patch, clock.at(self.now()))
        session = self.settings.session(before.id, document, before.revision + 1)
        await self.store.change(session)
        return JSONResponse(self._shown(session, request))

    async def delete(self, request: Request) -> Response:
        """``DELETE /__mock/sessions/{id}``."""
        await self.store.delete(request.path_params["id"])
        return Response(status_code=204)

    def _shown(self, session: Session, request: Request) -> Mapping[str, Any]:
        root = f"{origin_of(request)}/s/{session.id}"
        served = [each for each in self.settings.providers.values() if session.provider in (None, each.id)]
        bases = {each.id: (*each.bases, *each.lists)[0] for each in entries(served, root, None)}
        return {
            **session.document,
            "id": session.id,
            "base_url": bases[session.provider] if session.provider is not None else root,
            "base_urls": bases,
            "api_key": session.api_key,
            "ttl_s": session.ttl_s,
        }


def _stored(before: Mapping[str, Any], patch: Mapping[str, Any], now: float) -> dict[str, Any]:
    """The document *before* with *patch* merged into it; keys become digests, times to live the moment when they end."""
    document: dict[str, Any] = merged(before, patch)
    if patch.get("keys") is not None:
        document["keys"] = table(patch["keys"], "the session", at="/keys").json()
    if "ttl_s" in (patch.get("chaos") or {}):
        chaos = document["chaos"]
        chaos.pop("until", None)
        if "ttl_s" in chaos:  # not where the patch takes it back
            chaos["until"] = now + chaos.pop("ttl_s")
    return document


def merged(before: Any, patch: Any) -> Any:
    """*before* with *patch* merged into it (RFC 7396 section 2)."""
    if not isinstance(patch, Mapping):
        return copy.deepcopy(patch)
    result = copy.deepcopy(dict(before)) if isinstance(before, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
