"""Entries of a journal, of which a test says only what it is about."""

from __future__ import annotations

from typing import Any

from mockserver.journal import Cause, Entry, entry_of


def entry(number: int = 1, *, token: str | None = None, headers: dict[str, str] | None = None, **changed: Any) -> Entry:
    """The entry of a request for a list, with *token* as its key, and what is *changed* of it."""
    authorization = {"authorization": f"Bearer {token}"} if token else {}
    plain: dict[str, Any] = {
        "at": 1_800_000_000.0 + number,  # 2027-01-15 08:00 UTC
        "session": "",
        "provider": "acme",
        "operation": "listModels",
        "method": "GET",
        "path": "/v1/models",
        "query": "",
        "status": 200,
        "fields": (),
        "content": b"",
        "cause": Cause.RECORDING,
    }
    return entry_of(number=number, token=token, headers={"host": "mock", **authorization, **(headers or {})}, **plain | changed)
