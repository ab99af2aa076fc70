"""Near misses: what X-Mock-Hint says, and when it says nothing."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.tests.acme import GOOD, MODELS
from mockserver.tests.admin import entries, mock, models, opened
from specs import Provider

Providers = dict[str, Provider]
LIST = "/acme/base/v1/models"

NEAR = [
    ("/acme/base/v1/model", 404, "/base/v1/models"),
    ("/acme/base/v1/models/", 404, "/base/v1/models"),
    ("/acme/base/V1/Models", 404, "/base/v1/models"),
    ("/acme/v1/models", 404, "/base/v1/models"),
    ("/acme/base/v1/model/acme/small", 404, "/base/v1/models/{model}"),
    ("/acme/base/openn", 404, "/base/open"),
    ("/acm/base/v1/models", 404, "/acme"),
    (f"{LIST}?knd=llm", 200, "the query parameter kind"),
    (f"{LIST}?any-caps=text&name=coder", 200, "the query parameter any_caps"),
]


@pytest.mark.parametrize(("url", "status", "meant"), NEAR)
def test_a_near_miss_is_answered_as_ever_with_what_was_close(acme: Providers, url: str, status: int, meant: str) -> None:
    answer = TestClient(create_app(acme)).get(url, headers=GOOD)

    assert (answer.status_code, answer.headers["x-mock-hint"]) == (status, f"did you mean {meant}?")


def test_another_method_is_told_the_documented_one(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).post(LIST)

    assert (answer.status_code, answer.headers["x-mock-hint"]) == (405, "did you mean GET?")


def test_an_undocumented_parameter_changes_nothing_else(acme: Providers) -> None:
    assert TestClient(create_app(acme)).get(f"{LIST}?knd=llm", headers=GOOD).json() == {"data": MODELS}


@pytest.mark.parametrize(
    "url",
    [
        LIST,
        f"{LIST}?kind=llm",
        f"{LIST}?unknown=1&page=2",
        f"{LIST}?kind=llm&kinds=llm",
        f"{LIST}?__code=500",
        "/acme/nope",
        "/nope",
    ],
)
def test_what_is_documented_or_far_from_it_gets_no_hint(acme: Providers, url: str) -> None:
    assert "x-mock-hint" not in TestClient(create_app(acme)).get(url, headers=GOOD).headers


def test_options_gets_no_hint(acme: Providers) -> None:
    assert "x-mock-hint" not in TestClient(create_app(acme)).options(LIST).headers


def test_a_hint_repeats_nothing_of_the_request(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get(f"{LIST}?kind%0d%0ax:y=1&kin%FFd=1&kin%E2%82%ACd", headers=GOOD)

    assert answer.headers["x-mock-hint"] == "did you mean the query parameter kind?"
    assert "x" not in answer.headers


def test_a_long_path_is_no_burden(acme: Providers) -> None:
    assert "x-mock-hint" not in TestClient(create_app(acme)).get("/acme/" + "base/" * 10_000).headers


def test_the_journal_says_what_was_close(acme: Providers) -> None:
    client = mock(acme)
    for method, url in (("GET", "/acme/base/v1/model"), ("POST", LIST), ("GET", f"{LIST}?knd=llm"), ("GET", "/acm/base")):
        client.request(method, url, headers=GOOD)
    found = client.get("/__mock/journal").json()["entries"]

    assert [(each["provider"], each["cause"], each["hint"]) for each in found] == [
        ("acme", "unmatched", "did you mean /base/v1/models?"),
        ("acme", "method", "did you mean GET?"),
        ("acme", "recording", "did you mean the query parameter kind?"),
        ("", "unmatched", "did you mean /acme?"),
    ]


def test_a_session_has_near_misses_of_its_own(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client)
    answer = client.get(f"{models(session)[:-1]}", headers=GOOD)
    lost = client.get(f"/s/{session['id']}/acm", headers=GOOD)

    assert (answer.status_code, answer.headers["x-mock-hint"]) == (404, "did you mean /base/v1/models?")
    assert (lost.status_code, lost.json()["valid"], lost.headers["x-mock-hint"]) == (404, ["/acme"], "did you mean /acme?")
    assert [(each["provider"], each["operation"], each["hint"]) for each in entries(client, session)] == [
        ("acme", None, "did you mean /base/v1/models?"),
        ("", None, "did you mean /acme?"),
    ]


def test_near_misses_use_nothing_of_a_session_up(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client, limit={"requests": 1, "window_s": 60}, chaos={"rates": {"500": 1e-9}})
    client.get(models(session)[:-1], headers=GOOD)
    client.post(models(session), headers=GOOD)

    assert client.get(models(session), headers=GOOD).status_code == 200
    assert [each["draw"] for each in entries(client, session)][:2] == [None, None]


def test_of_very_many_parameters_only_some_are_compared(acme: Providers) -> None:
    client = mock(acme, rate_limit=False)
    many = "&".join(f"unknown{number}" for number in range(40))
    found = [client.get(f"{LIST}?{query}", headers=GOOD).headers for query in (f"knd&{many}", f"{many}&knd")]

    assert sorted("x-mock-hint" in each for each in found) == [False, True]
