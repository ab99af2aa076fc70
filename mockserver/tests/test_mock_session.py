"""The session as a test holds it, on a mock that listens."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import httpx2
import pytest

from mockserver import UsageError
from mockserver.testing import Mock, MockSession, running
from specs import Provider

Providers = dict[str, Provider]


@pytest.fixture(scope="module")
def mock(acme: Providers) -> Iterator[Mock]:
    with running(acme) as mock:
        yield mock


@pytest.fixture
def session(mock: Mock) -> Iterator[MockSession]:
    with mock.session() as session:
        yield session


def get(session: MockSession, path: str = "/models") -> httpx2.Response:
    return httpx2.get(f"{session.base_url('acme')}{path}", headers={"Authorization": "Bearer sk-1"})


def statuses(session: MockSession, count: int) -> list[int]:
    return [get(session).status_code for _ in range(count)]


def test_its_url_leads_to_it(mock: Mock, session: MockSession) -> None:
    assert session.url == f"{mock.url}/s/{session.id}"
    assert get(session).status_code == 200
    assert [each.session for each in session.journal()] == [session.id]


def test_its_key_leads_to_it_by_itself(mock: Mock, session: MockSession) -> None:
    headers = {"Authorization": f"Bearer {session.api_key}"}

    assert httpx2.get(f"{mock.base_url('acme')}/models", headers=headers).status_code == 200
    assert len(session.journal()) == 1


def test_a_provider_that_is_not_served_has_no_base_url(session: MockSession) -> None:
    with pytest.raises(LookupError, match="provider 'nope': expected one of acme"):
        session.base_url("nope")


def test_it_takes_settings_when_it_is_made(mock: Mock) -> None:
    with mock.session(fault="EMPTY_LIST") as session:
        assert get(session).json() == {"data": []}


def test_what_the_mock_refuses_is_said_in_its_words(mock: Mock, session: MockSession) -> None:
    with pytest.raises(UsageError, match=r"PATCH /__mock/sessions/.*NOPE"):
        session.fault("NOPE")
    with pytest.raises(UsageError, match=r"POST /__mock/sessions: .*nope"), mock.session(provider="nope"):
        pass


def test_a_sequence_is_answered_step_by_step(session: MockSession) -> None:
    session.sequence({"prefer": "code=429", "times": 2}, "code=503", "")

    assert statuses(session, 5) == [429, 429, 503, 200, 200]


def test_a_sequence_can_start_again(session: MockSession) -> None:
    session.sequence("code=503", "", on_end="loop")

    assert statuses(session, 4) == [503, 200, 503, 200]


def test_a_sequence_can_be_for_one_operation(session: MockSession) -> None:
    session.sequence("code=503", "", operation="getModel")

    assert [get(session).status_code, get(session, "/models/plain").status_code] == [200, 503]


def test_a_fault_can_be_set_and_ended(session: MockSession) -> None:
    session.fault("EMPTY_LIST")
    spoiled = get(session).json()
    session.fault(None)

    assert spoiled == {"data": []}
    assert len(get(session).json()["data"]) == 4


def test_another_catalogue_can_be_served(session: MockSession) -> None:
    session.serve("example=empty")

    assert get(session).json() == {"data": []}


def test_chaos_takes_the_place_of_other_chaos(session: MockSession) -> None:
    session.chaos({"429": 1.0})
    first = statuses(session, 2)
    session.chaos({"503": 1.0}, seed=7)
    second = statuses(session, 2)
    session.chaos(None)

    assert (first, second, statuses(session, 1)) == ([429, 429], [503, 503], [200])


def test_chaos_ends_by_the_clock(session: MockSession) -> None:
    session.freeze()
    session.chaos({"429": 1.0}, ttl_s=60)
    before = statuses(session, 1)
    session.advance(60)

    assert before + statuses(session, 1) == [429, 200]


def test_a_limit_counts_by_the_clock(session: MockSession) -> None:
    session.limit(2, 60)
    session.freeze()
    first = statuses(session, 3)
    session.advance(61)

    assert (first, statuses(session, 1)) == ([200, 200, 429], [200])


def test_the_clock_can_be_stopped_moved_and_set_back(session: MockSession) -> None:
    moment = session.freeze("2026-01-31T12:00:00Z")

    assert moment == 1769860800
    assert session.advance(61) == moment + 61
    assert parsedate_to_datetime(get(session).headers["date"]).timestamp() == moment + 61
    assert session.resume() == pytest.approx(moment + 61, abs=60)
    assert session.reset_clock() > moment + 10_000


def test_the_journal_can_be_read_by_a_pattern(session: MockSession) -> None:
    session.sequence("code=503", "")
    statuses(session, 2)

    assert [each.number for each in session.journal(status=503)] == [1]


def test_what_is_as_expected_passes(session: MockSession) -> None:
    session.sequence("code=503", "")
    statuses(session, 3)

    session.verify({"match": {"status": 503}, "count": 1}, {"match": {"status": 200}, "count": 2}, order=True)


def test_what_is_not_as_expected_fails_with_the_nearest_misses(session: MockSession) -> None:
    get(session)

    with pytest.raises(
        AssertionError, match=r"(?s)mismatch: .*expected 1.*nearest: 1\. GET /base/v1/models, 200: status is 200, not 429"
    ):
        session.verify({"match": {"status": 429}, "count": 1})


def test_a_client_that_waits_passes(session: MockSession) -> None:
    session.sequence("code=429, retry-after=30", "")
    session.freeze()
    get(session)
    session.advance(30)
    get(session)

    session.verify_retry_after()


def test_a_client_that_does_not_wait_fails_with_what_it_was_told(session: MockSession) -> None:
    session.sequence("code=429, retry-after=30", "")
    session.freeze()
    statuses(session, 2)

    with pytest.raises(AssertionError, match=r"retry-after: early\n  1\. said '30'; 2\. came after 0\.000 s"):
        session.verify_retry_after()


def test_it_is_gone_when_the_block_ends(mock: Mock) -> None:
    with mock.session() as session:
        pass

    with pytest.raises(UsageError, match="no such session"):
        session.journal()


def test_one_that_its_own_clock_has_ended_can_be_left(mock: Mock) -> None:
    with mock.session(ttl_s=60) as session:
        session.advance(3600)
