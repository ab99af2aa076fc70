from __future__ import annotations

import pytest

from mockserver.cors import cors
from mockserver.errors import UsageError
from mockserver.tests.asgi import ask, plain

PAGE = "http://localhost:3000"


def test_without_origins_nothing_stands_between() -> None:
    assert cors(plain, ()) is plain


def test_a_page_of_an_allowed_origin_may_read_the_answer() -> None:
    answer = ask(cors(plain, [PAGE]), "/acme/v1/models", {"Origin": PAGE})

    assert (answer.status, answer.content) == (200, b"/acme/v1/models")
    assert answer.fields["access-control-allow-origin"] == PAGE
    assert "Origin" in answer.fields["vary"]


def test_a_page_of_another_origin_may_not() -> None:
    answer = ask(cors(plain, [PAGE]), "/acme/v1/models", {"Origin": "http://evil.test"})

    assert "access-control-allow-origin" not in answer.fields


def test_with_an_asterisk_every_page_may() -> None:
    answer = ask(cors(plain, ["*"]), "/acme/v1/models", {"Origin": "http://evil.test"})

    assert answer.fields["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("origins", [[PAGE], ["*"], ["https://app.test", PAGE]], ids=["one", "any", "two"])
@pytest.mark.parametrize("name", ["Authorization", "Prefer", "X-Mock-Session", "X-Stainless-Retry-Count", "If-None-Match"])
def test_a_preflight_that_asks_for_a_field_passes(origins: list[str], name: str) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": f"accept,{name.lower()}"}
    answer = ask(cors(plain, origins), "/acme/v1/models", asked, method="OPTIONS")

    assert answer.status == 200
    assert answer.fields["access-control-allow-origin"] in (PAGE, "*")
    assert name.lower() in answer.fields["access-control-allow-headers"].split(",")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_a_preflight_for_a_method_passes_so_that_the_page_sees_what_the_gateway_says_of_it(method: str) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": method}
    answer = ask(cors(plain, [PAGE]), "/acme/v1/models", asked, method="OPTIONS")

    assert answer.status == 200
    assert method in answer.fields["access-control-allow-methods"].split(", ")


def test_a_preflight_from_a_public_network_passes() -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "GET", "Access-Control-Request-Private-Network": "true"}
    answer = ask(cors(plain, [PAGE]), "/acme/v1/models", asked, method="OPTIONS")

    assert answer.fields["access-control-allow-private-network"] == "true"


def test_options_that_is_no_preflight_reaches_the_gateway() -> None:
    answer = ask(cors(plain, [PAGE]), "/acme/v1/models", {"Origin": PAGE}, method="OPTIONS")

    assert answer.content == b"/acme/v1/models"


def test_every_field_of_the_answer_may_be_read() -> None:
    # Without credentials, as here, * stands for all fields (the Fetch standard, "CORS-exposed header-name list").
    answer = ask(cors(plain, [PAGE]), "/acme/v1/models", {"Origin": PAGE})

    assert answer.fields["access-control-expose-headers"] == "*"
    assert "access-control-allow-credentials" not in answer.fields


@pytest.mark.parametrize("path", ["/__mock", "/__mock/sessions", "/__mock/health"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_the_admin_api_never_has_fields_of_cors(path: str, method: str) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "GET"}
    answer = ask(cors(plain, ["*"]), path, asked, method=method)

    assert answer.content == path.encode()
    assert [name for name in answer.fields if name.startswith("access-control")] == []


def test_where_the_app_is_mounted_the_admin_api_has_none_either() -> None:
    answer = ask(cors(plain, ["*"]), "/below/__mock/sessions", {"Origin": PAGE}, root_path="/below")

    assert "access-control-allow-origin" not in answer.fields


def test_a_path_that_only_begins_like_the_admin_api_is_a_gateways() -> None:
    answer = ask(cors(plain, ["*"]), "/__mocked/v1/models", {"Origin": PAGE})

    assert answer.fields["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("text", ["*", "null", PAGE, "https://app.test", "http://[::1]:5173", "vscode-webview://0abc"])
def test_an_origin_is_taken_as_browsers_send_it(text: str) -> None:
    answer = ask(cors(plain, [text]), "/acme/v1/models", {"Origin": text})

    assert answer.fields["access-control-allow-origin"] == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "app.test",
        "https://app.test/",
        "https://App.test",
        "https://app.test:443",
        "http://a:80",
        "http://a,http://b",
        "http://*",
    ],
)
def test_what_no_browser_sends_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="expected \\* or an origin as browsers send it, such as http://localhost:3000"):
        cors(plain, [text])
