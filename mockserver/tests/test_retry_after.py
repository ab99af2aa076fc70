"""What errors say about trying again, and about limits."""

from __future__ import annotations

import pytest

from mockserver.faults.rate_limit_headers import go_duration, rate_limit_headers
from mockserver.faults.retry_after import FORMS, retry_after
from specs.contract import RateLimit

NOW = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC
VALUES = [
    ("seconds", "1"),
    ("0", "0"),
    ("30", "30"),
    ("negative", "-1"),
    ("date", "Fri, 15 Jan 2027 08:00:01 GMT"),
    ("past-date", "Fri, 15 Jan 2027 07:00:00 GMT"),
    ("over-120", "121"),
    ("fraction", "0.5"),
    ("garbage", "soon"),
    ("missing", None),
]


@pytest.mark.parametrize(("preset", "value"), VALUES)
def test_a_preset_has_its_value(preset: str, value: str | None) -> None:
    assert retry_after(preset, NOW) == value


def test_every_preset_is_tested() -> None:
    assert {preset for preset, _ in VALUES} == set(FORMS)


@pytest.mark.parametrize("preset", ["", "later", "٣", "1234567890"])
def test_another_preset_is_refused(preset: str) -> None:
    with pytest.raises(KeyError):
        retry_after(preset, NOW)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (1, "1s"), (60, "1m0s"), (61, "1m1s"), (3600, "1h0m0s"), (3661, "1h1m1s")]
)
def test_durations_are_written_as_go_does(seconds: int, text: str) -> None:
    assert go_duration(seconds) == text


def profile(name: str, *, exceeded: bool, wait_s: int | None = None) -> dict[str, str]:
    fields = rate_limit_headers(name, RateLimit(60, 90), exceeded=exceeded, wait_s=wait_s)
    return {field: value for field, value in fields.items() if value is not None}


def test_openais_profile() -> None:
    assert profile("openai", exceeded=False) == {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "1m30s",
    }
    assert profile("openai", exceeded=True, wait_s=7)["x-ratelimit-remaining-requests"] == "0"
    assert profile("openai", exceeded=True, wait_s=7)["x-ratelimit-reset-requests"] == "7s"


def test_ietfs_profile() -> None:
    assert profile("ietf", exceeded=True, wait_s=7) == {
        "RateLimit-Policy": '"default";q=60;w=90',
        "RateLimit": '"default";r=0;t=7',
    }


def test_the_profile_none_takes_all_such_fields_away() -> None:
    fields = rate_limit_headers("none", RateLimit(60, 90), exceeded=True, wait_s=None)

    assert set(fields.values()) == {None}
    assert {"RateLimit", "x-ratelimit-remaining-requests", "x-ratelimit-limit"} < set(fields)
