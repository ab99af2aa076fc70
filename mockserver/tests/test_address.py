"""Where a request goes, remembered or not."""

from __future__ import annotations

from typing import Any

from mockserver.address import address_of


def scope(path: str = "/acme/v1/models", *fields: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": list(fields)}


def test_the_first_segment_is_told_from_what_is_below_it() -> None:
    address = address_of(scope("/s/abc/acme/v1/models", (b"host", b"Mock.test:80")))

    assert (address.session, address.host) == ("abc", "mock.test")
    assert (address.first, address.below.path, address.request.path) == ("acme", "/v1/models", "/acme/v1/models")


def test_equal_requests_are_read_once() -> None:
    assert address_of(scope()) is address_of(scope())


def test_another_key_is_another_request() -> None:
    one, other = (address_of(scope("/acme", (b"authorization", b"Bearer " + key))) for key in (b"sk-1", b"sk-2"))

    assert (one.request.headers["authorization"], other.request.headers["authorization"]) == ("Bearer sk-1", "Bearer sk-2")


def test_a_long_request_is_read_each_time_and_not_remembered() -> None:
    long = (b"x-long", b"a" * 10_000)

    assert address_of(scope("/acme", long)) == address_of(scope("/acme", long))
    assert address_of(scope("/acme", long)) is not address_of(scope("/acme", long))


def test_fields_may_come_as_lists() -> None:
    listed: Any = [b"host", b"mock.test"]

    assert address_of(scope("/acme", listed)).host == "mock.test"
