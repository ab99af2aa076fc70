from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.allowance import Allowance, allowance, reset_seconds
from conformance.message import Response

DATE = "Sun, 22 Nov 2026 10:00:00 GMT"
SENT = 1_795_341_600


def told(**fields: str) -> Allowance | None:
    """What an answer with *fields* tells; an underscore stands for a hyphen."""
    headers = (("Date", DATE), *((name.replace("_", "-"), value) for name, value in fields.items()))
    return allowance(Response(200, headers, b""))


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("30", 30.0),
        ("0", 0.0),
        ("0.5", 0.5),
        ("17ms", 0.017),
        ("1m26.4s", 86.4),
        ("6m0s", 360.0),
        ("1h0m0s", 3600.0),
        ("250us", 0.00025),
        ("250µs", 0.00025),
        (str(SENT + 45), 45.0),
        (f"{SENT + 45}.5", 45.5),
        (str((SENT + 45) * 1000), 45.0),
        (str(SENT - 45), 0.0),
        ("Sun, 22 Nov 2026 10:00:09 GMT", 9.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("2026-11-22T10:00:09Z", 9.0),
        ("2026-11-22T12:00:09+02:00", 9.0),
    ],
)
def test_every_form_of_a_reset_is_read_as_seconds(field: str, expected: float) -> None:
    found = reset_seconds(field, DATE)

    assert found == pytest.approx(expected)


@pytest.mark.parametrize("field", ["", "soon", "-5", "1m-3s", "5 minutes", "1e9", "nan", "inf", "9" * 40, "١٢", "5d", None])
def test_what_is_no_time_says_nothing(field: str | None) -> None:
    assert reset_seconds(field, DATE) is None


def test_a_time_without_the_date_of_the_answer_says_nothing() -> None:
    assert reset_seconds(str(SENT + 45), None) is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_a_reset_is_it_is_no_wait_below_zero(field: str, date: str) -> None:
    found = reset_seconds(field, date)

    assert found is None or found >= 0


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {
                "x_ratelimit_limit_requests": "500",
                "x_ratelimit_remaining_requests": "499",
                "x_ratelimit_reset_requests": "120ms",
            },
            Allowance(499, 0.12, 500),
        ),
        ({"X_RateLimit_Remaining": "3", "X_RateLimit_Reset": "60"}, Allowance(3, 60.0)),
        ({"X_Rate_Limit_Remaining": "3", "X_Rate_Limit_Reset": "60"}, Allowance(3, 60.0)),
        ({"RateLimit_Limit": "100", "RateLimit_Remaining": "50", "RateLimit_Reset": "5"}, Allowance(50, 5.0, 100)),
        ({"RateLimit": "limit=100, remaining=50, reset=5"}, Allowance(50, 5.0, 100)),
        ({"RateLimit": '"default";r=50;t=30'}, Allowance(50, 30.0)),
        ({"RateLimit_Policy": '"default";q=100;w=60', "RateLimit": '"default";r=50;t=30'}, Allowance(50, 30.0, 100)),
        ({"RateLimit": '"hour";r=900;t=3000, "minute";r=2;t=30;pk=:cHVi:'}, Allowance(2, 30.0)),
        ({"RateLimit": '"a;r=0;t=9, b";r=50;t=30'}, Allowance(50, 30.0)),
        ({"x_ratelimit_remaining": "-1", "x_ratelimit_reset": "60"}, Allowance(0, 60.0)),
        ({"x_ratelimit_remaining": "9", "x_ratelimit_reset": "1", "RateLimit": '"d";r=1;t=8'}, Allowance(1, 8.0)),
    ],
)
def test_every_family_of_fields_is_read_and_the_scarcest_counts(fields: dict[str, str], expected: Allowance) -> None:
    assert told(**fields) == expected


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"x_ratelimit_remaining": "3"},
        {"x_ratelimit_reset": "3"},
        {"x_ratelimit_remaining": "many", "x_ratelimit_reset": "3"},
        {"x_ratelimit_remaining_tokens": "0", "x_ratelimit_reset_tokens": "6m0s"},
        {"RateLimit": "garbage"},
        {"RateLimit": '"default";r=5'},
        {"RateLimit": '"default";q=5;w=60'},
    ],
)
def test_what_does_not_tell_both_tells_nothing(fields: dict[str, str]) -> None:
    assert told(**fields) is None


@given(st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=200))
def test_whatever_the_field_is_it_is_read_or_passed_over(field: str) -> None:
    told(RateLimit=field, RateLimit_Policy=field, x_ratelimit_remaining=field, x_ratelimit_reset=field)
