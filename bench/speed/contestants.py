"""All contestants, in the order of the table."""

from __future__ import annotations

from bench.speed.contestant import Contestant
from bench.speed.mock import OURS, OURS_ON_GRANIAN
from bench.speed.mocks import AIMOCK, JSON_SERVER, MOCKOON, MOCKSERVER, PRISM, WIREMOCK
from bench.speed.reference import ASGI, GRANIAN, NGINX, STARLETTE, STARLETTE_LAST

CONTESTANTS: dict[str, Contestant] = {
    each.key: each
    for each in (
        OURS,
        NGINX,
        GRANIAN,
        OURS_ON_GRANIAN,
        ASGI,
        STARLETTE,
        STARLETTE_LAST,
        AIMOCK,
        MOCKSERVER,
        WIREMOCK,
        PRISM,
        JSON_SERVER,
        MOCKOON,
    )
}
"""By the keys that ``--only`` takes."""
