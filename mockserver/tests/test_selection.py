"""Filters and sorts of a list."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.source import MAX_KEPT
from mockserver.tests.acme import GOOD, MODELS, Folders, openapi
from specs import Provider

Providers = dict[str, Provider]
LIST = "/acme/base/v1/models"
SMALL, BIG, CODER, PLAIN = (model["id"] for model in MODELS)


def ids(providers: Providers, **query: str) -> list[str]:
    answer = TestClient(create_app(providers, rate_limit=False)).get(LIST, params=query, headers=GOOD)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["data"]]


def test_a_member_of_a_list_with_commas_is_found_under_old_and_new_names(acme: Providers) -> None:
    assert ids(acme, kind="llm") == [SMALL, BIG, PLAIN]
    assert ids(acme, kind="chat") == [SMALL, BIG, PLAIN]


def test_full_width_commas_and_arrays_separate_members_too(acme: Providers) -> None:
    assert ids(acme, caps="text") == [SMALL, BIG, CODER]
    assert ids(acme, caps="pdf") == [CODER]


def test_of_several_values_all_must_fit_or_any(acme: Providers) -> None:
    assert ids(acme, caps="text, image") == [SMALL]
    assert ids(acme, any_caps="image,pdf") == [SMALL, CODER]


def test_contains_looks_into_the_text_in_any_case(acme: Providers) -> None:
    assert ids(acme, name="CODE") == [CODER]
    assert ids(acme, name="nothing like it") == []


def test_filters_are_joined_by_and(acme: Providers) -> None:
    assert ids(acme, kind="image", name="plain") == [PLAIN]


def test_a_member_is_no_part_of_a_word(acme: Providers) -> None:
    assert ids(acme, any_caps="tex") == []


@pytest.mark.parametrize(
    "query",
    [
        {"kind": ""},
        {"caps": ","},
        {"any_caps": " , "},
        {"sort": ""},
        {"unknown": "1"},
        {"ignored": "c"},
        {"direction": "desc"},
        {"sort": "order", "direction": "desc"},
    ],
)
def test_what_says_nothing_changes_nothing(acme: Providers, query: dict[str, str]) -> None:
    assert ids(acme, **query) == [SMALL, BIG, CODER, PLAIN]


def test_numbers_are_sorted_as_numbers_with_missing_ones_last(acme: Providers) -> None:
    assert ids(acme, sort="size") == [SMALL, CODER, BIG, PLAIN]
    assert ids(acme, sort="size", direction="desc") == [BIG, CODER, SMALL, PLAIN]


def test_strings_of_digits_are_sorted_as_numbers(acme: Providers) -> None:
    assert ids(acme, sort="speed") == [CODER, SMALL, BIG, PLAIN]
    assert ids(acme, sort="speed", direction="desc") == [SMALL, CODER, BIG, PLAIN]


def test_an_order_can_put_some_items_first(acme: Providers) -> None:
    assert ids(acme, sort="code") == [CODER, SMALL, BIG, PLAIN]


def test_equal_items_stay_in_their_order_in_both_directions(folders: Folders) -> None:
    folders.recording("listModels/200-documented", {"data": [{"id": name, "size": 1.5} for name in "cab"]}, default=True)
    acme = folders.load()

    assert ids(acme, sort="size") == ids(acme, sort="size", direction="desc") == ["c", "a", "b"]


@pytest.mark.parametrize(
    "query", [{"kind": "nope"}, {"kind": "llm,image"}, {"caps": "text,nope"}, {"sort": "nope"}, {"direction": "up"}]
)
def test_a_value_outside_a_closed_list_is_the_documented_400(acme: Providers, query: dict[str, str]) -> None:
    answer = TestClient(create_app(acme)).get(LIST, params=query, headers=GOOD)

    assert (answer.status_code, answer.json()) == (400, {"error": {"code": 400}})


@pytest.mark.parametrize(
    ("query", "expected"), [({"sort": "nope"}, 400), ({"direction": "up"}, 400), ({"direction": "asc"}, 200)]
)
def test_orders_and_directions_are_closed_lists_without_saying_so(
    folders: Folders, query: dict[str, str], expected: int
) -> None:
    document = openapi()
    for parameter in document["paths"]["/v1/models"]["get"]["parameters"]:
        del parameter["schema"]
    folders.spec("openapi", document)

    assert TestClient(create_app(folders.load())).get(LIST, params=query, headers=GOOD).status_code == expected


def test_without_a_recording_of_400_an_unknown_value_fits_nothing(folders: Folders) -> None:
    (folders.fixtures / "acme/listModels/400-plain.json").unlink()

    assert ids(folders.load(), kind="nope") == []


def test_of_a_parameter_given_twice_the_first_counts(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get(f"{LIST}?kind=image&kind=llm", headers=GOOD)

    assert [item["id"] for item in answer.json()["data"]] == [CODER, PLAIN]


def test_the_rest_of_the_answer_stays(folders: Folders) -> None:
    folders.recording("listModels/200-documented", {"a": 1, "data": MODELS, "z": "é"}, default=True)
    answer = TestClient(create_app(folders.load())).get(LIST, params={"name": "coder"}, headers=GOOD)

    assert answer.json() == {"a": 1, "data": [MODELS[2]], "z": "é"}


def test_items_deep_in_the_answer_are_found(folders: Folders) -> None:
    document = openapi()
    document["paths"]["/v1/models"]["get"]["x-items"]["at"] = "/result/0/data"
    folders.spec("openapi", document)
    folders.recording("listModels/200-documented", {"result": [{"data": MODELS}]}, default=True)
    answer = TestClient(create_app(folders.load())).get(LIST, params={"name": "coder"}, headers=GOOD)

    assert answer.json() == {"result": [{"data": [MODELS[2]]}]}


@pytest.mark.parametrize("body", [{"data": None}, {"models": []}, []])
def test_a_broken_list_is_served_as_it_is_whatever_is_asked(folders: Folders, body: Any) -> None:
    folders.recording("openList/200-catalogue", {"data": []})
    document = openapi()
    del document["paths"]["/v1/models"]["get"]["responses"]["200"]["content"]
    folders.spec("openapi", document)
    folders.recording("listModels/200-documented", body, default=True)
    client = TestClient(create_app(folders.load()))

    assert client.get(LIST, params={"kind": "llm"}, headers=GOOD).json() == body
    assert client.get(f"{LIST}/coder", headers=GOOD).status_code == 404


def test_items_that_are_no_objects_fit_no_filter_and_sort_last(folders: Folders) -> None:
    folders.recording(
        "listModels/200-documented", {"data": ["text", {"id": "b", "size": True}, {"id": "a", "size": 1}]}, default=True
    )
    client = TestClient(create_app(folders.load()))

    assert client.get(LIST, params={"name": "text"}, headers=GOOD).json() == {"data": []}
    assert client.get(LIST, params={"sort": "size"}, headers=GOOD).json()["data"][0] == {"id": "a", "size": 1}


def test_answers_that_were_forgotten_are_made_again(acme: Providers) -> None:
    client = TestClient(create_app(acme, rate_limit=False))
    first = client.get(LIST, params={"name": "code"}, headers=GOOD).content
    for number in range(MAX_KEPT + 1):
        client.get(LIST, params={"name": f"no {number}"}, headers=GOOD)

    assert client.get(LIST, params={"name": "code"}, headers=GOOD).content == first


def test_a_list_recorded_as_text_is_served_as_it_is(folders: Folders) -> None:
    document = openapi()
    del document["paths"]["/v1/models"]["get"]["responses"]["200"]["content"]
    folders.spec("openapi", document)
    folders.text("listModels/200-page", "<p>Models</p>")
    client = TestClient(create_app(folders.load(), example="page"))

    assert client.get(LIST, params={"kind": "llm"}, headers=GOOD).text == "<p>Models</p>"


def test_an_operation_without_items_ignores_filters(folders: Folders) -> None:
    document = openapi()
    del document["paths"]["/v1/models"]["get"]["x-items"]
    del document["paths"]["/v1/models/{model}"]
    folders.spec("openapi", document)
    shutil.rmtree(folders.fixtures / "acme/getModel")

    assert ids(folders.load(), kind="llm") == [SMALL, BIG, CODER, PLAIN]


def test_of_two_items_with_one_id_the_first_is_retrieved(folders: Folders) -> None:
    folders.recording("listModels/200-documented", {"data": [{"id": "a", "n": 1}, {"id": "a", "n": 2}]}, default=True)

    assert TestClient(create_app(folders.load())).get(f"{LIST}/a", headers=GOOD).json() == {"id": "a", "n": 1}


def test_a_retrieved_item_has_the_fields_of_its_list_where_it_has_no_recording(folders: Folders) -> None:
    (folders.fixtures / "acme/getModel/200-documented.json").unlink()
    answer = TestClient(create_app(folders.load())).get(f"{LIST}/coder", headers=GOOD)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
