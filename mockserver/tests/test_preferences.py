"""Asking for an answer: Prefer, reserved parameters, magic keys."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.preferences import PreferenceError, Preferences, read
from mockserver.tests.acme import ERRORS, GOOD, MODELS
from specs import Provider

Providers = dict[str, Provider]
PATHS = ["/acme/base/v1/models", "/acme/base/v1/models/coder", "/acme/base/open", "/acme/base/mixed"]
QUERIES = ["", "?__example=catalogue", "?__example=empty"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("status", ERRORS)
def test_every_status_can_be_asked_for_on_every_route_in_three_ways(acme: Providers, path: str, status: int) -> None:
    client = TestClient(create_app(acme))
    by_field = client.get(path, headers={"Prefer": f"code={status}"})
    by_parameter = client.get(path, params={"__code": str(status)})
    by_key = client.get(path, headers={"Authorization": f"Bearer sk-mock-{status}"})

    assert {each.status_code for each in (by_field, by_parameter, by_key)} == {status}
    assert by_field.json() == by_parameter.json() == by_key.json() == {"error": {"code": status}}


def test_an_example_is_asked_for_by_its_label_with_any_key(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get(PATHS[0], headers={"Prefer": "example=empty", "Authorization": "Bearer wrong"})

    assert (answer.status_code, answer.json()) == (200, {"data": []})
    assert answer.headers["preference-applied"] == "example=empty"


def test_an_error_example_is_asked_for_by_its_label(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get(PATHS[0], headers={"Prefer": "example=missing-key"})

    assert (answer.status_code, answer.json()) == (401, {"error": {"code": "missing"}})


def test_code_and_example_together_name_one_recording(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get(PATHS[0], headers={"Prefer": "code=503, example=plain"})

    assert answer.status_code == 503
    assert answer.headers["preference-applied"] == "code=503, example=plain"


def test_code_200_is_the_plain_answer_without_a_key(acme: Providers) -> None:
    client = TestClient(create_app(acme))

    assert client.get(PATHS[0], headers={"Prefer": "code=200"}).json() == {"data": MODELS}
    assert client.get(PATHS[1], headers={"Prefer": "code=200"}).json()["id"] == "coder"


def test_a_retrievals_own_recording_is_served_when_asked_for(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get(PATHS[1], headers={"Prefer": "example=documented"})

    assert answer.json() == {"id": "shown"}


def test_an_asked_list_is_still_filtered(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get(PATHS[0], params={"__example": "catalogue", "name": "extra"})

    assert answer.json() == {"data": [{"id": "extra"}]}


def test_field_and_parameters_are_merged_one_by_one_and_the_field_wins(acme: Providers) -> None:
    client = TestClient(create_app(acme))
    answer = client.get(PATHS[0], params={"__code": "500", "__example": "plain"}, headers={"Prefer": "code=502"})

    assert (answer.status_code, answer.headers["preference-applied"]) == (502, "code=502, example=plain")


def test_a_retrieval_looks_into_the_list_of_the_label_that_is_asked_for(acme: Providers) -> None:
    client = TestClient(create_app(acme))
    plain, asked, empty = (client.get(f"{PATHS[0]}/extra{query}", headers=GOOD) for query in QUERIES)

    assert plain.status_code == 404
    assert (asked.status_code, asked.json()) == (200, {"id": "extra"})
    assert (empty.status_code, empty.json()) == (404, {"error": {"code": 404}})


@pytest.mark.parametrize(
    "asked",
    [{"Prefer": "code=200"}, {"Prefer": "example=empty"}, {"Authorization": "Bearer sk-mock-429"}, {"Prefer": "code=404"}],
)
def test_an_answer_that_is_asked_for_is_for_no_cache(acme: Providers, asked: dict[str, str]) -> None:
    answer = TestClient(create_app(acme)).get(PATHS[0], headers=asked)

    assert answer.headers.get_list("cache-control") == ["no-store"]


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"Prefer": "code=405"}, {}),
        ({"Prefer": "example=plain, code=405"}, {}),
        ({}, {"__code": "405"}),
        ({"Authorization": "Bearer sk-mock-405"}, {}),
    ],
)
def test_a_405_that_is_asked_for_says_what_is_allowed(acme: Providers, headers: dict[str, str], query: dict[str, str]) -> None:
    answer = TestClient(create_app(acme)).get(PATHS[0], headers=headers, params=query)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_405_by_chaos_says_what_is_allowed(acme: Providers) -> None:
    assert TestClient(create_app(acme, chaos={"405": 1.0})).get(PATHS[0]).headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_preference_comes_before_a_magic_key(acme: Providers) -> None:
    headers = {"Prefer": "code=500", "Authorization": "Bearer sk-mock-429"}

    assert TestClient(create_app(acme)).get(PATHS[0], headers=headers).status_code == 500


def test_the_plain_magic_word_is_a_good_key(acme: Providers) -> None:
    assert TestClient(create_app(acme)).get(PATHS[0], headers={"Authorization": "Bearer sk-mock"}).status_code == 200


UNKNOWN = [
    ({"Prefer": "colour=red"}, {}, "'colour' is not one of code, example", "example"),
    ({"Prefer": "code=418"}, {}, "'418' is not one of 200, 400", "429"),
    ({"Prefer": "code=0200"}, {}, "'0200' is not one of 200, 400", "200"),
    ({"Prefer": "code"}, {}, "'' is not one of 200, 400", "429"),
    ({"Prefer": "example=nope"}, {}, "'nope' is not one of documented, catalogue, empty", "missing-key"),
    ({"Prefer": "code=500, example=empty"}, {}, "'empty' of 500 is not one of plain", "plain"),
    ({"Prefer": "code=429 oops"}, {}, "cannot be read at", "code"),
    ({}, {"__code": "x"}, "'x' is not one of 200, 400", "429"),
    ({}, {"__kode": "429"}, "'__kode' is not one of __code, __example", "__example"),
    ({"Authorization": "Bearer sk-mock-418"}, {}, "'sk-mock-418' is not one of sk-mock-400", "sk-mock-429"),
    ({"Authorization": "Bearer sk-mock-"}, {}, "'sk-mock-' is not one of sk-mock-400", "sk-mock-429"),
]


@pytest.mark.parametrize(("headers", "query", "detail", "valid"), UNKNOWN)
def test_what_is_unknown_is_a_problem_that_names_the_valid_ones(
    acme: Providers, headers: dict[str, str], query: dict[str, str], detail: str, valid: str
) -> None:
    answer = TestClient(create_app(acme)).get(PATHS[0], headers=headers, params=query)

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert detail in answer.json()["detail"]
    assert valid in answer.json()["valid"]


@pytest.mark.parametrize(("headers", "query"), [({"Prefer": "colour=red"}, {}), ({}, {"__kode": "429"})])
@pytest.mark.parametrize(("method", "path"), [("GET", "/acme/nope"), ("POST", PATHS[0]), ("OPTIONS", PATHS[0])])
def test_what_is_unknown_is_refused_on_every_path_of_a_provider(
    acme: Providers, method: str, path: str, headers: dict[str, str], query: dict[str, str]
) -> None:
    answer = TestClient(create_app(acme)).request(method, path, headers=headers, params=query)

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("path", ["/", "/__mock/health"])
def test_the_mocks_own_addresses_know_no_preferences(acme: Providers, path: str) -> None:
    answer = TestClient(create_app(acme)).get(path, headers={"Prefer": "colour=red"}, params={"__kode": "429"})

    assert answer.status_code == 200


def test_a_problem_has_its_sentence_where_openai_s_sdks_look_for_it(acme: Providers) -> None:
    problem = TestClient(create_app(acme)).get(PATHS[0], headers={"Prefer": "code=418"}).json()

    assert problem["error"] == {"message": problem["detail"], "type": "mock_problem", "code": None}


STANDARD = [
    "return=minimal",
    "respond-async, wait=10",
    "handling=lenient",
    "return=minimal; code=429",
    "safe",
    'return="a;b,code=429"',
]


@pytest.mark.parametrize("prefer", STANDARD)
def test_standard_preferences_are_ignored_with_their_parameters(acme: Providers, prefer: str) -> None:
    answer = TestClient(create_app(acme)).get(PATHS[0], headers={**GOOD, "Prefer": prefer})

    assert answer.status_code == 200
    assert "preference-applied" not in answer.headers


def test_several_prefer_fields_are_one(acme: Providers) -> None:
    fields = [("Prefer", "code=503"), ("Prefer", "example=plain")]

    assert TestClient(create_app(acme)).get(PATHS[0], headers=fields).headers["preference-applied"] == "code=503, example=plain"


@pytest.mark.parametrize(
    "prefer",
    [
        "code=429, example=b",
        "code=429; example=b",
        'code="429";example="b"',
        "CODE = 429 ,, Example = b ,",
        "code=429, example=b, code=500",
        'code=429, example="\\b"',
    ],
)
def test_the_spellings_of_a_preference(prefer: str) -> None:
    assert read(prefer, {}) == Preferences("429", "b")


@pytest.mark.parametrize("prefer", ["=", 'code="429', "code=4 29", "code==1", "ä=1", "code\xa0=429", "code=429\x0b,example=b"])
def test_what_is_no_preference_is_an_error(prefer: str) -> None:
    with pytest.raises(PreferenceError, match="cannot be read"):
        read(prefer, {})


@pytest.mark.parametrize("before", ["a", "a=", "a=b", 'a="b"', "code=429,", ""])
def test_a_long_run_of_blanks_is_read_once(before: str) -> None:
    with pytest.raises(PreferenceError, match="cannot be read"):
        read(f"{before}{' ' * 1_000_000}!x y", {})


@pytest.mark.parametrize("prefer", ["", " ", ",", ";,"])
def test_an_empty_field_asks_for_nothing(prefer: str) -> None:
    assert not read(prefer, {})


@pytest.mark.parametrize(
    ("sent", "applied"),
    [
        ("%E6%97%A5", 'without="%E6%97%A5"'),
        ("a%0D%0AX-Evil:%20y", 'without="a%0D%0AX-Evil: y"'),
        ("a%22%5C", r'without="a\"\\"'),
        ("%00%7F%FF", 'without="%00%7F%EF%BF%BD"'),
    ],
    ids=["not ASCII", "end of a line", "quotes", "no text"],
)
def test_what_a_query_asks_for_cannot_break_the_field_that_repeats_it(acme: Providers, sent: str, applied: str) -> None:
    answer = TestClient(create_app(acme)).get(f"/acme/base/v1/models?__without={sent}", headers=GOOD)

    assert (answer.status_code, answer.headers["preference-applied"]) == (200, applied)
