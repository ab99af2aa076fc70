"""The state by its URL."""

from __future__ import annotations

import re
from collections.abc import Callable

from mockserver.errors import UsageError
from mockserver.state.memory import Memory
from mockserver.state.session import Session
from mockserver.state.settings import Settings
from mockserver.state.store import Store, UnavailableError

MEMORY = "memory://"
SHARED = ("redis://", "rediss://", "unix://")  # as the library redis reads them
# What stands behind the host is the number of a database; the library takes anything else for 0.
_NUMBERED = re.compile(r"unix://|rediss?://[^/?#]*(?:/[0-9]{0,5})?(?:[?#]|$)")
PATIENCE_S = 3  # for the first answer


def is_shared(url: str) -> bool:
    """Whether several processes can have the state at *url* together."""
    return url.startswith(SHARED)


def open_store(url: str, default: Session, settings: Settings, now: Callable[[], float]) -> Store:
    """The state at *url*; *default* are the settings of the default traffic, *settings* reads those of sessions.

    *now* gives seconds since 1970. Raises UsageError for a *url* that is none.
    """
    if url == MEMORY:
        return Memory(default, now)
    if is_shared(url):
        if _NUMBERED.match(url) is None:
            raise UsageError(
                f"state {without_secrets(url)!r}: found no number of a database, expected one as in redis://127.0.0.1:6379/1"
            )
        from mockserver.state.redis import Redis  # noqa: PLC0415 - its library takes as long to import as all of the rest

        return Redis(url, default, settings.session, now)
    raise UsageError(f"state {without_secrets(url)!r}: expected {MEMORY} or {' or '.join(SHARED)} with an address behind")


def check(url: str) -> None:
    """Raises UnavailableError when nobody answers at *url*."""
    if not is_shared(url):
        return
    from redis import Redis, RedisError  # noqa: PLC0415 - as above

    try:
        with Redis.from_url(url, socket_connect_timeout=PATIENCE_S, socket_timeout=PATIENCE_S) as redis:
            redis.ping()
    except (RedisError, OSError) as error:
        raise UnavailableError(f"cannot reach the state at {without_secrets(url)}: {error}; is Redis running there?") from None


def without_secrets(url: str) -> str:
    """*url* without name, password and query."""
    return re.sub("//[^/]*@", "//", url).partition("?")[0].partition("#")[0]
