"""What the documentation shows: a client of OpenAI's that must survive two 429s."""

from __future__ import annotations

import asyncio

import openai

from mockserver.testing import MockSession


def test_a_client_survives_two_429s(mock_session: MockSession) -> None:
    mock_session.sequence({"prefer": "code=429, retry-after-ms=1", "times": 2}, "")

    with openai.OpenAI(base_url=mock_session.base_url("zenmux"), api_key=mock_session.api_key) as client:
        models = client.models.list().data

    assert models
    assert [each.status for each in mock_session.journal()] == [429, 429, 200]


def test_an_asynchronous_client_survives_two_429s(mock_session: MockSession) -> None:
    mock_session.sequence({"prefer": "code=429, retry-after-ms=1", "times": 2}, "")

    async def models() -> list[openai.types.Model]:
        async with openai.AsyncOpenAI(base_url=mock_session.base_url("zenmux"), api_key=mock_session.api_key) as client:
            return (await client.models.list()).data

    assert asyncio.run(models())
    mock_session.verify({"match": {"status": 429}, "count": 2}, {"match": {"status": 200}, "count": 1}, order=True)
