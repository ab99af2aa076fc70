"""The JSON body of a request to the admin API: read within bounds, parsed, checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from mockserver.admin.schema import SCHEMAS

MAX_OCTETS = 1_000_000
JSON = ("application/json",)


async def json_body(request: Request, schema: str, *, default: Any = None, media_types: Sequence[str] = JSON) -> Any:
    """The value in the body of *request*, which fits *schema*; *default* for no body at all.

    Raises HTTPException with a sentence: 400, 413 for more than MAX_OCTETS, 415 for none of *media_types*.
    """
    octets = bytearray()
    async for part in request.stream():
        octets += part
        if len(octets) > MAX_OCTETS:
            raise HTTPException(413, f"The body is too long, expected at most {MAX_OCTETS} octets.")
    if not octets and default is not None:
        return default
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in media_types:
        raise HTTPException(415, f"Found the media type {media_type!r:.80}, expected {' or '.join(media_types)}.")
    try:
        value = json.loads(octets)
    except (ValueError, RecursionError):
        raise HTTPException(400, "The body cannot be read as JSON.") from None
    SCHEMAS.check(schema, value)
    return value
