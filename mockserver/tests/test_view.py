"""What of the catalogue a request sees."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.endpoint import endpoints
from mockserver.preferences import PreferenceError, Preferences
from mockserver.request import Request
from mockserver.routes import Routes
from mockserver.tests.acme import MODELS, Folders, openapi
from mockserver.view import MAX_ID, WHOLE, View
from specs import Provider

Providers = dict[str, Provider]
LIST = "/acme/base/v1/models"


def ask(acme: Providers, prefer: str, path: str = LIST, **query: str) -> list[str]:
    answer = TestClient(create_app(acme)).get(path, headers={"Prefer": prefer}, params=query)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["data"]]


def test_the_empty_view_is_the_recording_as_it_is() -> None:
    assert WHOLE.is_recorded
    assert WHOLE.shows("anything")
    assert WHOLE.asked({}) == WHOLE


def test_preferences_are_read_into_a_view() -> None:
    asked = WHOLE.asked({"size": "500", "seed": "7", "without": "b, a\tb"})

    assert asked == View(size=500, seed=7, without=("a", "b"))
    assert WHOLE.asked({"dynamic": "true"}) == View(dynamic=True)
    assert hash(asked) == hash(View(size=500, seed=7, without=("a", "b")))


def test_what_is_asked_for_is_laid_over_the_view_at_hand() -> None:
    at_hand = View(size=500, seed=7, without=("a",), only=("x*",))

    assert at_hand.asked({"size": "3"}) == replace(at_hand, size=3)
    assert at_hand.asked({"example": "empty"}) == View(example="empty", seed=7, without=("a",), only=("x*",))
    assert at_hand.asked({"dynamic": "true", "size": "4"}) == replace(at_hand, size=4, dynamic=True)
    assert View(dynamic=True).asked({"dynamic": "false"}) == WHOLE


WRONG = [
    ({"size": "10001"}, "The size '10001' is not a whole number from 0 to 10000.", "500"),
    ({"size": "-1"}, "not a whole number", "500"),
    ({"size": "٣"}, "not a whole number", "500"),
    ({"size": ""}, "not a whole number", "500"),
    ({"dynamic": "yes"}, "The dynamic 'yes' is not true or false.", "true"),
    ({"seed": "x", "size": "1"}, "The seed 'x' is not a whole number", "7"),
    ({"seed": "7"}, "The preference 'seed' goes with size or dynamic=true.", "dynamic=true"),
    ({"without": " , "}, "The without ' , ' is not an id", "a-model"),
    ({"example": "empty", "dynamic": "true"}, "'example' does not go with dynamic=true", "false"),
    ({"dynamic": "true", "size": "501"}, "The size 501 is not at most 500", "500"),
]


@pytest.mark.parametrize(("wishes", "sentence", "valid"), WRONG, ids=[f"{each[0]}" for each in WRONG])
def test_a_wish_that_cannot_be_granted_is_refused_with_valid_values(wishes: dict[str, str], sentence: str, valid: str) -> None:
    with pytest.raises(PreferenceError) as refused:
        WHOLE.asked(wishes)

    assert sentence in refused.value.detail
    assert valid in refused.value.valid


def test_only_what_a_pattern_fits_is_shown() -> None:
    view = View(only=("acme/*", "coder"), without=("acme/large",))

    assert [each for each in ("acme/small", "acme/large", "coder", "Coder", "plain") if view.shows(each)] == [
        "acme/small",
        "coder",
    ]
    assert not view.shows(None)
    assert not View(only=()).shows("coder")


def test_size_is_the_faults_where_a_fault_takes_it_else_the_views() -> None:
    assert Preferences(others={"fault": "HUGE", "size": "5"}).viewed == {}
    assert Preferences(others={"fault": "TRUNCATE", "size": "5"}).viewed == {"size": "5"}
    assert Preferences(others={"size": "5"}).faulted("HUGE").viewed == {}
    assert Preferences(others={"size": "5"}).viewed == {"size": "5"}


@pytest.mark.parametrize("asked", ["size=2", "dynamic=true", "without=coder"])
def test_who_asks_for_a_view_needs_no_key_and_gets_an_answer_for_no_cache(folders: Folders, asked: str) -> None:
    document(folders)
    answer = TestClient(create_app(folders.load())).get(LIST, headers={"Prefer": asked, "Authorization": "Bearer wrong"})

    assert answer.status_code == 200
    assert (answer.headers["cache-control"], answer.headers["preference-applied"]) == ("no-store", asked)


def test_a_list_without_some_models_is_filtered_and_sorted_as_ever(acme: Providers) -> None:
    assert ask(acme, 'without="coder, acme/small"') == ["Big:free", "plain"]
    assert ask(acme, "without=coder", kind="llm") == ["acme/small", "Big:free", "plain"]
    assert ask(acme, "without=coder", sort="size", direction="desc") == ["Big:free", "acme/small", "plain"]


def test_a_model_that_is_left_out_is_not_found(acme: Providers) -> None:
    client = TestClient(create_app(acme))
    gone = client.get(f"{LIST}/coder", headers={"Prefer": "without=coder"})
    kept = client.get(f"{LIST}/coder", headers={"Prefer": "without=plain"})

    assert (gone.status_code, gone.json()) == (404, {"error": {"code": 404}})
    assert kept.json() == MODELS[2]


def test_a_recording_of_one_model_is_not_found_either_where_it_is_left_out(acme: Providers) -> None:
    client = TestClient(create_app(acme))

    assert client.get(f"{LIST}/shown", headers={"Prefer": "example=documented"}).status_code == 200
    assert client.get(f"{LIST}/shown", headers={"Prefer": "example=documented, without=shown"}).status_code == 404


def test_a_key_sees_what_its_patterns_fit(acme: Providers) -> None:
    [provider] = acme.values()
    found = endpoints(provider, Routes(provider.operations.values()))
    request = Request("GET", "/", {}, {})
    view = View(only=("*:free",))

    assert found["listModels"].faithful(request, {}, view).content.count(b'"id"') == 1
    assert found["getModel"].faithful(request, {"model": "Big:free"}, view).status == 200
    assert found["getModel"].faithful(request, {"model": "coder"}, view).status == 404


def test_an_id_longer_than_any_is_held_against_no_pattern() -> None:
    """Else a path of some hundred thousand characters, held against a thousand patterns, would keep everybody waiting."""
    any_id = View(only=("*",))

    assert any_id.shows("a" * MAX_ID)
    assert not any_id.shows("a" * (MAX_ID + 1))
    assert WHOLE.shows("a" * (MAX_ID + 1))


@pytest.mark.parametrize("odd", [None, 7, ["coder"], {"id": "coder"}], ids=str)
def test_what_is_no_id_is_shown_unless_patterns_are_asked_for(odd: object) -> None:
    assert View(without=("coder",)).shows(odd)
    assert not View(only=("*",)).shows(odd)


def test_each_view_has_a_tag_of_its_own_which_holds_while_the_view_does(acme: Providers) -> None:
    [provider] = acme.values()
    endpoint = endpoints(provider, Routes(provider.operations.values()))["listModels"]
    plain = endpoint.faithful(Request("GET", "/", {}, {}), {}, WHOLE)
    view = View(size=30)
    tag = endpoint.faithful(Request("GET", "/", {}, {}), {}, view).field(b"etag") or ""

    assert tag != plain.field(b"etag")
    assert endpoint.faithful(Request("GET", "/", {}, {"if-none-match": tag}), {}, view).status == 304
    assert endpoint.faithful(Request("GET", "/", {}, {"if-none-match": tag}), {}, replace(view, seed=1)).status == 200


def test_a_session_may_name_a_recording_that_not_every_operation_has(acme: Providers) -> None:
    [provider] = acme.values()
    endpoint = endpoints(provider, Routes(provider.operations.values()))["listModels"]
    request = Request("GET", "/", {}, {})

    assert endpoint.faithful(request, {}, View(example="no-such")) == endpoint.faithful(request, {})


def test_a_tag_that_was_recorded_is_not_that_of_another_list(folders: Folders) -> None:
    folders.recording("openList/200-documented", {"data": MODELS}, {"ETag": '"recorded"'}, default=True)
    client = TestClient(create_app(folders.load()))

    assert client.get("/acme/base/open").headers["etag"] == '"recorded"'
    assert "etag" not in client.get("/acme/base/open", headers={"Prefer": "without=coder, size=9"}).headers


def test_a_view_of_an_error_is_refused(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get(LIST, headers={"Prefer": "code=503, size=5"})

    assert answer.status_code == 400
    assert answer.json()["detail"] == "The preference 'size' goes with an answer 200, not with 503."


def test_the_size_of_a_fault_named_by_a_key_is_that_of_its_content(acme: Providers) -> None:
    headers = {"Authorization": "Bearer sk-mock-huge", "Prefer": "size=20000"}

    assert len(TestClient(create_app(acme)).get(LIST, headers=headers).content) == 20000


def test_a_fault_without_a_size_spoils_the_list_of_the_size_asked_for(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get(LIST, headers={"Prefer": "fault=DUPLICATE_IDS, size=40"})

    assert len(answer.json()["data"]) == 41


def document(folders: Folders) -> None:
    """Says in the contract what a list is, so that any can be made up."""
    contract = openapi()
    model = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "minLength": 1}}}
    schema = {"type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": model}}}
    contract["paths"]["/v1/models"]["get"]["responses"]["200"]["content"] = {"application/json": {"schema": schema}}
    folders.spec("openapi", contract)
