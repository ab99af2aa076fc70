"""The settings of a session: what cannot be is refused with one sentence that says where."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.tests.admin import SESSIONS, mock, opened
from specs import Provider

Providers = dict[str, Provider]
MOVING = {"requests": 5000, "window_s": 60, "strategy": "moving-window"}


def step(**members: Any) -> dict[str, Any]:
    return {"sequences": [{"steps": [{}]}, {"steps": [{}, members]}]}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"provider": "nope"}, "/provider: found 'nope', expected one of acme."),
    ({"fault": "NOPE"}, "/fault: fault 'NOPE': The fault 'NOPE' is not one of CONNECTION_RESET_BY_PEER"),
    ({"fault": "TRUNCATE, code=500"}, "/fault: fault 'TRUNCATE, code=500': expected the name of a fault, and its parameters"),
    ({"serve": "example=nope"}, "/serve: found the example 'nope', expected one of catalogue, documented, empty."),
    ({"serve": "code=429"}, "/serve: found 'code=429', expected what of the catalogue is served"),
    ({"serve": "size=many"}, "/serve: The size 'many' is not a whole number from 0 to 10000."),
    ({"serve": "nonsense=1"}, "/serve: The preference 'nonsense' is not one of code, example"),
    ({"chaos": {"rates": {"418": 0.1}}}, "/chaos: chaos 418: expected a status that every operation has a recording of"),
    ({"chaos": {"rates": {"NOPE": 0.1}}}, "/chaos: chaos NOPE: expected a status"),
    (
        {"chaos": {"rates": {"429": 0.6, "500": 0.6}}},
        "/chaos: chaos: the probabilities sum up to 1.2, expected at most 1.",
    ),
    (
        {"chaos": {"rates": {"truncate": 0.1, "TRUNCATE": 0.1}}},
        "/chaos: chaos TRUNCATE: found TRUNCATE twice, expected each once.",
    ),
    ({"chaos": {"rates": {"429": 1.5}}}, "/chaos/rates/429: found 1.5, expected a number from 0 to 1."),
    ({"limit": MOVING}, "/limit: requests: found 5000, expected a whole number from 1 to 1000."),
    ({"sequences": [{"steps": []}]}, "/sequences/0/steps: found an array of 0 items, expected an array of 1 to 1000 items."),
    (
        {"sequences": [{"provider": "acme", "operation": "nope", "steps": [{}]}]},
        "/sequences/0: found the operation 'nope' of the provider 'acme', expected ids that are served.",
    ),
    (
        {"sequences": [{"provider": "nope", "steps": [{}]}]},
        "/sequences/0: found the provider 'nope', expected ids that are served.",
    ),
    (step(prefer="nonsense"), "/sequences/1/steps/1/prefer: The preference 'nonsense' is not one of code"),
    (step(prefer="code=418"), "/sequences/1/steps/1/prefer: found the code '418', expected one of 200, 400, 401"),
    (
        step(prefer="example=nope"),
        "/sequences/1/steps/1/prefer: found the example 'nope', expected one of catalogue, documented, empty, missing-key",
    ),
    (
        step(prefer="code=401, example=empty"),
        "/sequences/1/steps/1/prefer: found the example 'empty', expected one of missing-key, plain.",
    ),
    (step(prefer="delay=long"), "/sequences/1/steps/1/prefer: The delay 'long' is not one of 250"),
    (step(prefer="size=-1"), "/sequences/1/steps/1/prefer: The size '-1' is not a whole number"),
    (
        step(prefer="size=5, code=429"),
        "/sequences/1/steps/1/prefer: found size beside the code 429, expected it with an answer 200 alone.",
    ),
    (step(prefer="fault=NOPE"), "/sequences/1/steps/1/prefer: The fault 'NOPE' is not one of"),
    (step(times=0), "/sequences/1/steps/1/times: found 0, expected a whole number from 1 to 1000000."),
    (step(for_s=1e-9), "/sequences/1/steps/1/for_s: found 1e-09, expected a number from 0.001 to 604800."),
    (step(times=1, for_s=1), "/sequences/1/steps/1: found times and for_s in one step, expected one of them."),
]


@pytest.mark.parametrize(("settings", "says"), WRONG, ids=[says.partition(",")[0] for _, says in WRONG])
def test_what_cannot_be_is_refused_with_a_sentence_that_says_where(
    acme: Providers, settings: dict[str, Any], says: str
) -> None:
    answer = mock(acme).post(SESSIONS, json=settings)

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["detail"].startswith(f"The body at {says}")
    assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ([{"key": "secret-1"}, {"key": "secret-1"}], "/keys/keys/1/key: found the key of /keys/keys/0/key again"),
        ([{"key": "sk-mock-secret-1"}], "/keys/keys/0/key: found a key that begins with sk-mock- or sk-session-"),
        ([{"key": "secret-1 "}], "/keys/keys/0/key: found a string"),
        ([{"secret-1": 1}], "/keys/keys/0: found "),
    ],
    ids=["twice", "magic", "no key", "no member"],
)
def test_what_is_wrong_with_keys_is_said_without_them(acme: Providers, keys: list[Any], says: str) -> None:
    answer = mock(acme).post(SESSIONS, json={"keys": {"keys": keys}})

    assert answer.status_code == 400
    assert says in answer.json()["detail"]
    assert "secret-1" not in answer.text


def test_chaos_without_probabilities_is_refused_in_a_patch_too(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client)

    patches: list[dict[str, Any]] = [{"chaos": {}}, {"chaos": {"ttl_s": 5}}]
    for patch in patches:
        answer = client.patch(f"{SESSIONS}/{session['id']}", json=patch)
        assert answer.status_code == 400
        assert answer.json()["detail"] == (
            "The body at /chaos: found no member rates, expected the probability of each failure."
        )


def test_a_limit_that_a_patch_leaves_incomplete_is_refused(acme: Providers) -> None:
    client = mock(acme)
    session = opened(client)
    answer = client.patch(f"{SESSIONS}/{session['id']}", json={"limit": {"requests": 5}})

    assert answer.json()["detail"] == ("The body at /limit: window_s: it is missing, expected a whole number from 1 to 86400.")


def test_a_whole_number_may_be_written_with_a_point(acme: Providers) -> None:
    session = opened(mock(acme), seed=json.loads("7.0"), limit={"requests": 2.0, "window_s": 6e1})

    assert (session["seed"], session["limit"]) == (7, {"requests": 2, "window_s": 60})
    assert isinstance(session["seed"], int)


def test_a_recording_of_another_provider_cannot_be_chosen_for_one(acme: Providers) -> None:
    answer = mock(acme).post(SESSIONS, json={"provider": "acme", "serve": "example=plain"})

    assert answer.json()["detail"] == (
        "The body at /serve: found the example 'plain', expected one of catalogue, documented, empty."
    )
