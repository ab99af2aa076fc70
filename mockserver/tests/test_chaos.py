"""Chaos: drawn failures."""

from __future__ import annotations

import math

import pytest
from starlette.testclient import TestClient

from mockserver import UsageError, create_app
from mockserver.chaos import Chaos, rates
from mockserver.faults import FAULTS
from mockserver.tests.acme import GOOD, Folders
from mockserver.tests.admin import entries, mock, models, opened
from mockserver.tests.admin import statuses as of_session
from specs import Provider

Providers = dict[str, Provider]
LIST = "/acme/base/v1/models"


def statuses(providers: Providers, seed: int, count: int = 25) -> list[int]:
    client = TestClient(create_app(providers, chaos={"429": 0.2, "500": 0.1}, seed=seed, rate_limit=False))
    return [client.get(LIST, headers=GOOD).status_code for _ in range(count)]


def test_a_seed_repeats_the_failures(acme: Providers) -> None:
    assert statuses(acme, 7) == statuses(acme, 7)
    assert statuses(acme, 7) != statuses(acme, 8)
    assert set(statuses(acme, 7)) == {200, 429, 500}


def test_the_failures_are_as_frequent_as_asked_for() -> None:
    chaos = Chaos.of({"429": 0.2, "500": 0.1}, seed=1)
    drawn = [chaos.draw(number).hit for number in range(1, 20_001)]

    assert drawn.count("429") / len(drawn) == pytest.approx(0.2, abs=0.01)
    assert drawn.count("500") / len(drawn) == pytest.approx(0.1, abs=0.01)


def test_probability_one_fails_always_and_zero_never(acme: Providers) -> None:
    always = TestClient(create_app(acme, chaos={"500": 1.0, "429": 0}))
    never = TestClient(create_app(acme, chaos={"500": 0}))

    assert {always.get(LIST).status_code for _ in range(20)} == {500}
    assert never.get(LIST, headers=GOOD).status_code == 200


def test_a_request_that_asks_for_an_answer_gets_it_and_moves_no_others_lot(acme: Providers) -> None:
    client = TestClient(create_app(acme, chaos={"429": 0.2, "500": 0.1}, seed=7, rate_limit=False))
    drawn = [client.get(LIST, headers={"Prefer": "code=503"} if number % 2 else GOOD).status_code for number in range(25)]

    assert drawn[::2] == statuses(acme, 7)[::2]
    assert set(drawn[1::2]) == {503}


def test_start_page_and_unknown_paths_draw_nothing(acme: Providers) -> None:
    client = TestClient(create_app(acme, chaos={"500": 1.0}))

    assert [client.get(path).status_code for path in ("/", "/__mock/health", "/acme/nope")] == [200, 200, 404]


def test_probabilities_may_sum_up_to_one_in_spite_of_rounding() -> None:
    assert Chaos.of({str(status): 0.1 for status in range(400, 410)}, seed=1).reigns(0)


def test_the_order_in_which_the_rates_are_written_makes_no_difference() -> None:
    one, other = Chaos.of({"429": 0.4, "500": 0.4}, seed=1), Chaos.of({"500": 0.4, "429": 0.4}, seed=1)

    assert one == other


@pytest.mark.parametrize("wrong", [{"500": 0.6, "429": 0.5}, {"500": 1.1}, {"500": -0.1}, {"500": math.nan}])
def test_impossible_probabilities_are_refused(acme: Providers, wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="expected"):
        create_app(acme, chaos=wrong)


def test_a_status_without_recordings_is_refused(folders: Folders) -> None:
    (folders.fixtures / "acme/openList/504-plain.json").unlink()

    with pytest.raises(UsageError, match=r"chaos 504: .* one of 400, 401, 403, 404, 405, 429, 500, 502, 503, CONN"):
        create_app(folders.load(), chaos={"504": 0.1})


