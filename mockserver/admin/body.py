"""The JSON body of a request to the admin API: read within bounds, parsed, checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from mockserver.admin.schema import SCHEMAS

MAX_OCTETS = 1_000_000
MAX_EXACT = 2**53  # from here on a float stands for several whole numbers
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
        value = json.loads(octets.decode(), parse_float=_number, object_pairs_hook=_members)
        json.dumps(value, ensure_ascii=False).encode()  # fails for halves of characters, which no answer could repeat
        SCHEMAS.check(schema, value)
    except (ValueError, RecursionError):
        raise HTTPException(400, "The body cannot be read as JSON.") from None
    return value


def _number(text: str) -> float:
    """The number in *text*; 2.0 is the whole number 2, as JSON Schema has it (2020-12, section 4.2.1)."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < MAX_EXACT else number


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object that has *pairs* of names and values. Its names are not repeated in any error, as they may be keys."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise HTTPException(400, "The body has an object with two members of one name, expected each once.")
    return members
