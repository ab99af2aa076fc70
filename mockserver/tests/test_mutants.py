"""Serving a gateway with one thing broken."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from mockserver import UsageError, create_app
from mockserver.tests.acme import GOOD, Folders
from specs import load_all

LIST = "/acme/base/v1/models"


def broken(folders: Folders, **mutant: Any) -> TestClient:
    folders.mutants({"id": "ACM-LIST-01/broken", **mutant})
    return TestClient(create_app(folders.load(), mutant="ACM-LIST-01/broken", rate_limit=False))


def test_an_unknown_mutant_is_a_usage_error(folders: Folders) -> None:
    with pytest.raises(UsageError, match="mutant 'ACM-X-01/a': expected an id"):
        create_app(folders.load(), mutant="ACM-X-01/a")


def test_patched_recordings_are_served_from_the_mutants_catalogue(folders: Folders) -> None:
    patch = [{"op": "remove", "path": "/body/data/4/id"}]
    client = broken(folders, recordings=[{"recording": "listModels/200-catalogue", "patch": patch}])

    assert client.get(LIST, headers=GOOD).json()["data"][4] == {}


def test_a_patched_contract_changes_the_behaviour(folders: Folders) -> None:
    client = broken(folders, contract=[{"op": "replace", "path": "/security", "value": []}])

    assert client.get(LIST).status_code == 200


def test_a_mutant_without_rewrites_has_no_rate_limit_if_its_contract_lost_it(folders: Folders) -> None:
    folders.mutants({"id": "ACM-LIST-01/unlimited", "contract": [{"op": "remove", "path": "/x-gateway/rate_limit"}]})
    client = TestClient(create_app(folders.load(), mutant="ACM-LIST-01/unlimited"))

    assert {client.get(LIST, headers=GOOD).status_code for _ in range(9)} == {200}


def test_status_fields_and_text_are_rewritten_and_the_length_fits(folders: Folders) -> None:
    fields = {"content-type": "text/html", "ETag": None, "X-New": "1", "Content-Length": "9999"}
    client = broken(folders, responses=[{"when": {"status": 200}, "status": 202, "headers": fields, "text": "é"}])
    answer = client.get(LIST, headers=GOOD)

    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (202, "é".encode(), "2")
    assert (answer.headers["content-type"], answer.headers["x-new"]) == ("text/html", "1")
    assert "etag" not in answer.headers


def test_a_patch_leaves_the_tag_as_it_was(folders: Folders) -> None:
    honest = TestClient(create_app(folders.load(), example="catalogue")).get(LIST, headers=GOOD)
    client = broken(folders, responses=[{"when": {}, "patch": [{"op": "remove", "path": "/data/0"}]}])
    answer = client.get(LIST, headers=GOOD)

    assert answer.json()["data"] == honest.json()["data"][1:]
    assert answer.headers["etag"] == honest.headers["etag"]
    assert answer.headers["content-length"] == str(len(answer.content))


def test_a_patch_that_does_not_fit_leaves_the_answer(folders: Folders) -> None:
    client = broken(folders, responses=[{"when": {}, "patch": [{"op": "remove", "path": "/data/0"}]}])

    assert client.get(LIST).json() == {"error": {"code": "missing"}}
    assert client.options(LIST).status_code == 204


def test_credentials_stand_for_the_token_in_every_new_text(folders: Folders) -> None:
    echoes: dict[str, Any] = {
        "headers": {"X-Key": "<{credentials}>"},
        "patch": [
            {"op": "add", "path": "/echo", "value": {"keys": ["{credentials}!", 1]}},
            {"op": "copy", "from": "/echo", "path": "/again"},
        ],
    }
    answer = broken(folders, responses=[{"when": {}, **echoes}]).get(LIST, headers={"Authorization": "Bearer wrong"})

    assert (answer.headers["x-key"], answer.json()["echo"]) == ("<wrong>", {"keys": ["wrong!", 1]})
    assert answer.json()["again"] == answer.json()["echo"]


@pytest.mark.parametrize(("field", "shown"), [("Basic abc", "abc"), ("lonely", "lonely"), ("Bearer", "Bearer")])
def test_credentials_without_a_scheme_are_the_whole_field(folders: Folders, field: str, shown: str) -> None:
    client = broken(folders, responses=[{"when": {"status": 401}, "text": "key {credentials}"}])

    assert client.get(LIST, headers={"Authorization": field}).text == f"key {shown}"


CONDITIONS: list[tuple[dict[str, Any], str, str, dict[str, str], bool]] = [
    ({"operation": "listModels"}, "GET", LIST, GOOD, True),
    ({"operation": "getModel"}, "GET", LIST, GOOD, False),
    ({"operation": "listModels"}, "POST", LIST, GOOD, True),
    ({"operation": "listModels"}, "GET", "/acme/nope", GOOD, False),
    ({"status": 404}, "GET", "/acme/nope", GOOD, True),
    ({"method": "HEAD"}, "GET", LIST, GOOD, False),
    ({"method": "OPTIONS"}, "OPTIONS", LIST, GOOD, True),
    ({"status": 401}, "GET", LIST, GOOD, False),
    ({"query": {"kind": "llm"}}, "GET", f"{LIST}?kind=llm", GOOD, True),
    ({"query": {"kind": "llm"}}, "GET", f"{LIST}?kind=image", GOOD, False),
    ({"query": {"kind": "*"}}, "GET", f"{LIST}?kind=image", GOOD, True),
    ({"query": {"kind": "*"}}, "GET", LIST, GOOD, False),
    ({"headers": {"Authorization": "Bearer sk"}}, "GET", LIST, GOOD, True),
    ({"headers": {"authorization": "bearer"}}, "GET", LIST, GOOD, False),
    ({"headers": {"authorization": None}}, "GET", LIST, GOOD, False),
    ({"headers": {"authorization": None}}, "GET", LIST, {}, True),
    ({"headers": {"authorization": "Bearer"}}, "GET", LIST, {}, False),
]


@pytest.mark.parametrize(("when", "method", "path", "headers", "rewritten"), CONDITIONS)
def test_a_rewrite_touches_what_its_condition_says(
    folders: Folders, when: dict[str, Any], method: str, path: str, headers: dict[str, str], rewritten: bool
) -> None:
    client = broken(folders, responses=[{"when": when, "headers": {"X-Broken": "1"}}])

    assert ("x-broken" in client.request(method, path, headers=headers).headers) is rewritten


def test_every_is_counted_for_each_rewrite_by_itself(folders: Folders) -> None:
    second = {"when": {"status": 200, "every": 2}, "headers": {"X-Second": "1"}}
    third = {"when": {"every": 3}, "headers": {"X-Third": "1"}}
    client = broken(folders, responses=[second, third])
    answers = [client.get(LIST, headers=headers) for headers in (GOOD, {}, GOOD, GOOD, GOOD, GOOD)]

    assert ["x-second" in each.headers for each in answers] == [False, False, True, False, True, False]
    assert ["x-third" in each.headers for each in answers] == [False, False, True, False, False, True]


def test_a_rewrite_looks_at_the_status_before_other_rewrites(folders: Folders) -> None:
    client = broken(
        folders, responses=[{"when": {"status": 200}, "status": 500}, {"when": {"status": 200}, "headers": {"X-Too": "1"}}]
    )
    answer = client.get(LIST, headers=GOOD)

    assert (answer.status_code, answer.headers["x-too"]) == (500, "1")


def test_head_and_304_stay_without_content(folders: Folders) -> None:
    client = broken(folders, responses=[{"when": {}, "text": "broken"}])
    head = client.head(LIST, headers=GOOD)

    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "6")
    assert client.get(LIST, headers={**GOOD, "If-None-Match": "*"}).content == b""


def test_an_answer_made_a_304_loses_its_content(folders: Folders) -> None:
    answer = broken(folders, responses=[{"when": {"status": 200}, "status": 304}]).get(LIST, headers=GOOD)

    assert (answer.status_code, answer.content) == (304, b"")


def test_a_label_of_examples_changes_what_is_served(folders: Folders) -> None:
    client = TestClient(create_app(folders.load(), example="catalogue"))

    assert client.get(LIST, headers=GOOD).json()["data"][-1] == {"id": "extra"}
    assert client.get(f"{LIST}/extra", headers=GOOD).json() == {"id": "extra"}


def test_an_unknown_label_is_a_usage_error(folders: Folders) -> None:
    with pytest.raises(UsageError, match="example 'nope': expected one of catalogue, documented, empty"):
        create_app(folders.load(), example="nope")


def test_a_mutant_that_breaks_clients_is_one_of_every_provider() -> None:
    app = create_app(load_all(), mutant="CLIENT-PAGE-01/has-more", rate_limit=False)

    with TestClient(app) as client:
        answers = {
            f"{provider.id}/{operation.id}": client.get(
                f"/{provider.id}{operation.path}", headers={"Authorization": "Bearer sk-any"}
            )
            for provider in load_all().values()
            for operation in provider.operations.values()
            if operation.items
        }

    assert {name for name, each in answers.items() if each.json().get("has_more") is not True} == set()
