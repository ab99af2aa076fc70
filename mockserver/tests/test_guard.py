from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mockserver.admin.token import admin_token, token_in
from mockserver.errors import UsageError
from mockserver.guard import Guard
from mockserver.tests.asgi import ask, plain

TOKEN = "3f1c-very.secret_token~+/=="
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LOCAL = {"Host": "localhost:8080"}
SESSIONS = "/__mock/sessions"


def test_on_loopback_the_admin_api_is_open() -> None:
    assert ask(Guard(plain, "127.0.0.1", TOKEN), SESSIONS, LOCAL).content == SESSIONS.encode()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.1.1", "localhost", "LOCALHOST.", "::1"])
def test_every_loopback_address_to_listen_on_is_as_good(host: str) -> None:
    assert ask(Guard(plain, host), SESSIONS, LOCAL).status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.2", "mock.test", "localhost.evil.test", ""])
def test_a_mock_that_others_can_reach_wants_the_token_even_from_this_machine(host: str) -> None:
    assert ask(Guard(plain, host, TOKEN), SESSIONS, LOCAL).status == 401
    assert ask(Guard(plain, host, TOKEN), SESSIONS, {**LOCAL, **BEARER}).status == 200


@pytest.mark.parametrize("client", ["192.168.0.2", "10.0.0.1", "fe80::1%eth0", "::ffff:10.0.0.1", "testclient", None])
def test_a_client_elsewhere_or_of_no_address_wants_the_token(client: str | None) -> None:
    assert ask(Guard(plain, "127.0.0.1", TOKEN), SESSIONS, LOCAL, client=client).status == 401
    assert ask(Guard(plain, "127.0.0.1", TOKEN), SESSIONS, {**LOCAL, **BEARER}, client=client).status == 200


@pytest.mark.parametrize("client", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_a_client_of_a_loopback_address_does_not(client: str) -> None:
    assert ask(Guard(plain, "::1", TOKEN), SESSIONS, LOCAL, client=client).status == 200


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Forwarded-Host", "X-Real-IP", "Via"])
def test_what_came_through_a_proxy_wants_the_token(name: str) -> None:
    assert ask(Guard(plain, "127.0.0.1", TOKEN), SESSIONS, {**LOCAL, name: "127.0.0.1"}).status == 401


def test_without_a_token_to_know_nobody_else_gets_in() -> None:
    for value in ("", "Bearer", "Bearer None", "Bearer x"):
        assert ask(Guard(plain, "0.0.0.0"), SESSIONS, {"Authorization": value}).status == 401


@pytest.mark.parametrize(
    "sent", ["Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer \xff"]
)
def test_a_wrong_token_is_refused(sent: str) -> None:
    answer = ask(Guard(plain, "0.0.0.0", TOKEN), SESSIONS, {"Authorization": sent})

    assert answer.status == 401
    assert answer.fields["www-authenticate"] == 'Bearer realm="mock admin", error="invalid_token"'


def test_a_refusal_for_want_of_a_token_is_a_problem_that_says_what_to_do() -> None:
    answer = ask(Guard(plain, "0.0.0.0", TOKEN), SESSIONS)

    assert answer.fields["content-type"] == "application/problem+json"
    assert answer.fields["www-authenticate"] == 'Bearer realm="mock admin"'
    assert answer.fields["content-length"] == str(len(answer.content))
    assert answer.json()["status"] == 401
    assert "Authorization: Bearer <token>" in answer.json()["detail"]


def test_a_refused_head_has_no_content() -> None:
    assert ask(Guard(plain, "0.0.0.0", TOKEN), SESSIONS, method="HEAD").content == b""


def test_neither_a_refusal_nor_the_guard_itself_shows_the_token() -> None:
    guard = Guard(plain, "0.0.0.0", TOKEN)

    assert TOKEN not in repr(guard)
    for fields in ({}, {"Authorization": f"Bearer {TOKEN}x"}, {"Origin": "http://evil.test", **BEARER}):
        assert TOKEN.encode() not in ask(guard, SESSIONS, fields).content


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
def test_health_is_open_to_everybody(host: str) -> None:
    answer = ask(Guard(plain, host, TOKEN), "/__mock/health", {"Host": "mock:8080"}, client="10.0.0.1")

    assert answer.status == 200


def test_where_the_app_is_mounted_health_is_open_too() -> None:
    answer = ask(Guard(plain, "0.0.0.0", TOKEN), "/below/__mock/health", client="10.0.0.1", root_path="/below")

    assert answer.status == 200


@pytest.mark.parametrize("path", ["/", "/acme/v1/models", "/__mocked", "/s/1/__mock/sessions"])
def test_what_is_not_of_the_admin_api_passes(path: str) -> None:
    answer = ask(Guard(plain, "0.0.0.0", TOKEN), path, {"Origin": "http://evil.test"}, client="10.0.0.1")

    assert answer.status == 200


@pytest.mark.parametrize("root", ["/__mo", "/__mock", "/below"])
def test_no_place_to_be_mounted_at_opens_it(root: str) -> None:
    guard = Guard(plain, "0.0.0.0", TOKEN)

    assert ask(guard, SESSIONS, root_path=root if root == "/__mo" else "").status == 401
    assert ask(guard, root + SESSIONS, root_path=root).status == 401


@pytest.mark.parametrize("path", ["/__mock/health/", "/__mock/healthy", "/__mock/sessions//__mock/health", "/__mock"])
def test_a_path_that_is_only_like_health_is_not(path: str) -> None:
    assert ask(Guard(plain, "0.0.0.0", TOKEN), path).status == 401


@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:8080", "localhost.evil.test", "127.0.0.1.evil.test", "192.168.0.2", ""]
)
def test_a_name_that_was_made_to_point_here_is_refused(host: str) -> None:
    answer = ask(
        Guard(plain, "127.0.0.1", TOKEN), SESSIONS, {"Host": host, "Origin": f"http://{host}"} if host else {"Host": host}
    )

    assert answer.status == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil@localhost",
        "localhost/",
        "localhost#",
        "localhost:8080:80",
        "localhost:x",
        "[::1",
        "evil\\localhost",
        "0x7f.1",
        "a b",
    ],
)
def test_a_host_that_cannot_be_read_is_refused(host: str) -> None:
    assert ask(Guard(plain, "127.0.0.1"), SESSIONS, {"Host": host}).status == 403


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:8080", "api.localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost:"]
)
def test_a_name_of_this_machine_passes(host: str) -> None:
    assert ask(Guard(plain, "127.0.0.1"), SESSIONS, {"Host": host}).status == 200


