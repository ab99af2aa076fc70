"""The start page and what is under /__mock/."""

from __future__ import annotations

from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.index import entries, table
from specs import Provider

Providers = dict[str, Provider]


def test_the_start_page_shows_base_urls_and_a_command(acme: Providers) -> None:
    answer = TestClient(create_app(acme), base_url="http://mock.test:81").get("/")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<code>http://mock.test:81/acme/base/v1</code>" in answer.text
    assert "curl -H &#x27;Authorization: Bearer sk-mock&#x27; http://mock.test:81/acme/base/v1/models" in answer.text


def test_the_start_page_escapes_what_the_client_says(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get("/", headers={"Host": "<script>"})

    assert "<script>" not in answer.text


def test_the_start_page_as_json_is_for_programs(acme: Providers) -> None:
    answer = TestClient(create_app(acme)).get("/", headers={"Accept": "application/json, */*;q=0.1"})

    assert answer.json()["providers"] == [
        {
            "id": "acme",
            "title": "Acme",
            "base_urls": [f"http://testserver/acme/base{path}" for path in ("/v1", "")],
            "operations": [
                f"GET http://testserver/acme/base{path}" for path in ("/v1/models", "/v1/models/{model}", "/open", "/mixed")
            ],
            "hosts": ["api.acme.test"],
            "curl": "curl -H 'Authorization: Bearer sk-mock' http://testserver/acme/base/v1/models",
        }
    ]


def test_a_provider_at_the_root_has_its_base_urls_there_first(acme: Providers) -> None:
    entry = entries(list(acme.values()), "http://h", "acme")[0]

    assert entry.bases[0] == "http://h/base/v1"


def test_the_table_has_a_line_for_each_base_url(acme: Providers) -> None:
    lines = table(entries(list(acme.values()), "http://h", None)).splitlines()

    assert lines[1:3] == ["  acme  http://h/acme/base/v1", "        http://h/acme/base"]
    assert lines[-1] == "Try: curl -H 'Authorization: Bearer sk-mock' http://h/acme/base/v1/models"


def test_health_names_the_providers(acme: Providers) -> None:
    assert TestClient(create_app(acme)).get("/__mock/health").json() == {"status": "ok", "providers": ["acme"]}


def test_other_addresses_of_the_mock_are_problems(acme: Providers) -> None:
    client = TestClient(create_app(acme))
    unknown, posted = client.get("/__mock/nope"), client.post("/")

    assert (unknown.status_code, posted.status_code, posted.headers["allow"]) == (404, 405, "GET, HEAD")
    assert unknown.headers["content-type"] == posted.headers["content-type"] == "application/problem+json"


def test_startup_and_shutdown_are_answered(acme: Providers) -> None:
    with TestClient(create_app(acme)) as client:
        assert client.get("/__mock/health").status_code == 200
