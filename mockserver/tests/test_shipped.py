"""The providers of this project, as they are shipped."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.keys import LABELS, refusals
from mockserver.tests.acme import GOOD
from specs import Provider, load, provider_ids
from specs.contract import Authentication, Operation

INJECTED = (401, 403, 429, 500, 502, 503, 504)


@pytest.fixture(params=provider_ids(), scope="module")
def provider(request: pytest.FixtureRequest) -> Provider:
    return load(request.param)


def url(client: TestClient, provider: Provider, operation: Operation) -> str:
    """The address of a request that *operation* answers."""
    if operation.retrieves is None:
        return f"/{provider.id}{operation.path}"
    listing = provider.operations[operation.retrieves.operation]
    assert listing.items is not None
    items = client.get(f"/{provider.id}{listing.path}", headers=GOOD).json()[listing.items.at.strip("/")]
    return f"/{provider.id}{operation.path.replace(f'{{{operation.retrieves.parameter}}}', items[0][listing.items.id])}"


def test_every_operation_answers_200_with_a_good_key(provider: Provider) -> None:
    client = TestClient(create_app({provider.id: provider}, rate_limit=False))

    for operation in provider.operations.values():
        assert client.get(url(client, provider, operation), headers=GOOD).status_code == 200, operation.id


def test_every_operation_answers_each_failure_in_the_providers_shape(provider: Provider) -> None:
    client = TestClient(create_app({provider.id: provider}, rate_limit=False))

    for operation in provider.operations.values():
        address = url(client, provider, operation)
        for status in INJECTED:
            answer = client.get(address, headers={"Authorization": f"Bearer sk-mock-{status}"})
            assert answer.status_code == status, operation.id
            assert answer.headers["content-type"] != "application/problem+json", operation.id


def test_keys_are_asked_for_as_documented(provider: Provider) -> None:
    client = TestClient(create_app({provider.id: provider}, rate_limit=False))

    for operation in provider.operations.values():
        expected = 401 if operation.authentication is Authentication.REQUIRED else 200
        assert client.get(url(client, provider, operation)).status_code == expected, operation.id


def test_every_operation_refuses_an_expired_a_banned_and_a_used_up_key_in_the_providers_shape(provider: Provider) -> None:
    for operation in provider.operations:
        recordings = [each for each in provider.recordings if each.operation == operation]
        found = refusals(recordings)
        assert {state: each.label for state, each in found.items()} == LABELS, operation
        usual = next(each for each in recordings if each.status == 401 and each.default).json()
        for each in found.values():
            assert each.json().keys() == usual.keys(), each.name
            assert each.status in (401, 402, 403, 429), each.name


def test_a_refusal_of_a_named_key_is_no_default_but_where_nothing_else_has_its_status(provider: Provider) -> None:
    for each in provider.recordings:
        if each.label in LABELS.values() and each.default:
            assert provider.answers(each.operation, each.status) == (each,), each.name


def test_every_mutant_can_be_served(provider: Provider) -> None:
    operation = next(iter(provider.operations.values()))
    assert provider.mutants

    for mutant in provider.mutants:
        client = TestClient(create_app({provider.id: provider}, mutant=mutant.id))
        assert client.get(f"/{provider.id}{operation.path}", headers=GOOD).status_code < 600, mutant.id


def test_every_label_can_be_asked_for(provider: Provider) -> None:
    client = TestClient(create_app({provider.id: provider}))

    for recording in provider.recordings:
        path = provider.operations[recording.operation].path
        prefer = f"code={recording.status}, example={recording.label}"
        answer = client.get(f"/{provider.id}{path}", headers={"Prefer": prefer})
        assert (answer.status_code, answer.content) == (recording.status, recording.content), recording.name
