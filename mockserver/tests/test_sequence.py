"""Sequences: which answer comes when, alone and among many requests at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx2
import pytest

from mockserver.preferences import NOTHING
from mockserver.state.sequence import End, Position, Sequence, Step
from mockserver.testing import running
from mockserver.tests.acme import GOOD, Folders
from mockserver.tests.admin import SESSIONS, entries, mock, models, moved, opened, statuses
from mockserver.tests.conftest import Clock
from mockserver.tests.wire import RST, exchange, request
from specs import Provider

Providers = dict[str, Provider]
OTHERS: dict[str, Any] = {"limit": False}


def given(sequence: Sequence, times: list[float]) -> list[int | None]:
    """The steps that requests at these *times* get, None where it is over."""
    position: Position | None = None
    found: list[int | None] = []
    for now in times:
        following = sequence.following(position, now)
        found.append(following.step if following else None)
        position = following or position
    return found


def timed(*lengths: float, on_end: End = End.STAY) -> Sequence:
    return Sequence(tuple(Step(NOTHING, None, each) for each in lengths), on_end)


def counted(*counts: int, on_end: End = End.STAY) -> Sequence:
    return Sequence(tuple(Step(NOTHING, each) for each in counts), on_end)


@pytest.mark.parametrize(
    ("on_end", "steps"),
    [(End.STAY, [0, 0, 1, 1, 1, 1]), (End.LOOP, [0, 0, 1, 0, 0, 1]), (End.FAIL, [0, 0, 1, None, None, None])],
    ids=["stay", "loop", "fail"],
)
def test_when_all_steps_have_been_given_it_stays_loops_or_fails(on_end: End, steps: list[int | None]) -> None:
    assert given(counted(2, 1, on_end=on_end), [0.0] * 6) == steps


@pytest.mark.parametrize(
    ("on_end", "steps"),
    [(End.STAY, [0, 0, 1, 1, 1]), (End.LOOP, [0, 0, 1, 0, 1]), (End.FAIL, [0, 0, 1, None, None])],
    ids=["stay", "loop", "fail"],
)
def test_a_step_of_some_seconds_begins_with_its_first_request(on_end: End, steps: list[int | None]) -> None:
    assert given(timed(10, 5, on_end=on_end), [100, 109.9, 110, 115, 125]) == steps


def test_timed_steps_that_nobody_saw_are_over_all_the_same() -> None:
    assert given(timed(1, 1, 1), [0, 2.5]) == [0, 2]


def test_a_counted_step_waits_for_its_request() -> None:
    sequence = Sequence((Step(NOTHING, None, 10), Step(NOTHING, 1), Step(NOTHING, None, 10)), End.FAIL)

    assert given(sequence, [0, 99, 100, 109, 110]) == [0, 1, 2, 2, None]


def test_whole_rounds_are_skipped_at_once() -> None:
    assert given(timed(1, 2, on_end=End.LOOP), [0, 3e8 + 0.5, 3e8 + 1.5]) == [0, 0, 1]


def test_the_shortest_steps_are_told_apart_for_as_long_as_clocks_go() -> None:
    times = [1.7e9, 1.7e9 + 0.0015, 4.1e9, 4.1e9 + 0.001]

    assert [step in (0, 1) for step in given(timed(0.001, 0.001, on_end=End.LOOP), times)] == [True] * 4


def test_a_clock_that_is_set_back_ends_no_step() -> None:
    assert given(timed(10, 10), [1000, 500, 1005, 1010]) == [0, 0, 0, 1]


def test_429_twice_and_then_the_list(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, sequences=[{"steps": [{"prefer": "code=429, retry-after=1", "times": 2}, {}]}])
    answers = [client.get(models(session), headers=GOOD) for _ in range(3)]

    assert [each.status_code for each in answers] == [429, 429, 200]
    assert [each.headers.get("retry-after") for each in answers] == ["1", "1", None]
    assert [(each["cause"], each["step"]) for each in entries(client, session)] == [
        ("sequence", {"sequence": 0, "step": 0}),
        ("sequence", {"sequence": 0, "step": 0}),
        ("sequence", {"sequence": 0, "step": 1}),
    ]


def test_one_catalogue_three_times_then_another_then_a_model_is_gone(acme: Providers) -> None:
    client = mock(acme)
    steps = [
        {"prefer": "example=documented", "times": 3},
        {"prefer": "example=catalogue"},
        {"prefer": "example=catalogue, without=coder"},
    ]
    session = opened(client, sequences=[{"operation": "listModels", "steps": steps}], **OTHERS)
    lists = [client.get(models(session), headers=GOOD) for _ in range(6)]
    ids = [[model["id"] for model in each.json()["data"]] for each in lists]

    assert [len(each) for each in ids] == [4, 4, 4, 5, 4, 4]
    assert ids[-1] == ["acme/small", "Big:free", "plain", "extra"]
    assert {each.headers["cache-control"] for each in lists} == {"public, max-age=60"}
    assert len({each.headers["etag"] for each in lists}) == 3


def test_a_model_that_is_gone_cannot_be_retrieved(acme: Providers) -> None:
    client = mock(acme)
    steps = [{"prefer": "example=catalogue"}, {"prefer": "without=coder"}, {"prefer": "example=empty"}]
    session = opened(client, sequences=[{"operation": "getModel", "steps": steps}], **OTHERS)
    found = [client.get(f"{models(session)}/coder", headers=GOOD).status_code for _ in range(3)]

    assert found == [200, 404, 404]


def test_when_it_is_over_and_was_to_fail_a_problem_says_so(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, sequences=[{"steps": [{}], "on_end": "fail"}])
    statuses(client, session, 1)
    over = client.get(models(session), headers=GOOD)

    assert (over.status_code, over.headers["content-type"]) == (410, "application/problem+json")
    assert "is over" in over.json()["detail"]
    assert entries(client, session)[-1]["cause"] == "sequence"


def test_timed_steps_follow_the_clock_of_the_session(acme: Providers, clock: Clock) -> None:
    client = mock(acme, now=clock)
    steps = [{"prefer": "code=503", "for_s": 30}, {}]
    session = opened(client, sequences=[{"steps": steps}], **OTHERS)
    moved(client, session, freeze=True)
    found = statuses(client, session, 2)
    clock.now += 100
    found += statuses(client, session, 1)
    moved(client, session, advance_s=30)

    assert found + statuses(client, session, 1) == [503, 503, 503, 200]


def test_fifty_requests_at_once_get_each_answer_once(acme: Providers) -> None:
    steps = [{"prefer": f"without=model-{number}, retry-after={number}, code=200"} for number in range(25)]
    steps += [{"prefer": f"code=429, retry-after={number}"} for number in range(25)]

    async def all_at_once(url: str) -> tuple[list[httpx2.Response], list[dict[str, Any]]]:
        async with httpx2.AsyncClient(timeout=30, limits=httpx2.Limits(max_connections=50)) as client:
            made = await client.post(f"{url}{SESSIONS}", json={"sequences": [{"steps": steps, "on_end": "fail"}], **OTHERS})
            session = made.json()
            found = await asyncio.gather(*(client.get(models(session), headers=GOOD) for _ in range(51)))
            journal = await client.get(f"{url}/__mock/journal", params={"session": session["id"]})
            return found, journal.json()["entries"]

    with running(acme) as running_mock:
        answers, journal = asyncio.run(all_at_once(running_mock.url))

    assert Counter(each.status_code for each in answers) == {200: 25, 429: 25, 410: 1}
    assert sorted(int(each.headers["retry-after"]) for each in answers if each.status_code == 429) == list(range(25))
    assert sorted(each["step"]["step"] for each in journal if each["step"]) == list(range(50))


def test_a_step_may_have_a_fault_of_the_wire_and_a_delay(acme: Providers) -> None:
    steps = [{"prefer": "fault=CONNECTION_RESET_BY_PEER"}, {"prefer": "delay=1"}]
    with running(acme) as running_mock:
        made = httpx2.post(f"{running_mock.url}{SESSIONS}", json={"sequences": [{"steps": steps}]})
        host, _, port = running_mock.url.removeprefix("http://").rpartition(":")
        path = models(made.json()).removeprefix(running_mock.url)
        reset = exchange((host, int(port)), request(path))
        delayed = exchange((host, int(port)), request(path))

    assert (reset.octets, reset.end) == (b"", RST)
    assert delayed.status == 200


def test_a_fault_that_cannot_be_had_is_said(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, sequences=[{"operation": "getModel", "steps": [{"prefer": "fault=EMPTY_LIST"}]}])
    answer = client.get(f"{models(session)}/coder", headers=GOOD)

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("The fault EMPTY_LIST cannot be had here")


def test_only_the_operation_that_it_is_for_moves_it(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, sequences=[{"operation": "getModel", "steps": [{"prefer": "code=500"}, {}]}], **OTHERS)
    found = [client.get(url, headers=GOOD).status_code for url in (models(session), f"{models(session)}/coder") * 2]

    assert found == [200, 500, 200, 200]


def test_only_the_provider_that_it_is_for_moves_it(acme: Providers, folders: Folders) -> None:
    other = Folders(folders.root, "other")
    (folders.root / "providers/acme").rename(folders.root / "providers/other")
    (folders.root / "fixtures/acme").rename(folders.root / "fixtures/other")
    client = mock({**acme, **other.load()})
    session = opened(client, sequences=[{"provider": "other", "steps": [{"prefer": "code=500"}, {}]}], **OTHERS)
    found = [client.get(f"/s/{session['id']}/{each}/base/v1/models", headers=GOOD) for each in ("acme", "other") * 2]

    assert [each.status_code for each in found] == [200, 500, 200, 200]


def test_of_two_that_concern_a_request_the_first_counts(acme: Providers) -> None:
    client = mock(acme)
    sequences = [{"operation": "getModel", "steps": [{"prefer": "code=500"}]}, {"steps": [{"prefer": "code=503"}]}]
    session = opened(client, sequences=sequences)
    found = [client.get(url, headers=GOOD).status_code for url in (f"{models(session)}/coder", models(session))]

    assert found == [500, 503]


@pytest.mark.parametrize(
    "fields",
    [{"Prefer": "code=404"}, {"Prefer": "fault=EMPTY_LIST"}, {"Authorization": "Bearer sk-mock-500"}, {"Prefer": "nonsense"}],
    ids=["preference", "fault", "magic key", "refused preference"],
)
def test_a_request_that_asks_for_an_answer_itself_does_not_move_it(acme: Providers, fields: dict[str, str]) -> None:
    client = mock(acme)
    session = opened(client, sequences=[{"steps": [{"prefer": "code=502"}, {}]}])
    statuses(client, session, 1, **fields)

    assert statuses(client, session, 1) == [502]


def test_requests_that_no_contract_has_do_not_move_it(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, sequences=[{"steps": [{"prefer": "code=502"}, {}]}])
    client.get(f"{models(session)}x", headers=GOOD)
    client.post(models(session), headers=GOOD)

    assert statuses(client, session, 1) == [502]


def test_it_comes_before_chaos_key_and_limit(acme: Providers) -> None:
    client = mock(acme)
    settings = {"chaos": {"rates": {"500": 1}}, "limit": {"requests": 1, "window_s": 60}}
    session = opened(client, sequences=[{"steps": [{"prefer": "code=502", "times": 5}]}], **settings)

    assert statuses(client, session, 4) == [502] * 4
    assert client.get(models(session)).status_code == 502


def test_a_step_that_passes_leaves_chaos_key_and_limit_in_force(acme: Providers) -> None:
    client = mock(acme)
    steps: dict[str, Any] = {"sequences": [{"steps": [{"prefer": "example=catalogue"}]}]}
    stormy = opened(client, chaos={"rates": {"500": 1}}, **steps)
    limited = opened(client, limit={"requests": 1, "window_s": 60}, **steps)

    assert statuses(client, stormy, 1) == [500]
    assert client.get(models(limited)).status_code == 401
    assert statuses(client, limited, 2) == [200, 429]


def test_a_step_that_does_not_pass_uses_nothing_of_the_limit_up(acme: Providers) -> None:
    client = mock(acme)
    steps = [{"prefer": "code=503", "times": 3}, {}]
    session = opened(client, sequences=[{"steps": steps}], limit={"requests": 1, "window_s": 60})

    assert statuses(client, session, 5) == [503, 503, 503, 200, 429]


def test_head_gets_a_step_as_get_does(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, sequences=[{"steps": [{"prefer": "code=503"}, {}]}])
    first = client.head(models(session), headers=GOOD)

    assert (first.status_code, first.content) == (503, b"")
    assert statuses(client, session, 1) == [200]