def test_with_the_token_any_host_will_do_as_no_page_knows_it() -> None:
    assert ask(Guard(plain, "0.0.0.0", TOKEN), SESSIONS, {"Host": "mock:8080", **BEARER}, client="172.17.0.3").status == 200


@pytest.mark.parametrize(
    "origin",
    ["http://evil.test", "http://localhost:3000", "http://localhost", "https://localhost", "null", "", "http://127.0.0.1:8080"],
)
@pytest.mark.parametrize("fields", [{}, BEARER], ids=["open", "token"])
def test_a_page_of_another_origin_is_refused(origin: str, fields: dict[str, str]) -> None:
    answer = ask(Guard(plain, "127.0.0.1", TOKEN), SESSIONS, {**LOCAL, **fields, "Origin": origin}, method="POST")

    assert answer.status == 403
    assert answer.fields["content-type"] == "application/problem+json"
    assert [name for name in answer.fields if name.startswith("access-control")] == []


def test_the_preflight_of_such_a_page_is_refused() -> None:
    asked = {**LOCAL, "Origin": "http://evil.test", "Access-Control-Request-Method": "POST"}

    assert ask(Guard(plain, "127.0.0.1"), SESSIONS, asked, method="OPTIONS").status == 403


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8080", "http://localhost:8080"),
        ("LOCALHOST:8080", "http://localhost:8080"),
        ("localhost", "http://localhost"),
        ("localhost:80", "http://localhost"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("localhost", "https://localhost"),
    ],
)
def test_a_page_of_the_mock_itself_passes(host: str, origin: str) -> None:
    assert ask(Guard(plain, "127.0.0.1"), SESSIONS, {"Host": host, "Origin": origin}, method="POST").status == 200


@pytest.mark.parametrize("site", ["cross-site", "CROSS-SITE", "something-new"])
def test_what_a_browser_calls_cross_site_is_refused(site: str) -> None:
    assert ask(Guard(plain, "127.0.0.1"), SESSIONS, {**LOCAL, "Sec-Fetch-Site": site}).status == 403


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
def test_what_a_user_opens_in_a_browser_passes(site: str) -> None:
    assert ask(Guard(plain, "127.0.0.1"), SESSIONS, {**LOCAL, "Sec-Fetch-Site": site}).status == 200


def test_one_good_field_of_two_does_not_hide_the_other() -> None:
    fields = [(b"host", b"localhost:8080"), (b"origin", b"http://localhost:8080"), (b"origin", b"http://evil.test")]
    assert ask(Guard(plain, "127.0.0.1"), SESSIONS, headers=fields).status == 403

    fields = [(b"host", b"localhost:8080"), (b"host", b"evil.test")]
    assert ask(Guard(plain, "127.0.0.1"), SESSIONS, headers=fields).status == 403


def test_what_is_no_request_passes() -> None:
    seen = []

    async def app(scope: object, receive: object, send: object) -> None:
        seen.append(scope)

    asyncio.run(Guard(app, "0.0.0.0")({"type": "lifespan"}, None, None))  # type: ignore[arg-type]  # not called

    assert seen == [{"type": "lifespan"}]


def test_a_token_is_what_a_client_can_send() -> None:
    assert admin_token(f" {TOKEN}\n") == TOKEN


@pytest.mark.parametrize("text", ["", " ", "two words", "schlüssel", 'a"b', "=a"])
def test_any_other_text_is_a_usage_error_that_does_not_repeat_it(text: str) -> None:
    with pytest.raises(UsageError, match="admin token: expected") as refused:
        admin_token(text)

    assert not text.strip() or text not in str(refused.value)


def test_a_token_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")

    assert token_in(file) == TOKEN


def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path: Path) -> None:
    odd = tmp_path / "odd"
    odd.write_bytes(b"\xff\xfe")

    with pytest.raises(UsageError, match="is not UTF-8"):
        token_in(odd)
    with pytest.raises(UsageError, match="No such file"):
        token_in(tmp_path / "none")
