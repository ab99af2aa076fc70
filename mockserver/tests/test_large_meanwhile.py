"""A list that takes long to make holds nobody else up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from mockserver import create_app
from mockserver.catalogue import Catalogue
from mockserver.tests.acme import GOOD
from specs import Provider

LIST = "/acme/base/v1/models"
WAYS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {"Prefer": "size=5000"}),
    ({"serve": "size=5000"}, {}),
    ({"sequences": [{"steps": [{"prefer": "size=5000"}]}]}, {}),
]


@pytest.mark.parametrize(("settings", "fields"), WAYS, ids=["asked for", "of the session", "of a sequence"])
def test_others_are_answered_while_a_large_list_is_made(
    acme: Mapping[str, Provider], settings: Any, fields: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    others_were_answered, grown = threading.Event(), Catalogue.grown

    def slow(*arguments: Any) -> Any:
        assert others_were_answered.wait(10), "nobody was answered meanwhile"
        return grown(*arguments)

    monkeypatch.setattr(Catalogue, "grown", slow)
    app = httpx2.ASGITransport(app=create_app(acme), client=("127.0.0.1", 50000))

    async def story() -> list[int]:
        async with httpx2.AsyncClient(transport=app, base_url="http://127.0.0.1:8080", headers=GOOD) as client:
            session = (await client.post("/__mock/sessions", json=settings)).json()["id"]
            large = asyncio.create_task(client.get(f"/s/{session}{LIST}", headers=fields))
            await asyncio.sleep(0)
            small = await client.get(LIST)
            assert not large.done()
            others_were_answered.set()
            models = (await large).json()["data"]
            entries = (await client.get("/__mock/journal", params={"session": session})).json()["entries"]
            return [small.status_code, len(models), len(entries)]

    assert asyncio.run(story()) == [200, 5000, 1]
