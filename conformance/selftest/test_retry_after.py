from __future__ import annotations

import pytest

from conformance.message import Response
from conformance.retry_after import seconds

DATE = ("Date", "Sun, 22 Nov 2026 10:00:00 GMT")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("Retry-After", "7")], 7.0),
        ([("Retry-After", "0")], 0.0),
        ([("Retry-After", "-3")], 0.0),
        ([("Retry-After", "1.5")], 1.5),
        ([("Retry-After", "Sun, 22 Nov 2026 10:00:09 GMT"), DATE], 9.0),
        ([("Retry-After", "Sun, 22 Nov 2026 09:00:00 GMT"), DATE], 0.0),
        ([("Retry-After", "7"), ("retry-after-ms", "250")], 0.25),
        ([("Retry-After", "7"), ("retry-after-ms", "-250")], 0.0),
        ([("Retry-After", "7"), ("retry-after-ms", "soon")], 7.0),
        ([("Retry-After", ".5")], 0.5),
        ([("Retry-After", "9999999999")], 9999999999.0),
    ],
)
def test_every_form_is_read_as_seconds(fields: list[tuple[str, str]], expected: float) -> None:
    assert seconds(Response(429, tuple(fields), b"")) == expected


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("Retry-After", "soon")],
        [("Retry-After", "nan")],
        [("Retry-After", "inf")],
        [("Retry-After", "")],
        [("Retry-After", "1_0")],
        [("Retry-After", "1e3")],
        [("Retry-After", "7, 8")],
        [("Retry-After", "٧")],
        [("Retry-After", "9" * 400)],
        [("Retry-After", "Sun, 22 Nov 2026 10:00:09 +99999999999999999999"), DATE],
        [("Retry-After", "Sun, 22 Nov 2026 10:00:09 GMT")],
        [("Retry-After", "Sun, 22 Nov 2026 10:00:09"), DATE],
    ],
)
def test_what_cannot_be_read_says_nothing(fields: list[tuple[str, str]]) -> None:
    assert seconds(Response(429, tuple(fields), b"")) is None
