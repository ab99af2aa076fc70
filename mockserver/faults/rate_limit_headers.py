"""The fields by which gateways tell how much of a limit is left, in the ways that clients know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from specs.contract import RateLimit

if TYPE_CHECKING:
    from mockserver.limiter import Limit, Verdict

PROFILES = ("openai", "ietf", "none")
UNDOCUMENTED = RateLimit(60, 60)  # what is told where the gateway documents no limit

_OPENAI = ("x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests")
_IETF = ("RateLimit-Policy", "RateLimit")
_OLDER = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


def rate_limit_headers(
    profile: str,
    limit: RateLimit | Limit,
    verdict: Verdict | None = None,
    *,
    exceeded: bool = False,
    wait_s: int | None = None,
) -> Mapping[str, str | None]:
    """The fields of *profile*; all others are None, as they have to go.

    They tell the *verdict* on this call. Without one nothing is left where the limit is *exceeded*, else all but one
    call; *wait_s* is how long until it is whole again, by default the window.
    """
    if verdict is not None:
        remaining, reset_s = verdict.remaining, verdict.reset_s
    else:
        remaining = 0 if exceeded else limit.requests - 1
        reset_s = limit.window_s if wait_s is None else wait_s
    fields: dict[str, str | None] = dict.fromkeys((*_OPENAI, *_IETF, *_OLDER))
    if profile == "openai":
        fields |= zip(_OPENAI, (str(limit.requests), str(remaining), go_duration(reset_s)), strict=True)
    elif profile == "ietf":  # draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4
        policy = f'"default";q={limit.requests};w={limit.window_s}'
        fields |= zip(_IETF, (policy, f'"default";r={remaining};t={reset_s}'), strict=True)
    return fields


def go_duration(seconds: int) -> str:
    """*seconds* as Go prints a time.Duration: ``0s``, ``1s``, ``1m0s``, ``1h0m0s``."""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minute}m{second}s"
    return f"{minute}m{second}s" if minute else f"{second}s"
