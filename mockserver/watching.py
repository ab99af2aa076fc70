"""Watching a folder, so that what is served follows what is saved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from watchfiles import awatch

from mockserver.errors import UsageError
from specs import SpecError


@asynccontextmanager
async def watching(folder: Path, reload: Callable[[], None], say: Callable[[str], None]) -> AsyncIterator[None]:
    """For as long as the context lasts, *reload* is called after each change below *folder*, and once at its start.

    What *reload* refuses, by SpecError or UsageError, is a sentence for *say*; what it served before, it goes on serving.
    """
    stop = asyncio.Event()
    task = asyncio.create_task(watch(folder, reload, say, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def watch(folder: Path, reload: Callable[[], None], say: Callable[[str], None], stop: asyncio.Event) -> None:
    """Calls *reload* after each change below *folder*, until *stop* is set; changes within 50 ms are one."""
    changes = awatch(folder, stop_event=stop, step=10)
    # Started before the first reload, so that no change falls between the two.
    following = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    _reload(reload, say)
    try:
        while True:
            await following
            _reload(reload, say)
            following = asyncio.ensure_future(anext(changes))
    except StopAsyncIteration:
        pass
    except (OSError, RuntimeError) as error:  # watchfiles has a RuntimeError of its own, and does not export it
        say(f"{folder}: found what cannot be watched ({error}), expected a folder; start again to serve what changes in it")


def _reload(reload: Callable[[], None], say: Callable[[str], None]) -> None:
    try:
        reload()
    except (SpecError, UsageError) as error:
        say(f"{error}; what was served before is served still")
