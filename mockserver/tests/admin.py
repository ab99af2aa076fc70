"""The mock with its admin API, as a program on the same machine sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.tests.acme import GOOD
from specs import Provider

SESSIONS = "/__mock/sessions"


def mock(providers: Mapping[str, Provider], **options: Any) -> TestClient:
    """A client of a mock of *providers* with these *options*."""
    app = create_app(providers, **options)
    return TestClient(app, base_url="http://127.0.0.1:8080", client=("127.0.0.1", 50000))


def opened(client: TestClient, **settings: Any) -> dict[str, Any]:
    """A new session with these *settings*, as the mock shows it."""
    answer = client.post(SESSIONS, json=settings)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def models(session: Mapping[str, Any]) -> str:
    """The URL of the list of acme in *session*."""
    return f"{session['base_urls']['acme']}/models"


def statuses(client: TestClient, session: Mapping[str, Any], count: int, **fields: str) -> list[int]:
    """What *count* requests for the list of acme in *session* get."""
    return [client.get(models(session), headers={**GOOD, **fields}).status_code for _ in range(count)]


def entries(client: TestClient, session: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The journal of *session*."""
    found: list[dict[str, Any]] = client.get("/__mock/journal", headers={"X-Mock-Session": session["id"]}).json()["entries"]
    return found


def moved(client: TestClient, session: Mapping[str, Any], **change: Any) -> dict[str, Any]:
    """The clock of *session* after this *change*."""
    answer = client.post("/__mock/clock", json=change, headers={"X-Mock-Session": session["id"]})
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown
