from __future__ import annotations

from typing import Any

import pytest

from specs import Provider
from specs.contract import Authentication
from specs.errors import SpecError
from specs.mutant import Mutant, mutant
from specs.mutation import apply, mutate
from specs.tests.small_provider import MUTANT, SmallProvider


def contract(*operations: dict[str, Any]) -> Mutant:
    """A mutant that patches the contract."""
    return mutant({"id": "SMA-ID-01/x", "breaks": "SMA-ID-01", "says": "The contract is broken.", "contract": operations})


def recorded(*operations: dict[str, Any]) -> Mutant:
    """A mutant that patches the catalogue."""
    return mutant({**MUTANT, "recordings": [{"recording": "listModels/200-catalogue", "patch": operations}]})


def catalogue(provider: Provider) -> Any:
    recording = provider.recording("listModels", 200, "catalogue")
    assert recording is not None
    return recording


def test_a_recording_carries_the_patch(small: SmallProvider) -> None:
    provider = small.load()
    assert catalogue(mutate(provider, provider.mutant("SMA-ID-01/number"))).json() == {"data": [{"id": 7}, {"id": "b"}]}


def test_the_original_keeps_its_recordings(small: SmallProvider) -> None:
    provider = small.load()
    before = provider.recordings
    mutate(provider, provider.mutant("SMA-ID-01/number"))
    assert provider.recordings == before == small.load().recordings


def test_status_and_fields_can_be_patched(small: SmallProvider) -> None:
    status = {"op": "replace", "path": "/status", "value": 202}
    field = {"op": "add", "path": "/headers/X-Id", "value": "1"}
    recording = mutate(small.load(), recorded(status, field)).recording("listModels", 202)
    assert recording is not None
    assert recording.headers == {"Content-Type": "application/json", "X-Id": "1"}


def test_patched_fields_refuse_assignment(small: SmallProvider) -> None:
    headers = catalogue(mutate(small.load(), recorded({"op": "add", "path": "/headers/X-Id", "value": "1"}))).headers
    with pytest.raises(TypeError):
        headers["X-Id"] = "2"


def test_a_body_can_become_a_text_and_be_patched_as_such(small: SmallProvider) -> None:
    remove, text = {"op": "remove", "path": "/body"}, {"op": "add", "path": "/text", "value": "<h1>"}
    broken = mutate(small.load(), recorded(remove, text))
    again = mutate(broken, recorded({"op": "replace", "path": "/text", "value": "<h2>"}))
    assert [(catalogue(each).content, catalogue(each).is_json) for each in (broken, again)] == [
        (b"<h1>", False),
        (b"<h2>", False),
    ]


def test_the_contract_carries_the_patch(small: SmallProvider) -> None:
    broken = mutate(small.load(), contract({"op": "replace", "path": "/security", "value": []}))
    assert broken.operations["listModels"].authentication is Authentication.NONE
    assert broken.document["security"] == []


def test_the_original_keeps_its_contract(small: SmallProvider) -> None:
    provider = small.load()
    mutate(provider, contract({"op": "replace", "path": "/security", "value": []}))
    assert provider.operations["listModels"].authentication is Authentication.REQUIRED
    assert provider.document == small.load().document


def test_servers_and_limit_follow_the_patch(small: SmallProvider) -> None:
    limit = {"op": "add", "path": "/x-gateway/rate_limit", "value": {"requests": 1, "window_s": 2, "per": "key"}}
    server = {"op": "replace", "path": "/servers/0/url", "value": "https://other.example"}
    broken = mutate(small.load(), contract(limit, server))
    assert (broken.rate_limit, broken.hosts) != (None, ("small.example",))
    assert (broken.operations["listModels"].path, broken.hosts) == ("/models", ("other.example",))


def test_the_label_that_a_mutant_serves_becomes_the_default(small: SmallProvider) -> None:
    provider = small.load()
    broken = mutate(provider, provider.mutant("SMA-ID-01/number"))
    labels = [each and each.label for each in (provider.recording("listModels", 200), broken.recording("listModels", 200))]
    assert labels == ["empty", "catalogue"]


def test_an_operation_without_that_label_keeps_its_default(small: SmallProvider) -> None:
    provider = small.load()
    broken = mutate(provider, mutant({**MUTANT, "serves": "documented"}))
    recording = broken.recording("listModels", 200)
    assert recording is not None
    assert (recording.label, recording.default) == ("empty", True)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/body/data/9"},
        {"op": "replace", "path": "/body/nothing", "value": 1},
        {"op": "test", "path": "/status", "value": 404},
        {"op": "add", "path": "/body/data"},
        {"op": "add", "path": "body", "value": 1},
    ],
)
def test_a_patch_that_does_not_fit_a_recording_is_an_error(small: SmallProvider, operation: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=r"^fixtures/small/mutants.json at SMA-ID-01/number: found a patch that does not fit"):
        mutate(small.load(), recorded(operation))


def test_a_patch_that_does_not_fit_the_contract_is_an_error(small: SmallProvider) -> None:
    with pytest.raises(SpecError, match=r"^fixtures/small/mutants.json at SMA-ID-01/x: found a patch that does not fit"):
        mutate(small.load(), contract({"op": "remove", "path": "/paths/~1nothing"}))


@pytest.mark.parametrize("path", ["/status", "/headers", "/body"])
def test_a_patch_that_leaves_no_answer_is_an_error(small: SmallProvider, path: str) -> None:
    with pytest.raises(SpecError, match="expected status, headers, and either body or text"):
        mutate(small.load(), recorded({"op": "remove", "path": path}))


def test_a_contract_that_cannot_be_read_after_the_patch_is_an_error(small: SmallProvider) -> None:
    with pytest.raises(SpecError, match=r"^fixtures/small/mutants.json at /paths/~1models/get"):
        mutate(small.load(), contract({"op": "remove", "path": "/paths/~1models/get/operationId"}))


def test_a_patch_changes_neither_the_value_nor_itself() -> None:
    value: dict[str, Any] = {}
    patch: list[dict[str, Any]] = [
        {"op": "add", "path": "/a", "value": {"b": 1}},
        {"op": "add", "path": "/a/c", "value": 2},
    ]
    assert [apply(patch, value, "f.json", "x") for _ in range(2)] == [{"a": {"b": 1, "c": 2}}] * 2
    assert (value, patch[0]["value"]) == ({}, {"b": 1})
