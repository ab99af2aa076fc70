"""The clock of a session: real time, moved or standing still, and all that it drives."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import httpx2
import pytest

from mockserver.state.clock import REAL, Clock
from mockserver.testing import running
from mockserver.tests.acme import GOOD
from mockserver.tests.admin import SESSIONS, entries, mock, models, moved, opened, statuses
from mockserver.tests.conftest import Clock as RealClock
from specs import Provider

Providers = dict[str, Provider]
NOON = "2027-01-31T12:00:00Z"
NOON_S = 1801396800


def test_it_shows_real_time_at_first() -> None:
    assert REAL.at(1000) == 1000


def test_it_is_moved_whether_it_stands_still_or_not() -> None:
    assert REAL.advanced(60).at(1000) == 1060
    assert REAL.frozen(500).advanced(60).at(1000) == 560


def test_it_goes_on_from_where_it_stood() -> None:
    assert REAL.frozen(500).running(1000).at(1010) == 510


def test_one_that_goes_is_left_going() -> None:
    assert Clock(60).running(1000) == Clock(60)


def test_it_is_shown(acme: Providers, clock: RealClock) -> None:
    clock.now = NOON_S
    client = mock(acme, now=clock)
    session = opened(client)
    shown = client.get("/__mock/clock", params={"session": session["id"]}).json()

    assert shown == {"now": NOON_S, "date": "2027-01-31T12:00:00.000Z", "frozen": False, "offset_s": 0}


def test_it_is_reset_frozen_and_advanced_in_this_order(acme: Providers, clock: RealClock) -> None:
    client = mock(acme, now=clock)
    session = opened(client)
    moved(client, session, advance_s=500)

    assert moved(client, session, reset=True, freeze=True, advance_s=5)["now"] == clock.now + 5
    clock.now += 100
    assert moved(client, session, advance_s=1) == {
        "now": clock.now - 94,
        "date": "1970-01-01T00:16:46.000Z",
        "frozen": True,
        "offset_s": -94,
    }
    assert moved(client, session, freeze=False)["now"] == clock.now - 94
    clock.now += 100
    assert moved(client, session, advance_s=-6)["now"] == clock.now - 100
    assert moved(client, session, reset=True) == {
        "now": clock.now,
        "date": "1970-01-01T00:20:00.000Z",
        "frozen": False,
        "offset_s": 0,
    }


@pytest.mark.parametrize("moment", [NOON, NOON_S, "2027-01-31t13:00:00.0+01:00"], ids=["date", "seconds", "other zone"])
def test_it_is_set_to_a_moment(acme: Providers, moment: str | float) -> None:
    client = mock(acme)

    assert moved(client, opened(client), freeze=moment)["date"] == "2027-01-31T12:00:00.000Z"


@pytest.mark.parametrize(
    "change",
    [
        {"freeze": "9999-12-31T23:59:59Z"},
        {"freeze": "0001-01-01T00:00:00+23:59"},
        {"freeze": 4102444800, "advance_s": 1},
        {"freeze": 0, "advance_s": -1},
    ],
    ids=["far", "long ago", "beyond", "before"],
)
def test_a_moment_that_cannot_be_written_everywhere_is_refused_and_changes_nothing(
    acme: Providers, clock: RealClock, change: dict[str, str | float]
) -> None:
    client = mock(acme, now=clock)
    session = opened(client)
    answer = client.post("/__mock/clock", json=change, headers={"X-Mock-Session": session["id"]})

    assert answer.status_code == 400
    assert "expected 0 to 4102444800, which is in 2100." in answer.json()["detail"]
    assert client.get(f"/__mock/clock?session={session['id']}").json()["now"] == clock.now


def test_however_often_it_is_advanced_it_never_leaves_what_can_be_written(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, ttl_s=604800)
    moved(client, session, freeze=4102444800 - 3)
    fields = {"X-Mock-Session": session["id"]}
    found = [client.post("/__mock/clock", json={"advance_s": 1}, headers=fields).status_code for _ in range(5)]

    assert found == [200, 200, 200, 400, 400]
    assert client.get("/__mock/clock", headers=fields).json()["date"] == "2100-01-01T00:00:00.000Z"
    assert statuses(client, session, 1, Prefer="code=429, retry-after=date") == [429]


@pytest.mark.parametrize("moment", ["2027-02-30T12:00:00Z", "2027-01-31T12:00:00+99:00", "2027-01-31T12:00:60Z"])
def test_a_date_that_there_is_not_is_refused(acme: Providers, moment: str) -> None:
    client = mock(acme)
    answer = client.post("/__mock/clock", json={"freeze": moment}, headers={"X-Mock-Session": opened(client)["id"]})

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"The body at /freeze: found '{moment}', expected true, false")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_default_traffic_has_no_clock(acme: Providers, method: str) -> None:
    answer = mock(acme).request(method, "/__mock/clock")

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("found no session, expected its id in X-Mock-Session or ?session=")


def test_it_drives_the_window_of_the_limit(acme: Providers, clock: RealClock) -> None:
    client = mock(acme, now=clock)
    session = opened(client, limit={"requests": 1, "window_s": 60})
    moved(client, session, freeze=True)
    assert statuses(client, session, 2) == [200, 429]
    clock.now += 1000
    assert statuses(client, session, 1) == [429]
    moved(client, session, advance_s=60)

    assert statuses(client, session, 2) == [200, 429]


def test_it_drives_the_dates_in_retry_after(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client)
    moved(client, session, freeze=NOON)
    answer = client.get(models(session), headers={**GOOD, "Prefer": "code=429, retry-after=date"})
    date = parsedate_to_datetime(answer.headers["retry-after"])

    assert 0 < date.timestamp() - NOON_S <= 60


def test_it_drives_chaos(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, chaos={"rates": {"500": 1}, "ttl_s": 30})
    moved(client, session, freeze=True, advance_s=29)
    assert statuses(client, session, 1) == [500]
    moved(client, session, advance_s=1)

    assert statuses(client, session, 1) == [200]


def test_it_dates_the_journal(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client)
    moved(client, session, freeze=NOON)
    statuses(client, session, 1)
    har = client.get("/__mock/journal.har", headers={"X-Mock-Session": session["id"]}).json()

    assert entries(client, session)[0]["at"] == NOON_S
    assert har["log"]["entries"][0]["startedDateTime"] == "2027-01-31T12:00:00.000Z"


@pytest.mark.parametrize("prefer", ["code=200", "delay=1", "fault=DRIBBLE, duration=10"])
def test_it_dates_answers(acme: Providers, prefer: str) -> None:
    with running(acme) as running_mock, httpx2.Client(base_url=running_mock.url) as client:
        session = client.post(SESSIONS, json={}).json()
        client.post("/__mock/clock", json={"freeze": NOON}, params={"session": session["id"]})
        answer = client.get(models(session), headers={**GOOD, "Prefer": prefer})
        plain = client.get("/acme/base/v1/models", headers=GOOD)

    assert answer.headers.get_list("date") == ["Sun, 31 Jan 2027 12:00:00 GMT"]
    assert abs(parsedate_to_datetime(plain.headers["date"]).timestamp() - NOON_S) > 3600
