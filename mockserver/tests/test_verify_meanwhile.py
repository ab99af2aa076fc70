"""A question to the journal that takes long holds nobody else up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2

from mockserver import create_app
from mockserver.tests.acme import GOOD
from specs import Provider


def test_others_are_answered_while_a_journal_is_verified(acme: Mapping[str, Provider]) -> None:
    app = httpx2.ASGITransport(app=create_app(acme), client=("127.0.0.1", 50000))
    slow = {"expectations": [{"match": {"path": f"*{'a' * 500}b"}}] * 20}
    done: list[str] = []

    async def ask(client: httpx2.AsyncClient, method: str, path: str, **body: Any) -> None:
        answer = await client.request(method, path, **body)
        assert answer.status_code == 200, answer.text
        done.append(path)

    async def asked() -> None:
        async with httpx2.AsyncClient(transport=app, base_url="http://127.0.0.1:8080") as client:
            for _ in range(20):
                await client.get(f"/acme/base/{'a' * 2000}", headers=GOOD)
            async with asyncio.TaskGroup() as group:
                group.create_task(ask(client, "POST", "/__mock/verify", json=slow))
                group.create_task(ask(client, "GET", "/__mock/health"))

    asyncio.run(asked())

    assert done == ["/__mock/health", "/__mock/verify"]
