"""Which gateway and which operation a request reaches."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from mockserver import UsageError, create_app
from mockserver.tests.acme import GOOD, MODELS, Folders, openapi
from specs import Provider

Providers = dict[str, Provider]


def test_a_provider_is_reached_by_its_id_as_the_first_segment(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get("/acme/base/v1/models", headers=GOOD)

    assert (answer.status_code, answer.json()) == (200, {"data": MODELS})


def test_a_provider_is_reached_by_its_host_with_any_port_and_in_any_case(acme: Providers) -> None:
    client = TestClient(create_app(acme), base_url="http://API.acme.test:8080")

    assert client.get("/base/v1/models", headers=GOOD).status_code == 200


@pytest.mark.parametrize("host", ["api.acme.test:", "api.acme.test.", "api.acme.test.:80"])
def test_a_host_with_an_empty_port_or_the_dot_of_the_root_is_the_same(acme: Providers, host: str) -> None:
    assert TestClient(create_app(acme)).get("/base/v1/models", headers={**GOOD, "Host": host}).status_code == 200


def test_a_provider_is_reached_by_its_percent_encoded_id(acme: Providers) -> None:
    assert TestClient(create_app(acme)).get("/%61cme/base/v1/models", headers=GOOD).status_code == 200


def test_on_its_own_host_every_path_is_the_providers(acme: Providers) -> None:
    client = TestClient(create_app(acme), base_url="http://api.acme.test")

    assert client.get("/").json() == {"error": {"code": 404}}


def test_the_mocks_own_addresses_are_there_on_every_host(acme: Providers) -> None:
    client = TestClient(create_app(acme), base_url="http://api.acme.test")

    assert client.get("/__mock/health").json()["status"] == "ok"


def test_a_chosen_provider_is_at_the_root_as_well(acme: Providers) -> None:
    client = TestClient(create_app(acme, provider="acme"))

    assert client.get("/base/v1/models", headers=GOOD).status_code == 200
    assert client.get("/acme/base/v1/models", headers=GOOD).status_code == 200


def test_an_unknown_path_at_the_root_is_the_chosen_providers_404(acme: Providers) -> None:
    assert TestClient(create_app(acme, provider="acme")).get("/nope").json() == {"error": {"code": 404}}


def test_a_provider_that_is_not_there_cannot_be_chosen(acme: Providers) -> None:
    with pytest.raises(UsageError, match="provider 'nope': expected one of acme"):
        create_app(acme, provider="nope")


def test_an_unknown_first_segment_is_a_problem_that_lists_the_providers(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get("/nope/v1/models")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["valid"] == ["/acme"]


@pytest.mark.parametrize(
    "path", ["/acme", "/acme/", "/acme/nope", "/acme/base/v1/models/", "/acme/base/v1", "/acme//base/v1/models"]
)
def test_an_unknown_path_of_a_provider_is_its_own_404(acme: Providers, path: str) -> None:
    answer = TestClient(create_app(acme)).get(path, headers=GOOD)

    assert (answer.status_code, answer.json()) == (404, {"error": {"code": 404}})


def test_head_has_the_fields_of_get_and_no_content(acme: Providers) -> None:
    client = TestClient(create_app(acme))
    get = client.get("/acme/base/v1/models", headers=GOOD)
    head = client.head("/acme/base/v1/models", headers=GOOD)

    assert (head.status_code, head.headers, head.content) == (200, get.headers, b"")
    assert head.headers["content-length"] == str(len(get.content))


def test_options_names_the_methods_without_content(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).options("/acme/base/v1/models")

    assert (answer.status_code, answer.headers["allow"], answer.content) == (204, "GET, HEAD, OPTIONS", b"")
    assert "content-length" not in answer.headers


def test_another_method_is_refused_in_the_providers_shape(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).post("/acme/base/v1/models", headers=GOOD, json={"a": 1})

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json() == {"error": {"code": 405}}


def test_a_refused_method_without_a_recording_says_what_is_allowed_too(folders: Folders) -> None:
    (folders.fixtures / "acme/openList/405-plain.json").unlink()

    assert TestClient(create_app(folders.load())).post("/acme/base/open").headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_recordings_own_allow_stays(folders: Folders) -> None:
    folders.recording("openList/405-plain", {}, {"allow": "GET"}, default=True)

    assert TestClient(create_app(folders.load())).post("/acme/base/open").headers["allow"] == "GET"


@pytest.mark.parametrize(
    "id", ["acme/small", "acme%2Fsmall", "acme%2fsmall", "Big:free", "Big%3Afree", "Big%3afree", "%63oder"]
)
def test_an_id_works_raw_and_percent_encoded(acme: Providers, id: str) -> None:
    answer = TestClient(create_app(acme)).get(f"/acme/base/v1/models/{id}", headers=GOOD)

    assert answer.status_code == 200
    assert answer.json() in MODELS


@pytest.mark.parametrize("id", ["nope", "small", "ACME/small", "acme/small/", "acme%252Fsmall", "%FF"])
def test_an_unknown_id_is_the_operations_404(acme: Providers, id: str) -> None:
    answer = TestClient(create_app(acme)).get(f"/acme/base/v1/models/{id}", headers=GOOD)

    assert (answer.status_code, answer.json()) == (404, {"error": {"code": 404}})


def test_encoded_unreserved_characters_are_the_same_path(acme: Providers) -> None:
    assert TestClient(create_app(acme)).get("/acme/base/v1/%6Dodels", headers=GOOD).status_code == 200


def test_an_encoded_slash_does_not_separate_segments(acme: Providers) -> None:
    assert TestClient(create_app(acme)).get("/acme/base/v1%2Fmodels", headers=GOOD).status_code == 404


def test_a_parameter_within_a_path_takes_one_segment(folders: Folders) -> None:
    document = openapi()
    document["paths"]["/tags/{tag}/models"] = {"get": {**document["paths"]["/open"]["get"], "operationId": "taggedList"}}
    folders.spec("openapi", document)
    folders.recording("taggedList/200-documented", {"data": []})
    client = TestClient(create_app(folders.load()))

    assert client.get("/acme/base/tags/a%2Fb/models").status_code == 200
    assert client.get("/acme/base/tags/a/b/models").status_code == 404


def test_the_mock_can_be_mounted_in_another_app(acme: Providers) -> None:
    client = TestClient(Starlette(routes=[Mount("/mock", create_app(acme))]))

    assert client.get("/mock/acme/base/v1/models", headers=GOOD).status_code == 200
    assert client.get("/mock/__mock/health").status_code == 200
