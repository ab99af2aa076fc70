"""The request as the gateways see it: a value, without ASGI and without its body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Request(NamedTuple):
    """One request to one provider.

    *path* is as on the provider's own host, raw: percent-encoded, but for unreserved characters. *query* holds
    the first value of each parameter, decoded, *query_string* all as it came. *headers* has the fields by lower-case
    name, several of one name joined by commas (RFC 9110 section 5.3).
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    query_string: bytes = b""
