"""What is served follows what is saved: real files, and a real watcher."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.tests.acme import GOOD, Folders
from mockserver.watching import watching
from specs import SpecError

LIST = "/acme/base/v1/models"
LIMIT_S = 30  # a watcher that says nothing for so long is broken


class Heard:
    """Sentences and reloads, each to be waited for."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str] = asyncio.Queue()

    def __call__(self, sentence: str) -> None:
        self._queue.put_nowait(sentence)

    async def next(self) -> str:
        return await asyncio.wait_for(self._queue.get(), LIMIT_S)

    async def until(self, sentence: str) -> None:
        """Waits for *sentence*, which others may come before: a save may be seen in two parts."""
        while sentence not in await self.next():
            pass


def save(folder: Path, ids: list[str], name: str = "200-mine", **more: Any) -> None:
    path = folder / "acme" / "listModels" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {"provenance": "synthetic", "source": "made for a test", "date": "2026-11-22", "status": 200, "headers": {}}
    content = json.dumps({**head, "body": {"data": [{"id": each} for each in ids]}, **more})
    hidden = path.with_name(f".{path.name}")
    hidden.write_text(content, encoding="utf-8")
    hidden.rename(path)  # so that nobody sees half of it


def watched(test: Callable[[Heard], Awaitable[None]]) -> None:
    async def run() -> None:
        await test(Heard())

    asyncio.run(run())


def test_each_change_is_a_reload_and_the_start_is_one_too(tmp_path: Path) -> None:
    async def test(heard: Heard) -> None:
        async with watching(tmp_path, lambda: heard("reloaded"), heard):
            assert await heard.next() == "reloaded"
            for number in range(3):
                (tmp_path / f"{number}").mkdir()
                (tmp_path / f"{number}" / "file.json").write_text("1")
                await heard.until("reloaded")

    watched(test)


def test_what_is_refused_is_a_sentence_and_the_next_change_is_taken(tmp_path: Path) -> None:
    wrong = [SpecError("own/a.json", "", found="nothing", expected="something")]

    async def test(heard: Heard) -> None:
        def reload() -> None:
            if (tmp_path / "wrong").exists():
                raise wrong[0]
            heard("reloaded")

        async with watching(tmp_path, reload, heard):
            await heard.until("reloaded")
            (tmp_path / "wrong").write_text("")
            await heard.until("own/a.json: found nothing, expected something; what was served before is served still")
            (tmp_path / "wrong").unlink()
            await heard.until("reloaded")

    watched(test)


def test_a_folder_that_cannot_be_watched_is_a_sentence(tmp_path: Path) -> None:
    async def test(heard: Heard) -> None:
        async with watching(tmp_path / "gone", lambda: None, heard):
            assert "found what cannot be watched" in await heard.next()

    watched(test)


def test_the_mock_serves_what_is_saved_and_the_last_good_set_while_it_is_wrong(folders: Folders, tmp_path: Path) -> None:
    own = tmp_path / "own"
    save(own, ["first"], default=True)
    said = Heard()
    app = create_app(folders.load(), recordings=own, say=said, rate_limit=False)
    with TestClient(app) as client:

        def become(expected: list[str]) -> None:
            for _ in range(10_000):
                if ids(client) == expected:
                    return
            raise AssertionError(f"{ids(client)} never became {expected}")

        assert ids(client) == ["first"]
        save(own, ["second", "third"], default=True)
        become(["second", "third"])
        assert client.get(f"{LIST}/third", headers=GOOD).json() == {"id": "third"}
        (own / "acme" / "listModels" / "200-mine.json").write_text("{")
        assert client.portal is not None
        assert "JSON that cannot be read" in client.portal.call(said.next)
        assert ids(client) == ["second", "third"]
        save(own, ["fourth"], default=True)
        become(["fourth"])


def ids(client: TestClient) -> list[str]:
    return [each["id"] for each in client.get(LIST, headers=GOOD).json()["data"]]


def test_a_wrong_recording_at_the_start_is_refused(folders: Folders, tmp_path: Path) -> None:
    save(tmp_path / "own", [], "200-mine", status=201)
    with pytest.raises(SpecError, match="/status: found 201, expected 200, as in its name"):
        create_app(folders.load(), recordings=tmp_path / "own")


def test_the_limit_counts_on_when_recordings_change(folders: Folders, tmp_path: Path) -> None:
    own = tmp_path / "own"
    save(own, ["first"], default=True)
    app = create_app(folders.load(), recordings=own, now=lambda: 1000.0)

    statuses = []
    for _ in range(2):
        with TestClient(app) as client:  # each start of the lifespan loads anew
            statuses += [client.get(LIST, headers=GOOD).status_code for _ in range(2)]

    assert statuses == [200, 200, 200, 429]


def test_recordings_of_ones_own_can_be_asked_for_by_their_label(folders: Folders, tmp_path: Path) -> None:
    save(tmp_path / "own", ["mine"])
    client = TestClient(create_app(folders.load(), recordings=tmp_path / "own"))

    assert client.get(LIST, headers={"Prefer": "example=mine"}).json() == {"data": [{"id": "mine"}]}
