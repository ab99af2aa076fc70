"""Catalogues at will are catalogues by the contract: the suite finds nothing wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

import specs
from conformance.case import NotApplicable
from conformance.invariants import INVARIANTS
from conformance.message import Exchange, Request, Response
from mockserver import create_app
from proof.test_end_to_end import judge
from proof.trial import NOW, trial
from specs.contract import Operation
from specs.pointer import resolve
from specs.provider import Provider
from specs.recording import encode

PROVIDERS = specs.load_all()
OPERATIONS = [(name, each.id) for name, provider in PROVIDERS.items() for each in provider.operations.values()]
LISTS = [(name, each) for name, each in OPERATIONS if PROVIDERS[name].operations[each].items]
SEEDS = 200
SAMPLE = 500  # models whose schema is looked at, of a list of 10 000; invariants look at all


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(PROVIDERS))


def asked(client: TestClient, provider: str, operation: str, prefer: str, model: str = "") -> bytes:
    """The content of the answer that *prefer* asks for; *model* is the one to retrieve, if it is one."""
    path = PROVIDERS[provider].operations[operation].path.partition("{")[0]
    answer = client.get(f"/{provider}{path}{model}", headers={"Prefer": prefer})
    assert answer.status_code == 200, answer.text
    return answer.content


def broken(provider: Provider, operation: Operation, content: bytes, sample: slice = slice(None)) -> Iterator[str]:
    """What of the contract *content* does not keep: by the schema, of a *sample* of its items, and by the invariants."""
    schema = operation.responses[200].schema
    assert schema is not None
    body: Any = json.loads(content)
    if operation.items:
        items = resolve(body, operation.items.at)
        items[:] = items[sample]
    yield from (f"{each.place} {each.at} {each.message}" for each in provider.schemas.errors(schema, body))
    request = Request(operation.id)
    exchange = Exchange(request, request, "", Response(200, (), content))
    for requirement in provider.requirements:
        if requirement.check.kind == "invariant" and operation.id in requirement.operations:
            invariant = INVARIANTS[requirement.check.name](**requirement.check.parameters)
            try:
                found = list(invariant.violations(exchange, NOW))
            except NotApplicable:
                continue
            yield from (f"{requirement.id} {each.at} {each.actual}" for each in found)


@pytest.mark.parametrize("size", [0, 1, 30, 500])
@pytest.mark.parametrize(("provider", "operation"), LISTS)
def test_a_list_of_any_size_keeps_the_contract(client: TestClient, provider: str, operation: str, size: int) -> None:
    contract = PROVIDERS[provider].operations[operation]
    assert contract.items is not None
    for seed in (0, 7):
        content = asked(client, provider, operation, f"size={size}, seed={seed}")

        assert list(broken(PROVIDERS[provider], contract, content)) == []
        assert len(resolve(json.loads(content), contract.items.at)) == size


@pytest.mark.parametrize(("provider", "operation"), LISTS)
def test_a_list_of_ten_thousand_keeps_the_contract(client: TestClient, provider: str, operation: str) -> None:
    contract = PROVIDERS[provider].operations[operation]
    assert contract.items is not None
    content = asked(client, provider, operation, "size=10000")
    ids = [each[contract.items.id] for each in resolve(json.loads(content), contract.items.at)]

    assert len(set(ids)) == len(ids) == 10_000
    assert list(broken(PROVIDERS[provider], contract, content, slice(0, None, 10_000 // SAMPLE))) == []


@pytest.mark.parametrize(("provider", "operation"), OPERATIONS)
def test_any_document_is_valid_and_most_differ(client: TestClient, provider: str, operation: str) -> None:
    contract = PROVIDERS[provider].operations[operation]
    model = "any%2Fmodel:free" if contract.retrieves else ""
    contents = [asked(client, provider, operation, f"dynamic=true, seed={seed}", model) for seed in range(SEEDS)]

    for content in contents:
        assert list(broken(PROVIDERS[provider], contract, content)) == []
        assert not contract.retrieves or json.loads(content)["id"] == "any/model:free"
    assert len(set(contents)) > SEEDS * 0.8


def with_lists(client: TestClient, provider: Provider, prefer: str) -> Provider:
    """*provider* with the lists that *prefer* asks for in the place of the recorded ones."""
    lists = {
        name: asked(client, provider.id, name, prefer) for name, operation in provider.operations.items() if operation.items
    }
    recordings = (
        replace(each, content=lists[each.operation]) if each.status == 200 and each.operation in lists else each
        for each in provider.recordings
    )
    return replace(provider, recordings=tuple(recordings))


@pytest.mark.parametrize("prefer", ["size=500", "dynamic=true, seed=7"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_suite_accuses_a_catalogue_at_will_of_nothing(client: TestClient, provider: str, prefer: str) -> None:
    found = trial(with_lists(client, PROVIDERS[provider], prefer))

    assert found.refusal == ""
    assert found.accused == ()
    assert found.inconclusive == ()


def test_the_command_judges_catalogues_of_500_and_ends_with_0(
    client: TestClient, mock: Callable[..., str], tmp_path: Path
) -> None:
    for provider, operation in LISTS:
        shipped = PROVIDERS[provider].recording(operation, 200)
        assert shipped is not None
        content = asked(client, provider, operation, "size=500")
        recording = {
            "provenance": "synthetic",
            "source": "made by the mock, which was asked for size=500",
            "date": "2026-11-22",
            "default": True,
            "status": 200,
            "headers": dict(shipped.headers),
            "body": json.loads(content),
        }
        path = tmp_path / provider / operation / "200-large.json"
        path.parent.mkdir(parents=True)
        path.write_bytes(encode(recording))

    found = judge(mock("--recordings", str(tmp_path)), "--provider", "all")

    assert found.returncode == 0, found.stdout


def test_a_session_that_serves_500_models_is_judged_by_the_command_which_ends_with_0(mock: Callable[..., str]) -> None:
    session = httpx2.post(f"{mock()}/__mock/sessions", json={"serve": "size=500, seed=7"}).json()

    found = judge(session["base_url"], "--provider", "all")

    assert found.returncode == 0, found.stdout
    assert "inconclusive" not in found.stdout
