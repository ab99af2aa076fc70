"""What was captured from a live gateway is answered as it was."""

from __future__ import annotations

from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.tests.acme import GOOD, JSON, MODELS, Folders

MODEL = "/acme/base/v1/models/coder"


def captured(folders: Folders, label: str) -> TestClient:
    """A gateway whose list and whose model "coder" have recordings of this *label*, the model's with more in it."""
    folders.recording(f"listModels/200-{label}", {"data": MODELS}, provenance="captured")
    folders.recording(f"getModel/200-{label}", {"id": "coder", "more": 1}, {**JSON, "ETag": '"own"'}, provenance="captured")
    folders.recording("getModel/200-documented", {"id": "shown"}, default=True)
    return TestClient(create_app(folders.load(), example="live"))


def test_a_model_is_answered_as_it_was_captured_with_its_own_tag(folders: Folders) -> None:
    answer = captured(folders, "live").get(MODEL, headers=GOOD)

    assert (answer.json(), answer.headers["etag"]) == ({"id": "coder", "more": 1}, '"own"')


def test_another_model_is_answered_as_it_stands_in_the_list_without_that_tag(folders: Folders) -> None:
    answer = captured(folders, "live").get("/acme/base/v1/models/plain", headers=GOOD)

    assert (answer.json(), answer.headers.get("etag")) == (MODELS[3], None)


def test_beside_another_list_it_is_answered_as_that_list_has_it(folders: Folders) -> None:
    client = captured(folders, "live")

    assert client.get(MODEL, headers={**GOOD, "Prefer": "example=catalogue"}).json() == MODELS[2]