def test_without_any_provider_no_status_can_fail() -> None:
    with pytest.raises(UsageError, match="chaos 500"):
        create_app({}, chaos={"500": 0.1})


def test_rates_are_read_from_text() -> None:
    assert rates("429=0.1, 500=.05,503=1e-3,TRUNCATE=1.") == {"429": 0.1, "500": 0.05, "503": 0.001, "TRUNCATE": 1.0}


@pytest.mark.parametrize("name", FAULTS)
def test_a_rate_can_be_given_for_every_fault(name: str) -> None:
    assert rates(f"{name}=0.1") == {name: 0.1}


def test_a_status_that_is_written_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="chaos 429: found it twice"):
        rates("429=0.1,500=0.1,429=0.2")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "429",
        "429=",
        "=0.1",
        "429=0.1;500=0.1",
        "429=10%",
        "４２９=0.1",
        "4_29=0.1",
        "+429=0.1",
        "429=nan",
        f"{'9' * 20}=1",
    ],
)
def test_what_is_no_rate_is_refused_with_the_right_form(text: str) -> None:
    with pytest.raises(UsageError, match=r"expected <status or fault>=<probability>, such as"):
        rates(text)


def test_in_a_session_the_same_seed_is_the_same_run_exactly(acme: Providers) -> None:
    client = mock(acme)
    settings = {"chaos": {"rates": {"429": 0.2, "EMPTY_LIST": 0.2, "503": 0.2}}, "limit": False}
    runs = []
    for seed in (7, 7, 8):
        session = opened(client, seed=seed, **settings)
        found = of_session(client, session, 30)
        runs.append((found, [(each["draw"], each["cause"], each["fault"]) for each in entries(client, session)]))

    assert runs[0] == runs[1] != runs[2]
    assert [draw["number"] for draw, _, _ in runs[0][1]] == list(range(1, 31))
    assert {draw["hit"] for draw, _, _ in runs[0][1]} == {None, "429", "503", "EMPTY_LIST"}


def test_what_hits_is_what_is_answered(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, chaos={"rates": {"429": 0.3, "EMPTY_LIST": 0.3}}, limit=False)
    found = of_session(client, session, 30)
    journal = entries(client, session)

    for status, each in zip(found, journal, strict=True):
        assert status == (429 if each["draw"]["hit"] == "429" else 200)
        assert each["fault"] == ("EMPTY_LIST" if each["draw"]["hit"] == "EMPTY_LIST" else None)
        assert each["cause"] == ("recording" if each["draw"]["hit"] is None else "chaos")


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_any_fault_may_hit(acme: Providers, name: str) -> None:
    client = mock(acme)

    assert opened(client, chaos={"rates": {name.lower(): 1}})["chaos"] == {"rates": {name.lower(): 1}}


def test_a_fault_that_cannot_be_had_leaves_the_answer_as_it_is_and_the_journal_says_so(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, chaos={"rates": {"EMPTY_LIST": 1}})
    answer = client.get(f"{models(session)}/coder", headers=GOOD)
    (entry,) = entries(client, session)

    assert (answer.status_code, answer.json()["id"]) == (200, "coder")
    assert (entry["draw"]["hit"], entry["fault"]) == ("EMPTY_LIST", None)


def test_zero_never_hits_and_draws_nothing(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, chaos={"rates": {"500": 0, "TRUNCATE": 0.0}}, limit=False)

    assert of_session(client, session, 20) == [200] * 20
    assert {each["draw"] for each in entries(client, session)} == {None}


def test_chaos_comes_before_the_key_and_uses_nothing_of_the_limit_up(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, chaos={"rates": {"503": 1}}, limit={"requests": 1, "window_s": 60})

    assert client.get(models(session)).status_code == 503
    assert of_session(client, session, 3) == [503] * 3
    client.patch(f"/__mock/sessions/{session['id']}", json={"chaos": None})
    assert of_session(client, session, 2) == [200, 429]
