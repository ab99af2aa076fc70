"""Whether clients waited: every form in which waiting is announced, and what counts as the next request."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.faults.retry_after import FORMS, retry_after
from mockserver.journal import Entry
from mockserver.journal.patience import Patience, did_wait
from mockserver.tests.entries import entry

NOW = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC


def refusal(number: int, at: float, **fields: str) -> Entry:
    """A 429 with *fields*, whose names are written with _ for -."""
    raw = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in fields.items())
    return entry(number, at=NOW + at, status=429, fields=raw, token="sk-1")


def request(number: int, at: float, **changed: Any) -> Entry:
    return entry(number, **{"at": NOW + at, "token": "sk-1", **changed})


def result(*entries: Entry, evicted: int = 0) -> str:
    return did_wait(entries, evicted).result.value


def test_a_report_says_what_was_announced_and_how_long_the_client_waited() -> None:
    first = refusal(1, 0, retry_after="2")

    assert did_wait([first, request(2, 1.5)], 0).json() == {
        "result": "early",
        "evicted": 0,
        "announcements": [
            {
                "number": 1,
                "at": NOW,
                "provider": "acme",
                "key": first.key,
                "status": 429,
                "form": "seconds",
                "text": "2",
                "announced_s": 2.0,
                "next": 2,
                "waited_s": 1.5,
                "early": True,
            }
        ],
    }


ANNOUNCED = [
    ({"retry_after": "1"}, "seconds", 1.0),
    ({"retry_after": "0"}, "seconds", 0.0),
    ({"retry_after": "0.5"}, "fraction", 0.5),
    ({"retry_after": "Fri, 15 Jan 2027 08:00:03 GMT"}, "date", 3.0),
    ({"retry_after": "Friday, 15-Jan-27 08:00:03 GMT"}, "date", 3.0),
    ({"retry_after": "Fri Jan 15 08:00:03 2027"}, "date", 3.0),
    ({"retry_after": "Fri, 15 Jan 2027 07:00:00 GMT"}, "date", 0.0),
    ({"retry_after_ms": "300"}, "milliseconds", 0.3),
    ({"retry_after": "3", "retry_after_ms": "300"}, "milliseconds", 0.3),
    ({"retry_after": "3", "retry_after_ms": "soon"}, "seconds", 3.0),
    ({"retry_after": "soon"}, "unreadable", None),
    ({"retry_after": "-1"}, "unreadable", None),
    ({"retry_after": "9" * 200}, "unreadable", None),
    ({"retry_after": "Fri, 15 Jan 99999 08:00:00 GMT"}, "unreadable", None),
    ({"retry_after_ms": "-1"}, "unreadable", None),
]


@pytest.mark.parametrize(("fields", "form", "seconds"), ANNOUNCED)
def test_each_form_announces_so_long(fields: dict[str, str], form: str, seconds: float | None) -> None:
    [announcement] = did_wait([refusal(1, 0, **fields)], 0).announcements

    assert (announcement.form.value, announcement.announced_s) == (form, seconds)


@pytest.mark.parametrize("preset", FORMS)
def test_every_preset_of_the_mock_is_understood(preset: str) -> None:
    value = retry_after(preset, NOW)
    fields = {} if value is None else {"retry_after": value}
    announced = [each.announced_s for each in did_wait([refusal(1, 0, **fields)], 0).announcements]

    assert (
        announced
        == {
            "seconds": [1],
            "negative": [None],
            "date": [1],
            "past-date": [0],
            "over-120": [121],
            "fraction": [0.5],
            "garbage": [None],
            "missing": [],
            "0": [0],
            "30": [30],
        }[preset]
    )


@pytest.mark.parametrize(("at", "expected"), [(0.9, "early"), (0.995, "waited"), (1.0, "waited"), (5.0, "waited")])
def test_a_client_waits_at_least_so_long_but_for_what_timers_are_early_by(at: float, expected: str) -> None:
    assert result(refusal(1, 0, retry_after="1"), request(2, at)) == expected


def test_a_client_that_never_comes_back_has_waited() -> None:
    report = did_wait([refusal(1, 0, retry_after="1")], 0)

    assert report.result is Patience.WAITED
    assert [(each["next"], each["waited_s"], each["early"]) for each in report.json()["announcements"]] == [(None, None, False)]


def test_each_refusal_is_judged_by_the_request_that_follows_it() -> None:
    entries = [refusal(1, 0, retry_after="1"), refusal(2, 1, retry_after="2"), request(3, 2), request(4, 9)]

    assert [(each.entry.number, each.waited_s, each.early) for each in did_wait(entries, 0).announcements] == [
        (1, 1.0, False),
        (2, 1.0, True),
    ]


@pytest.mark.parametrize("other", [{"token": "sk-2"}, {"token": None}, {"provider": "other"}])
def test_requests_with_another_key_or_to_another_provider_do_not_count(other: dict[str, Any]) -> None:
    assert result(refusal(1, 0, retry_after="1"), request(2, 0.1, **other), request(3, 1)) == "waited"


def test_requests_without_a_key_are_judged_together() -> None:
    first = entry(1, at=NOW, status=503, fields=((b"retry-after", b"1"),))

    assert result(first, entry(2, at=NOW + 0.5)) == "early"


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [request(1, 0), request(2, 0)],
        [refusal(1, 0), request(2, 0)],
        [refusal(1, 0, retry_after="soon"), request(2, 0)],
        [entry(1, status=500, fields=((b"retry-after", b"9"),)), entry(2)],
    ],
    ids=["no request", "no refusal", "no field", "unreadable", "another status"],
)
def test_where_nothing_was_announced_there_is_nothing_to_judge(entries: list[Entry]) -> None:
    assert result(*entries) == "nothing"
    assert result(*entries, evicted=1) == "inconclusive"


def test_evicted_entries_leave_open_whether_all_waited_but_not_that_one_was_early() -> None:
    assert result(refusal(5, 0, retry_after="1"), request(6, 2), evicted=4) == "inconclusive"
    assert result(refusal(5, 0, retry_after="1"), request(6, 0), evicted=4) == "early"


def test_a_clock_that_was_set_back_leaves_it_open() -> None:
    report = did_wait([refusal(1, 0, retry_after="1"), request(2, -60)], 0)

    assert [each.early for each in report.announcements] == [None]
    assert report.result is Patience.INCONCLUSIVE
