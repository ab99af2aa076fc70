"""The start page and what is under /__mock/."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from mockserver import create_app
from mockserver.faults import FAULTS
from mockserver.index import KEY, entries, table
from mockserver.keys import KeyState, KeyTable, Rights, digest
from mockserver.tests.acme import ERRORS, Folders, openapi
from specs import VERSION, Provider

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

    (provider,) = answer.json()["providers"]
    operations = provider.pop("operations")
    assert [each["request"] for each in operations] == [
        f"GET http://testserver/acme/base{path}" for path in ("/v1/models", "/v1/models/{model}", "/open", "/mixed")
    ]
    assert [provider] == [
        {
            "id": "acme",
            "title": "Acme",
            "base_urls": ["http://testserver/acme/base/v1"],
            "other_lists": [f"http://testserver/acme/base/{path}" for path in ("open", "mixed")],
            "hosts": ["api.acme.test"],
            "curl": "curl -H 'Authorization: Bearer sk-mock' http://testserver/acme/base/v1/models",
        }
    ]


def test_the_start_page_names_all_that_can_be_asked_for(acme: Providers) -> None:
    client = TestClient(create_app(acme))
    found = client.get("/", headers={"Accept": "application/json"}).json()["providers"][0]["operations"]
    page = client.get("/").text

    assert found[0]["examples"]["200"] == ["documented", "catalogue", "empty"]
    assert found[0]["examples"]["401"] == ["plain", "missing-key"]
    assert found[1]["examples"]["200"] == ["documented", "catalogue", "empty"]
    assert found[0]["keys"] == [f"sk-mock-{status}" for status in ERRORS]
    for name in ("200: documented, catalogue, empty", "401: plain, missing-key", "<code>sk-mock-429</code>", "api.acme.test"):
        assert name in page


def test_the_start_page_lists_every_fault_with_its_parameters(acme: Providers) -> None:
    client = TestClient(create_app(acme))
    found = {each["name"]: each for each in client.get("/", headers={"Accept": "application/json"}).json()["faults"]}
    page = client.get("/").text

    assert list(found) == list(FAULTS)
    assert all(f"<code>{name}</code>" in page for name in FAULTS)
    assert found["DRIBBLE"]["kind"] == "wire"
    assert [each["name"] for each in found["DRIBBLE"]["parameters"]] == ["chunks", "seconds"]
    assert found["EMPTY_LIST"]["applies_to"] == ["list"]


def test_everything_that_the_start_page_names_is_there(acme: Providers) -> None:
    client = TestClient(create_app(acme))

    for operation in client.get("/", headers={"Accept": "application/json"}).json()["providers"][0]["operations"]:
        url = operation["request"].removeprefix("GET ").replace("{model}", "coder")
        for status, labels in operation["examples"].items():
            for label in labels:
                answer = client.get(url, headers={"Prefer": f"code={status}, example={label}"})
                assert "preference-applied" in answer.headers, (url, status, label)
        for key in operation["keys"]:
            answer = client.get(url, headers={"Authorization": f"Bearer {key}"})
            assert str(answer.status_code) == key[-3:], (url, key)


ACCEPTS = [
    ("", "html"),
    ("*/*", "html"),
    ("application/json", "json"),
    ("application/*", "json"),
    ("text/html, application/json", "html"),
    ("text/html;q=0.5, application/json", "json"),
    ("application/json;q=0.5, text/html", "html"),
    ("application/json; Q=0.9, */*;q=0.8", "json"),
    ("application/json;q=0, */*", "html"),
    ("application/json;q=oops", "json"),
]


@pytest.mark.parametrize(("accept", "form"), ACCEPTS)
def test_the_start_page_is_json_where_that_is_preferred(acme: Providers, accept: str, form: str) -> None:
    answer = TestClient(create_app(acme)).get("/", headers={"Accept": accept})

    assert form in answer.headers["content-type"]
    assert answer.headers["vary"] == "Accept"


def test_a_provider_at_the_root_has_its_base_urls_there_first(acme: Providers) -> None:
    entry = entries(list(acme.values()), "http://h", "acme")[0]

    assert entry.bases[0] == "http://h/base/v1"


def test_the_table_has_a_line_for_each_base_url_and_for_each_other_list(acme: Providers) -> None:
    lines = table(entries(list(acme.values()), "http://h", None)).splitlines()

    assert lines[1:4] == [
        "  acme  http://h/acme/base/v1",
        "        http://h/acme/base/open  (a list of another shape)",
        "        http://h/acme/base/mixed  (a list of another shape)",
    ]
    assert lines[-1] == "Try: curl -H 'Authorization: Bearer sk-mock' http://h/acme/base/v1/models"


def test_a_list_of_things_that_are_named_otherwise_is_for_no_sdk(folders: Folders) -> None:
    document = openapi()
    document["paths"]["/v1/models"]["get"]["x-items"]["id"] = "kind"
    folders.spec("openapi", document)
    (entry,) = entries(list(folders.load().values()), "http://h", None)

    assert (entry.bases, entry.lists[0]) == ((), "http://h/acme/base/v1/models")
    assert entry.curl.endswith("http://h/acme/base/v1/models")


def test_the_command_in_the_table_is_one_whose_answer_an_sdk_reads(acme: Providers) -> None:
    (entry,) = entries(list(acme.values()), "http://h", None)
    odd = replace(entry, id="odd", bases=(), curl="curl odd")

    assert table([odd, entry]).endswith(f"Try: {entry.curl}")
    assert table([odd]).endswith("Try: curl odd")


def test_the_table_says_what_the_keys_do(acme: Providers) -> None:
    assert "sk-mock-429 and the like get that error" in table(entries(list(acme.values()), "http://h", None))


WITH_VARIABLE = 'Try, with a good key as KEY: curl -H "Authorization: Bearer $KEY" http://h/acme/base/v1/models'


def test_the_table_names_no_key_as_good_where_only_those_of_a_key_table_are(acme: Providers) -> None:
    keys = KeyTable({digest("sk-mine"): Rights()})

    lines = table(entries(list(acme.values()), "http://h", None, keys), keys).splitlines()

    said = "no key is good but those that the key table says are; sk-mock-429 and the like get that error"
    assert (lines[0], lines[-1]) == (f"Base URLs for SDKs ({said}):", WITH_VARIABLE)


@pytest.mark.parametrize("state", KeyState)
def test_the_command_has_the_key_of_the_mock_only_where_the_key_table_lets_it_be_good(acme: Providers, state: KeyState) -> None:
    keys = KeyTable({digest(KEY): Rights(state)}, others="good")

    said = table(entries(list(acme.values()), "http://h", None, keys), keys)

    assert "any key that starts with sk- is good, but for what the key table says of it;" in said
    assert ("Bearer sk-mock'" in said) == (state is KeyState.GOOD)
    assert said.endswith(WITH_VARIABLE) == (state is not KeyState.GOOD)


def test_the_start_page_says_which_keys_a_key_table_leaves_good(acme: Providers) -> None:
    client = TestClient(create_app(acme, keys=KeyTable({digest("sk-mine"): Rights()})))

    (provider,) = client.get("/", headers={"Accept": "application/json"}).json()["providers"]

    assert (
        "<p>Each gateway answers here as it is documented. Keys are bearer tokens: no key is good but" in client.get("/").text
    )
    assert '"Authorization: Bearer $KEY"' in provider["curl"]


def test_health_names_the_version_and_the_providers(acme: Providers) -> None:
    found = TestClient(create_app(acme)).get("/__mock/health").json()

    assert found == {"status": "ok", "version": VERSION, "providers": ["acme"]}


def test_other_addresses_of_the_mock_are_problems(acme: Providers) -> None:
    client = TestClient(create_app(acme), base_url="http://localhost", client=("127.0.0.1", 1))
    unknown, posted = client.get("/__mock/nope"), client.post("/")

    assert (unknown.status_code, posted.status_code, posted.headers["allow"]) == (404, 405, "GET, HEAD")
    assert unknown.headers["content-type"] == posted.headers["content-type"] == "application/problem+json"


def test_startup_and_shutdown_are_answered(acme: Providers) -> None:
    with TestClient(create_app(acme)) as client:
        assert client.get("/__mock/health").status_code == 200
