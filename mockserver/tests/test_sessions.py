"""Sessions: how they are reached, what they keep to themselves, how they are changed and how they end."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import httpx2
import pytest
from openai import OpenAI

from mockserver.testing import running
from mockserver.tests.acme import GOOD
from mockserver.tests.admin import SESSIONS, entries, mock, models, moved, opened, statuses
from mockserver.tests.conftest import Clock
from specs import Provider

Providers = dict[str, Provider]
LIST = "/acme/base/v1/models"
PATCH = {"Content-Type": "application/merge-patch+json"}


def test_a_session_is_reached_by_its_path(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, serve="example=empty")

    assert client.get(f"/s/{session['id']}{LIST}", headers=GOOD).json() == {"data": []}


def test_a_session_is_reached_by_a_field(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, serve="example=empty")

    assert client.get(LIST, headers={**GOOD, "X-Mock-Session": session["id"]}).json() == {"data": []}


def test_a_session_is_reached_by_its_key_alone(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, serve="example=empty")

    assert client.get(LIST, headers={"Authorization": f"Bearer {session['api_key']}"}).json() == {"data": []}


def test_a_session_is_reached_by_its_key_where_the_host_names_the_provider(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, serve="example=empty")
    answer = client.get("/base/v1/models", headers={"Host": "api.acme.test", "Authorization": f"bearer  {session['api_key']}"})

    assert answer.json() == {"data": []}


def test_a_session_with_a_provider_has_that_at_its_root(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, provider="acme", serve="example=empty")
    by_key = {"Authorization": f"Bearer {session['api_key']}"}

    assert client.get(f"/s/{session['id']}/base/v1/models", headers=GOOD).json() == {"data": []}
    assert client.get("/base/v1/models", headers=by_key).json() == {"data": []}
    assert session["base_url"] == session["base_urls"]["acme"]


def test_the_path_comes_before_the_field_and_the_field_before_the_key(acme: Providers) -> None:
    client = mock(acme)
    path, field, key = (opened(client) for _ in range(3))
    fields = {"X-Mock-Session": field["id"], "Authorization": f"Bearer {key['api_key']}"}
    client.get(models(path), headers=fields)
    client.get(LIST, headers=fields)

    assert [len(entries(client, each)) for each in (path, field, key)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (f"/s/nope{LIST}", {}),
        (LIST, {"X-Mock-Session": "nope"}),
        (LIST, {"Authorization": "Bearer sk-session-nope"}),
        ("/s/nope", {}),
    ],
    ids=["path", "field", "key", "root"],
)
def test_a_session_that_is_not_there_is_a_problem(acme: Providers, path: str, fields: dict[str, str]) -> None:
    answer = mock(acme).get(path, headers=fields)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["detail"] == "There is no such session: it ended, or never was; POST /__mock/sessions makes one."


def test_a_key_of_a_session_is_good_in_that_session(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client)

    assert client.get(models(session), headers={"Authorization": f"Bearer {session['api_key']}"}).status_code == 200


def test_the_base_url_and_the_key_are_all_that_an_sdk_needs(acme: Providers) -> None:
    with running(acme) as running_mock:
        session = httpx2.post(f"{running_mock.url}{SESSIONS}", json={"provider": "acme"}).json()
        with OpenAI(base_url=session["base_url"], api_key=session["api_key"], max_retries=0) as client:
            assert [model.id for model in client.models.list()] == ["acme/small", "Big:free", "coder", "plain"]
            assert client.models.retrieve("coder").id == "coder"


def test_an_sdk_reaches_its_session_by_its_key_whatever_its_base_url(acme: Providers) -> None:
    with running(acme) as running_mock:
        session = httpx2.post(f"{running_mock.url}{SESSIONS}", json={"serve": "example=empty"}).json()
        with OpenAI(base_url=running_mock.base_url("acme"), api_key=session["api_key"], max_retries=0) as client:
            assert list(client.models.list()) == []


def test_ids_cannot_be_guessed(acme: Providers) -> None:
    client = mock(acme)
    ids = [opened(client)["id"] for _ in range(100)]

    assert len(set(ids)) == 100
    assert all(re.fullmatch("[A-Za-z0-9_-]{22}", each) for each in ids)  # 128 bits


def test_limits_do_not_leak(acme: Providers, clock: Clock) -> None:
    client = mock(acme, now=clock)
    one, other = opened(client), opened(client)

    assert statuses(client, one, 4) == [200, 200, 200, 429]
    assert statuses(client, other, 4) == [200, 200, 200, 429]
    assert [client.get(LIST, headers=GOOD).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_sequences_do_not_leak(acme: Providers) -> None:
    client = mock(acme)
    steps = {"sequences": [{"steps": [{"prefer": "code=500"}, {}]}], "limit": False}
    one, other = opened(client, **steps), opened(client, **steps)

    assert statuses(client, one, 2) == [500, 200]
    assert client.get(LIST, headers=GOOD).status_code == 200
    assert statuses(client, other, 2) == [500, 200]


def test_chaos_of_one_moves_no_lot_of_another(acme: Providers) -> None:
    client = mock(acme, chaos={"500": 0.5}, seed=7, rate_limit=False)
    settings: dict[str, Any] = {"chaos": {"rates": {"500": 0.5}}, "seed": 7, "limit": False}
    one, other = opened(client, **settings), opened(client, **settings)
    alone = statuses(client, one, 20)
    mixed = []
    for _ in range(20):
        mixed += statuses(client, other, 1)
        client.get(LIST, headers=GOOD)
        statuses(client, one, 1)

    assert mixed == alone


def test_the_chaos_of_the_command_is_not_that_of_a_session(acme: Providers) -> None:
    client = mock(acme, chaos={"500": 1.0}, fault="EMPTY_LIST")

    assert statuses(client, opened(client), 3) == [200] * 3


def test_journals_do_not_leak(acme: Providers) -> None:
    client = mock(acme)
    one, other = opened(client), opened(client)
    statuses(client, one, 2)
    client.get(LIST, headers=GOOD)

    assert [each["session"] for each in entries(client, one)] == [one["id"]] * 2
    assert entries(client, other) == []
    assert [each["session"] for each in client.get("/__mock/journal").json()["entries"]] == [""]


def test_clocks_do_not_leak(acme: Providers, clock: Clock) -> None:
    client = mock(acme, now=clock)
    one, other = opened(client), opened(client)
    moved(client, one, advance_s=61)

    assert client.get(f"/__mock/clock?session={other['id']}").json()["now"] == clock.now
    client.get(LIST, headers=GOOD)
    assert client.get("/__mock/journal").json()["entries"][0]["at"] == clock.now


def test_views_faults_and_keys_do_not_leak(acme: Providers) -> None:
    client = mock(acme)
    opened(client, serve="example=empty", fault="EMPTY_LIST", keys={"keys": [{"key": "team-a"}]})

    assert len(client.get(LIST, headers=GOOD).json()["data"]) == 4
    assert client.get(LIST, headers={"Authorization": "Bearer team-a"}).status_code == 401
    assert statuses(client, opened(client), 1) == [200]


def test_an_idle_session_ends_by_the_real_clock_even_where_its_own_stands_still(acme: Providers, clock: Clock) -> None:
    client = mock(acme, now=clock)
    session = opened(client, ttl_s=60)
    moved(client, session, freeze=True)
    clock.now += 59
    assert statuses(client, session, 1) == [200]
    clock.now += 60

    assert statuses(client, session, 1) == [404]


def test_an_idle_session_ends_by_its_own_clock(acme: Providers, clock: Clock) -> None:
    client = mock(acme, now=clock)
    session = opened(client, ttl_s=60)
    moved(client, session, advance_s=59)
    assert statuses(client, session, 1) == [200]
    moved(client, session, advance_s=60)

    assert statuses(client, session, 1) == [404]


def test_small_advances_of_its_clock_add_up(acme: Providers, clock: Clock) -> None:
    client = mock(acme, now=clock)
    session = opened(client, ttl_s=60)
    moved(client, session, advance_s=30)
    moved(client, session, freeze=True)
    moved(client, session, advance_s=30)

    assert statuses(client, session, 1) == [404]


def test_a_jump_of_the_clock_to_another_date_is_no_idle_time(acme: Providers, clock: Clock) -> None:
    client = mock(acme, now=clock)
    session = opened(client, ttl_s=60)
    moved(client, session, freeze="2027-01-01T00:00:00Z")
    moved(client, session, reset=True)

    assert statuses(client, session, 1) == [200]


def test_a_new_time_to_live_counts_at_once(acme: Providers, clock: Clock) -> None:
    client = mock(acme, now=clock)
    session = opened(client)
    client.patch(f"{SESSIONS}/{session['id']}", json={"ttl_s": 5})
    clock.now += 5

    assert statuses(client, session, 1) == [404]


def test_a_deleted_session_is_gone(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client)
    where = f"{SESSIONS}/{session['id']}"

    assert client.delete(where).status_code == 204
    assert statuses(client, session, 1) == [404]
    assert [client.request(method, where, json={"seed": 1}).status_code for method in ("GET", "PATCH", "DELETE")] == [404] * 3
    assert client.get("/__mock/journal", headers={"X-Mock-Session": session["id"]}).status_code == 404


def test_a_session_is_shown_as_it_was_made(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, seed=7, fault="TRUNCATE", limit=False)

    assert client.get(f"{SESSIONS}/{session['id']}").json() == session
    assert client.get(SESSIONS).json() == {"sessions": [session]}
    assert (session["seed"], session["fault"], session["limit"]) == (7, "TRUNCATE", False)


def test_a_session_never_shows_the_keys_of_its_table(acme: Providers) -> None:
    client = mock(acme)
    answer = client.post(SESSIONS, json={"keys": {"keys": [{"key": "sk-team-secret"}]}})
    shown = client.get(f"{SESSIONS}/{answer.json()['id']}")

    assert "team-secret" not in answer.text + shown.text + client.get(SESSIONS).text


def test_no_body_makes_a_plain_session(acme: Providers) -> None:
    answer = mock(acme).post(SESSIONS)

    assert answer.status_code == 201
    assert answer.headers["location"] == f"http://127.0.0.1:8080{SESSIONS}/{answer.json()['id']}"


def test_a_patch_changes_what_it_names_alone(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, serve="example=empty", seed=7)
    answer = client.patch(f"{SESSIONS}/{session['id']}", content=json.dumps({"seed": 8}), headers=PATCH)

    assert answer.json() == {**session, "seed": 8}
    assert client.get(models(session), headers=GOOD).json() == {"data": []}


@pytest.mark.parametrize("name", ["provider", "seed", "ttl_s", "fault", "serve", "sequences", "chaos", "limit", "keys"])
def test_null_takes_a_setting_back(acme: Providers, name: str) -> None:
    client = mock(acme)
    session = opened(
        client,
        provider="acme",
        seed=7,
        ttl_s=60,
        fault="TRUNCATE",
        serve="example=empty",
        sequences=[{"steps": [{}]}],
        chaos={"rates": {"500": 1}, "ttl_s": 5},
        limit=False,
        keys={"keys": []},
    )
    answer = client.patch(f"{SESSIONS}/{session['id']}", json={name: None})

    assert answer.status_code == 200
    assert answer.json().get(name) == (3600 if name == "ttl_s" else None)


def test_null_takes_single_members_back(acme: Providers) -> None:
    client = mock(acme)
    session = opened(
        client,
        chaos={"rates": {"500": 0.5, "429": 0.5}, "ttl_s": 9},
        limit={"requests": 1, "window_s": 60, "headers": "openai"},
    )
    patch = {"chaos": {"rates": {"500": None}, "ttl_s": None}, "limit": {"headers": None}}
    changed = client.patch(f"{SESSIONS}/{session['id']}", json=patch).json()

    assert changed["chaos"] == {"rates": {"429": 0.5}}
    assert changed["limit"] == {"requests": 1, "window_s": 60}


def test_a_patch_of_sequences_starts_them_anew_and_leaves_limit_and_chaos_where_they_are(acme: Providers) -> None:
    client = mock(acme)
    settings = {"chaos": {"rates": {"500": 1e-9}}, "limit": {"requests": 2, "window_s": 60}}
    session = opened(client, sequences=[{"steps": [{"prefer": "code=503"}, {}]}], **settings)
    assert statuses(client, session, 2) == [503, 200]
    patch = {"sequences": [{"steps": [{"prefer": "code=502"}, {}]}]}
    client.patch(f"{SESSIONS}/{session['id']}", json=patch)

    assert statuses(client, session, 3) == [502, 200, 429]
    assert [each["draw"]["number"] for each in entries(client, session)] == [1, 2, 3, 4, 5]


def test_a_patch_of_the_limit_starts_it_anew_and_leaves_sequences_where_they_are(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, sequences=[{"steps": [{"prefer": "code=503"}, {}]}], limit={"requests": 1, "window_s": 60})
    assert statuses(client, session, 3) == [503, 200, 429]
    client.patch(f"{SESSIONS}/{session['id']}", json={"limit": {"requests": 2}})

    assert statuses(client, session, 3) == [200, 200, 429]


def test_a_patch_of_the_seed_starts_chaos_anew_and_leaves_the_limit_where_it_is(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, chaos={"rates": {"500": 1e-9}}, limit={"requests": 1, "window_s": 60})
    statuses(client, session, 1)
    client.patch(f"{SESSIONS}/{session['id']}", json={"seed": 1})

    assert statuses(client, session, 1) == [429]
    assert [each["draw"]["number"] for each in entries(client, session)] == [1, 1]


def test_a_patch_that_changes_nothing_starts_nothing_anew(acme: Providers) -> None:
    client = mock(acme)
    settings: dict[str, Any] = {
        "sequences": [{"steps": [{"prefer": "code=503"}, {}]}],
        "limit": {"requests": 1, "window_s": 60},
    }
    session = opened(client, **settings)
    assert statuses(client, session, 2) == [503, 200]
    client.patch(f"{SESSIONS}/{session['id']}", json=settings)

    assert statuses(client, session, 1) == [429]


def test_a_patch_that_is_wrong_changes_nothing(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, seed=7)
    answer = client.patch(f"{SESSIONS}/{session['id']}", json={"seed": 8, "fault": "NOPE"})

    assert answer.status_code == 400
    assert client.get(f"{SESSIONS}/{session['id']}").json() == session


def test_no_limit_at_all_and_the_documented_one_can_be_had_back(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, limit=False)
    assert statuses(client, session, 9) == [200] * 9

    for documented in (True, None):
        client.patch(f"{SESSIONS}/{session['id']}", json={"limit": {"requests": 1, "window_s": 9}})
        assert statuses(client, session, 2) == [200, 429]
        client.patch(f"{SESSIONS}/{session['id']}", json={"limit": documented})
        assert statuses(client, session, 4) == [200, 200, 200, 429]


def test_two_hundred_sessions_at_once_see_their_own_journal_and_limit_alone(acme: Providers) -> None:
    async def task(client: httpx2.AsyncClient, number: int) -> tuple[list[int], list[str], list[str]]:
        most = 1 + number % 5
        settings = {"limit": {"requests": most, "window_s": 3600}}
        session = (await client.post(SESSIONS, json=settings)).json()
        names = [f"{number}-{each}" for each in range(most + 2)]
        found = [await client.get(f"{session['base_urls']['acme']}/models/{name}", headers=GOOD, timeout=60) for name in names]
        journal = (await client.get("/__mock/journal", headers={"X-Mock-Session": session["id"]})).json()
        paths = [each["path"].rpartition("/")[2] for each in journal["entries"]]
        return [each.status_code for each in found], paths, names

    async def all_tasks(url: str) -> list[tuple[list[int], list[str], list[str]]]:
        limits = httpx2.Limits(max_connections=200)
        async with httpx2.AsyncClient(base_url=url, limits=limits, timeout=60) as client:
            return await asyncio.gather(*(task(client, number) for number in range(200)))

    with running(acme) as running_mock:
        results = asyncio.run(all_tasks(running_mock.url))

    for number, (found, paths, names) in enumerate(results):
        assert found == [404] * (1 + number % 5) + [429, 429]
        assert paths == names
