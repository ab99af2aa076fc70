"""Lists of any size and any documents, of a gateway made of data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.tests.acme import Folders, openapi, requirements
from specs import Provider

LIST = "/acme/base/v1/models"
PRICE = {"type": "number", "minimum": 0}
MODEL = {
    "type": "object",
    "required": ["id", "title"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "title": {"type": "string"},
        "kind": {"enum": ["llm", "image"]},
        "created": {"type": "integer"},
        "window": {"type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]+$"},
        "price": {"type": "object", "properties": {"in": PRICE, "out": PRICE, "bound": {"type": "number"}}},
    },
}
RECORDED: list[dict[str, Any]] = [
    {
        "id": "acme/opus-4.7",
        "title": "Opus 4.7",
        "kind": "llm",
        "created": 1_700_000_000,
        "window": 8000,
        "price": {"in": 2, "out": 6},
    },
    {
        "id": "acme/sketch-1:free",
        "title": "Sketch 1 (Free)",
        "kind": "image",
        "created": 1_600_000_000,
        "window": "4000",
        "price": {"in": 0},
    },
    {
        "id": "acme/old",
        "title": "Old",
        "kind": "llm",
        "created": 1_500_000_000,
        "window": 0,
        "price": {"in": 0.5, "bound": 200},
    },
    {"id": "acme/older", "title": "Older", "kind": "llm", "created": 1_500_000_000},
]


@pytest.fixture
def rich(folders: Folders) -> Folders:
    """The gateway acme with a schema of its models, and an invariant of their times."""
    contract = separate(openapi())
    listed = {"type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": MODEL}}}
    for path, schema in {"/v1/models": listed, "/v1/models/{model}": MODEL}.items():
        contract["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = schema
    folders.spec("openapi", contract)
    rules = requirements()
    check = {"invariant": "epoch-seconds", "at": "/data/*/created"}
    rules["requirements"].append({**rules["requirements"][0], "id": "ACM-TIME-01", "check": check})
    check = {"invariant": "unique", "at": "/data/*/id"}
    rules["requirements"].append({**rules["requirements"][0], "id": "ACM-ID-01", "check": check})
    folders.spec("requirements", rules)
    folders.recording("listModels/200-documented", {"data": RECORDED[:1], "version": 1}, default=True)
    folders.recording("listModels/200-catalogue", {"data": RECORDED, "version": 2})
    folders.recording("getModel/200-documented", RECORDED[0])
    return folders


Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def ask(rich: Folders) -> Ask:
    client = TestClient(create_app(rich.load()))

    def ask(prefer: str, **query: str) -> list[dict[str, Any]]:
        answer = client.get(LIST, headers={"Prefer": prefer}, params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    return ask


@pytest.mark.parametrize("size", [0, 1, 4, 5, 500])
def test_a_list_has_exactly_the_size_asked_for_and_each_id_once(ask: Ask, size: int) -> None:
    models = ask(f"size={size}")

    assert len({each["id"] for each in models}) == len(models) == size


def test_the_recorded_models_come_first_and_equal_seeds_give_equal_lists(ask: Ask) -> None:
    one, same, other = ask("size=50"), ask("size=50, seed=0"), ask("size=50, seed=1")

    assert one == same != other
    assert sorted(each["id"] for each in one[:4]) == sorted(each["id"] for each in RECORDED)


def test_a_model_is_varied_by_what_the_schema_says(ask: Ask) -> None:
    models = [each for each in ask("size=400") if each["id"].startswith("acme/opus")]

    assert len({each["price"]["in"] for each in models}) > 5
    assert all(round(each["price"]["out"] / each["price"]["in"], 1) == 3 for each in models)
    assert {each["window"] for each in models} == {2000, 4000, 8000, 16000, 32000}
    assert all(1_700_000_000 - 365 * 86_400 <= each["created"] <= 1_700_000_000 for each in models)
    assert all(each["title"].startswith("Opus ") for each in models)
    assert {each["kind"] for each in models} == {"llm"}


def test_what_is_free_stays_free_and_what_bounds_a_price_stays_too(ask: Ask) -> None:
    models = ask("size=400")

    assert {each["price"]["in"] for each in models if each["id"].endswith(":free")} == {0}
    assert {each["price"]["bound"] for each in models if each["id"].startswith("acme/old") and "price" in each} == {200}
    assert all(isinstance(each["window"], str) for each in models if each["id"].startswith("acme/sketch"))


def test_a_time_that_several_models_share_is_the_gateways_constant(ask: Ask) -> None:
    assert {each["created"] for each in ask("size=400") if each["id"].startswith("acme/old")} == {1_500_000_000}


def test_more_are_made_of_the_recording_that_is_named(ask: Ask) -> None:
    assert {each["id"].partition("-")[0] for each in ask("example=documented, size=30")} == {"acme/opus"}
    assert len(ask("example=empty, size=30")) == 30


def test_what_was_made_is_filtered_and_retrieved(rich: Folders, ask: Ask) -> None:
    models = ask("size=40", kind="image")
    client = TestClient(create_app(rich.load()))
    found = client.get(f"{LIST}/{models[-1]['id']}", headers={"Prefer": "size=40"})
    gone = client.get(f"{LIST}/{models[-1]['id']}", headers={"Prefer": f'size=40, without="{models[-1]["id"]}"'})

    assert 5 < len(models) < 40
    assert found.json() == models[-1]
    assert gone.status_code == 404


def test_equal_members_stay_equal_and_unique_ones_unique_in_a_list_that_was_made(rich: Folders) -> None:
    rules = requirements()
    for number, check in enumerate(
        (
            {"invariant": "equal", "at": "/data/*/price", "members": ["in", "bound"]},
            {"invariant": "unique", "at": "/data/*/title"},
        )
    ):
        rules["requirements"].append({**rules["requirements"][0], "id": f"ACM-MORE-0{number}", "check": check})
    rich.spec("requirements", rules)
    models = TestClient(create_app(rich.load())).get(LIST, headers={"Prefer": "size=300"}).json()["data"]

    assert all(each["price"]["in"] == each["price"]["bound"] for each in models if "bound" in each.get("price", {}))
    assert len({each["title"] for each in models}) == 300


def test_ids_are_such_as_the_contract_allows_and_where_there_are_too_few_that_is_said(rich: Folders) -> None:
    contract = separate(openapi())
    schema = {
        "type": "object",
        "properties": {"data": {"type": "array", "items": {"properties": {"id": {"pattern": "^acme/[a-z]+-[0-9]$"}}}}},
    }
    contract["paths"]["/v1/models"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = schema
    rich.spec("openapi", contract)
    for name in ("documented", "catalogue"):
        rich.recording(
            f"listModels/200-{name}", {"data": [{"id": "acme/one-1"}, {"id": "acme/one-1"}]}, default=name == "documented"
        )
    client = TestClient(create_app(rich.load()))
    few = client.get(LIST, headers={"Prefer": "size=5"}).json()["data"]
    many = client.get(LIST, headers={"Prefer": "size=50"})

    assert {re.fullmatch("acme/one-[0-9]", each["id"]) is not None for each in few} == {True}
    assert len({each["id"] for each in few}) == 5
    assert re.match(r"The contract of listModels allows no more than [0-9]+ ids like acme/one-1\.", many.json()["detail"])


def test_any_document_is_valid_and_differs_from_seed_to_seed(rich: Folders) -> None:
    providers = rich.load()
    client = TestClient(create_app(providers))
    answers = [client.get(LIST, headers={"Prefer": f"dynamic=true, seed={seed}"}) for seed in range(60)]
    again = client.get(LIST, headers={"Prefer": "dynamic=true, seed=59"})

    assert all(valid(providers["acme"], "listModels", answer.json()) for answer in answers)
    assert len({answer.content for answer in answers}) > 45
    assert again.content == answers[-1].content


def test_any_document_has_the_size_asked_for(ask: Ask) -> None:
    models = ask("dynamic=true, size=25")

    assert len({each["id"] for each in models}) == 25


def test_any_model_has_the_id_asked_for_and_one_in_the_list_is_as_it_stands_there(rich: Folders, ask: Ask) -> None:
    providers = rich.load()
    client = TestClient(create_app(providers))
    listed = next(each for each in ask("dynamic=true, seed=3, size=9") if each["id"].isalnum())
    answer = client.get(f"{LIST}/any%2Fthing", headers={"Prefer": "dynamic=true, seed=3"})
    same = client.get(f"{LIST}/{listed['id']}", headers={"Prefer": "dynamic=true, seed=3, size=9"})
    hidden = client.get(f"{LIST}/any%2Fthing", headers={"Prefer": "dynamic=true, without=any/thing"})

    assert answer.json()["id"] == "any/thing"
    assert valid(providers["acme"], "getModel", answer.json())
    assert same.json() == listed
    assert hidden.status_code == 404


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [
        ({"not": {"type": "null"}}, "No document of listModels can be made up, as it has the keyword 'not' at /paths/"),
        (
            {"type": "string", "pattern": "^a", "minLength": 3},
            "No valid document of listModels was found in 20 tries; try another seed.",
        ),
    ],
)
def test_a_contract_that_nothing_can_be_made_from_is_a_problem(rich: Folders, schema: dict[str, Any], sentence: str) -> None:
    contract = separate(openapi())
    body = {"type": "object", "required": ["data", "note"], "properties": {"data": {"type": "array"}, "note": schema}}
    contract["paths"]["/v1/models"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = body
    rich.spec("openapi", contract)
    for name in ("documented", "catalogue", "empty"):
        rich.recording(f"listModels/200-{name}", {"data": [], "note": "aaa"}, default=name == "documented")
    answer = TestClient(create_app(rich.load())).get(LIST, headers={"Prefer": "dynamic=true"})

    assert answer.status_code == 400
    assert sentence in answer.json()["detail"]


def test_an_operation_without_a_schema_or_without_models_has_nothing_made_up(folders: Folders) -> None:
    contract = separate(openapi())
    contract["paths"]["/open"]["get"]["responses"]["200"].pop("content")
    folders.spec("openapi", contract)
    for name in ("documented", "catalogue"):
        folders.recording(f"mixedList/200-{name}", {"data": []}, default=name == "documented")
    client = TestClient(create_app(folders.load()))
    dynamic = client.get("/acme/base/open", headers={"Prefer": "dynamic=true"})
    grown = client.get("/acme/base/mixed", headers={"Prefer": "size=3"})

    assert dynamic.json()["detail"] == "The contract has no schema for the answer 200 of openList."
    assert grown.json()["detail"] == "No recording of mixedList has a model to make others from."


def valid(provider: Provider, operation: str, body: Any) -> bool:
    schema = provider.operations[operation].responses[200].schema
    assert schema is not None
    return not list(provider.schemas.errors(schema, json.loads(json.dumps(body))))


def separate(contract: dict[str, Any]) -> dict[str, Any]:
    """*contract* with each thing once, so that a change in one place is none in another."""
    copy: dict[str, Any] = json.loads(json.dumps(contract))
    return copy
