"""Where a request goes."""

from __future__ import annotations

from typing import Any

from mockserver.address import address_of


def scope(path: str = "/acme/v1/models", *fields: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": list(fields)}


def test_the_first_segment_is_told_from_what_is_below_it() -> None:
    address = address_of(scope("/s/abc/acme/v1/models", (b"host", b"Mock.test:80")))

    assert (address.session, address.host) == ("abc", "mock.test")
    assert (address.first, address.below.path, address.request.path) == ("acme", "/v1/models", "/acme/v1/models")


def test_fields_may_come_as_lists() -> None:
    listed: Any = [b"host", b"mock.test"]

    assert address_of(scope("/acme", listed)).host == "mock.test"
