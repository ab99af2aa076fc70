"""Key tables as clients meet them: what a key lists and retrieves, and how a bad one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

from mockserver.key_file import table
from mockserver.keys import KeyState, refusals
from mockserver.tests.acme import GOOD
from mockserver.tests.admin import SESSIONS, entries, mock, models, opened
from specs import Provider, load, provider_ids

Providers = dict[str, Provider]
LIST = "/acme/base/v1/models"
KEYS: dict[str, Any] = {
    "keys": [
        {"key": "team-a", "models": ["acme/*", "cod[de]r"]},
        {"key": "nobody", "models": []},
        {"key": "all"},
        *({"key": state.value, "state": state.value} for state in KeyState if state is not KeyState.GOOD),
    ]
}


def bearer(key: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key}"}


def ids(client: TestClient, url: str, key: str) -> list[str]:
    return [each["id"] for each in client.get(url, headers=bearer(key)).json()["data"]]


def test_a_key_lists_what_it_may(acme: Providers) -> None:
    client = mock(acme)
    url = models(opened(client, keys=KEYS))

    assert ids(client, url, "team-a") == ["acme/small", "coder"]
    assert ids(client, url, "nobody") == []
    assert ids(client, url, "all") == ["acme/small", "Big:free", "coder", "plain"]


def test_a_key_retrieves_what_it_may(acme: Providers) -> None:
    client = mock(acme)
    url = models(opened(client, keys=KEYS, limit=False))
    found = {
        (key, name): client.get(f"{url}/{name}", headers=bearer(key)).status_code
        for key in ("team-a", "all")
        for name in ("acme/small", "plain")
    }

    assert found == {
        ("team-a", "acme/small"): 200,
        ("team-a", "plain"): 404,
        ("all", "acme/small"): 200,
        ("all", "plain"): 200,
    }


def test_what_a_key_may_not_see_no_filter_and_no_head_shows(acme: Providers) -> None:
    client = mock(acme)
    url = models(opened(client, keys=KEYS))
    head = client.head(url, headers=bearer("team-a"))

    assert ids(client, f"{url}?kind=llm", "team-a") == ["acme/small"]
    assert head.headers["etag"] != client.head(url, headers=bearer("all")).headers["etag"]


def test_one_keys_list_is_not_current_for_another(acme: Providers) -> None:
    client = mock(acme)
    url = models(opened(client, keys=KEYS))
    tag = client.get(url, headers=bearer("all")).headers["etag"]

    assert client.get(url, headers={**bearer("team-a"), "If-None-Match": tag}).status_code == 200


def test_a_sequence_and_a_view_show_no_key_more_than_it_may_see(acme: Providers) -> None:
    client = mock(acme)
    sequences = [{"steps": [{"prefer": "example=catalogue", "times": 9}]}]
    url = models(opened(client, keys=KEYS, sequences=sequences, serve="size=50"))

    assert ids(client, url, "team-a") == ["acme/small", "coder"]


def test_keys_that_are_not_named_are_wrong_or_good_by_their_looks(acme: Providers) -> None:
    client = mock(acme)
    strict, lenient = opened(client, keys=KEYS), opened(client, keys={**KEYS, "others": "good"})
    found = [
        [client.get(models(each), headers=bearer(key)).status_code for key in ("sk-1", "nonsense")]
        for each in (strict, lenient)
    ]

    assert found == [[401, 401], [200, 401]]


def test_the_key_of_the_session_is_good_whatever_the_table_says(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, keys=KEYS)

    assert client.get(LIST, headers=bearer(session["api_key"])).status_code == 200


def test_magic_keys_work_beside_a_table(acme: Providers) -> None:
    client = mock(acme)

    assert client.get(models(opened(client, keys=KEYS)), headers=bearer("sk-mock-503")).status_code == 503


def test_a_bad_key_is_refused_where_none_is_needed_too(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, keys=KEYS)
    url = f"{session['base_url']}/acme/base/open"

    assert [client.get(url, headers=bearer(key)).status_code for key in ("expired", "all", "nonsense")] == [401, 200, 200]


def test_a_bad_key_uses_nothing_of_the_limit_up_and_the_journal_says_why(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, keys=KEYS, limit={"requests": 1, "window_s": 60, "per": "session"})
    found = [client.get(models(session), headers=bearer(key)).status_code for key in ("expired", "wrong", "all", "all")]

    assert found == [401, 401, 200, 429]
    assert [each["cause"] for each in entries(client, session)] == ["standing", "authentication", "recording", "rate-limit"]


def test_a_table_of_the_command_is_for_the_default_traffic_alone(acme: Providers) -> None:
    client = mock(acme, keys=table(KEYS, "a test"))

    assert ids(client, LIST, "team-a") == ["acme/small", "coder"]
    assert client.get(LIST, headers=GOOD).status_code == 401
    assert client.get(models(opened(client)), headers=GOOD).status_code == 200


def test_a_patch_replaces_the_table(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, keys=KEYS)
    client.patch(f"{SESSIONS}/{session['id']}", json={"keys": {"keys": [{"key": "new"}]}})

    assert [client.get(models(session), headers=bearer(key)).status_code for key in ("new", "all")] == [200, 401]


@pytest.mark.parametrize("by", ["command", "session"])
@pytest.mark.parametrize("id", provider_ids())
def test_every_provider_refuses_a_bad_key_in_its_own_shape(id: str, by: str) -> None:
    provider = load(id)
    client = mock({id: provider}, rate_limit=False, keys=table(KEYS, "a test") if by == "command" else None)
    fields = {} if by == "command" else {"X-Mock-Session": opened(client, keys=KEYS, limit=False)["id"]}

    for operation in provider.operations.values():
        recordings = [each for each in provider.recordings if each.operation == operation.id]
        for state, expected in refusals(recordings).items():
            answer = client.get(f"/{id}{operation.path}", headers={**bearer(state.value), **fields})
            assert (answer.status_code, answer.content) == (expected.status, expected.content)
            assert "x-mock-hint" not in answer.headers


def test_a_thousand_patterns_are_read_at_once(acme: Providers) -> None:
    client = mock(acme)
    patterns = [f"vendor-{number}/*" for number in range(998)] + ["acme/*", "co?er"]
    url = models(opened(client, keys={"keys": [{"key": "team", "models": patterns}]}))

    assert ids(client, url, "team") == ["acme/small", "coder"]
