"""What the journal keeps of a request holds no key, in no form."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mockserver.credentials import bearer_token
from mockserver.journal import Entry
from mockserver.journal.har import har
from mockserver.tests.entries import entry

KEY = "proj-Zk9_x7.Q~w+a/b=="
TOKENS = st.from_regex(r"[A-Za-z0-9\-._~+/]{8,300}={0,2}", fullmatch=True)
PLACES = ("method", "path", "query", "query value", "header", "header name", "authorization", "referer", "response", "body")


def text(one: Entry) -> str:
    """All that anybody can get to see of *one*."""
    return json.dumps([one.json(), har([one], "http://mock", "1")])


def percent(token: str) -> str:
    return "".join(f"%{ord(each):02x}" for each in token)


def escaped(token: str) -> str:
    return "".join(f"\\u{ord(each):04x}" for each in token)


FORMS: dict[str, Callable[[str, str], str]] = {
    "raw": lambda token, _: token,
    "percent-encoded": lambda token, _: quote(token, safe=""),
    "percent-encoded throughout": lambda token, _: percent(token),
    "percent-encoded twice": lambda token, _: quote(percent(token), safe=""),
    "percent-encoded in upper case": lambda token, _: percent(token).upper(),
    "percent-encoded here and there": lambda token, _: quote(token, safe="").replace("a", "%61").replace("9", "%39"),
    "escaped as JSON": lambda token, _: escaped(token),
    "escaped as JSON in JSON": lambda token, _: json.dumps(escaped(token))[1:-1],
    "escaped as JSON here and there": lambda token, _: token[:3] + escaped(token[3:]),
    "JSON in a URL": lambda token, _: quote(escaped(token), safe=""),
    "hexadecimal": lambda token, _: token.encode().hex(),
    "hexadecimal in upper case": lambda token, _: token.encode().hex().upper(),
    "base64": lambda token, _: base64.b64encode(token.encode()).decode(),
    "base64 without padding": lambda token, _: base64.b64encode(token.encode()).decode().rstrip("="),
    "base64 for URLs": lambda token, _: base64.urlsafe_b64encode(token.encode()).decode(),
    "base64, percent-encoded": lambda token, _: quote(base64.b64encode(token.encode()).decode(), safe=""),
    "Basic": lambda token, user: base64.b64encode(f"{user}:{token}".encode()).decode(),
    "Basic as a user": lambda token, user: base64.b64encode(f"{token}:{user}".encode()).decode(),
}


def placed(place: str, form: str) -> Mapping[str, Any]:
    """A request that has *form* in *place*."""
    latin = form.encode("latin-1", "replace")
    places: dict[str, dict[str, Any]] = {
        "method": {"method": form},
        "path": {"path": f"/v1/models/{form}/x"},
        "query": {"query": latin},
        "query value": {"query": f"a=b&c=d{form}&e"},
        "header": {"headers": {"host": f"{form}.test", "x-custom": f"a {form}"}},
        "header name": {"headers": {form.lower(): "x"}},
        "authorization": {"headers": {"authorization": f"Basic {form}", "proxy-authorization": form}},
        "referer": {"headers": {"referer": f"https://{form}@a.test/{form}?x={form}#{form}"}},
        "response": {"fields": ((b"location", b"/x?y=" + latin), (b"x-echo", latin))},
        "body": {"status": 401, "content": b'{"error": "Incorrect API key provided: ' + latin + b'."}'},
    }
    return places[place]


@given(TOKENS, st.sampled_from(PLACES), st.sampled_from(sorted(FORMS)), st.text("ab:é", max_size=4))
def test_no_key_is_kept_wherever_it_stands_and_however_it_is_written(token: str, place: str, form: str, user: str) -> None:
    written = FORMS[form](token, user)
    known = text(entry())
    assume(token not in known and token.lower() not in known)

    kept = text(entry(token=token, **placed(place, written)))

    assert not any(json.dumps(piece)[1:-1] in kept for piece in (token, written, token.lower(), written.lower()))


@pytest.mark.parametrize("user", ["", "u", "us", "usé"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", PLACES)
def test_an_ordinary_key_is_not_kept_either(place: str, form: str, user: str) -> None:
    written = FORMS[form](KEY, user)

    kept = text(entry(token=KEY, **placed(place, written)))

    assert json.dumps(written)[1:-1] not in kept
    assert not any(json.dumps(piece)[1:-1] in kept for piece in (KEY, KEY.lower(), written.lower()[4:-4]))


@given(TOKENS, st.integers(900, 1100))
def test_no_piece_of_a_key_is_left_where_a_body_is_cut(token: str, at: int) -> None:
    assume(set(token) != {token[0]})
    content = b"," * at + token.encode() * 3 + b"," * 3000

    assert set(entry(token=token, content=content).body) <= set(",*")


@pytest.mark.parametrize("form", [*(name for name in FORMS if "encoded" in name or "escaped" in name), "hexadecimal"])
@pytest.mark.parametrize("at", [0, 500, 1000, 1020, 1024])
def test_no_piece_of_a_long_key_is_left_where_a_body_is_cut_however_it_is_written(form: str, at: int) -> None:
    token = "Zk9_x7.Q~wab" * 20
    content = b"," * at + FORMS[form](token, "").encode() + b"," * 3000

    assert set(entry(token=token, content=content).body) <= set(",*")


@pytest.mark.parametrize(
    ("authorization", "kept"),
    [
        (f"Bearer {KEY}", "Bearer ***"),
        (f"bearer  {KEY}, Bearer another-key", "bearer ***"),
        ("Basic dXNlcjpwYXNz", "Basic ***"),
        ('Digest username="u", response="abc"', "Digest ***"),
        ("hunter22 hunter23", "***"),
        (KEY, "***"),
    ],
)
def test_of_authorization_the_scheme_is_kept(authorization: str, kept: str) -> None:
    token = bearer_token(authorization)

    assert entry(token=token, headers={"authorization": authorization}).headers["authorization"] == kept


@pytest.mark.parametrize(
    "name",
    [
        "proxy-authorization",
        "cookie",
        "x-api-key",
        "api-key",
        "x-goog-api-key",
        "x-mock-session",
        "x-auth-token",
        "ocp-apim-subscription-key",
        "x-amz-security-token",
    ],
)
def test_a_field_that_holds_a_secret_is_not_kept_and_the_secret_is_not_kept_elsewhere(name: str) -> None:
    one = entry(headers={name: "hunter2hunter2"}, content=b"no such key: hunter2hunter2", query=b"x=hunter2hunter2")

    assert (one.headers[name], one.body, one.query) == ("***", "no such key: ***", "x=***")


def test_a_cookie_that_is_set_is_not_kept() -> None:
    assert entry(fields=((b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"))).response_headers == {"set-cookie": "***"}


@pytest.mark.parametrize(
    "name", ["api_key", "key", "token", "access_token", "apiKey", "API-Key", "client_secret", "%61pi_key", "%2561pi%255fkey"]
)
def test_a_parameter_that_holds_a_secret_is_not_kept_and_the_secret_is_not_kept_elsewhere(name: str) -> None:
    one = entry(query=f"type=llm&{name}=hunter2%2Dhunter2&q", headers={"x-other": "hunter2-hunter2"})

    assert one.query == f"type=llm&{name}=***&q"
    assert one.headers["x-other"] == "***"


def test_a_parameter_whose_value_is_a_url_with_a_secret_is_not_kept() -> None:
    assert entry(query="next=https%3A%2F%2Fa.test%2F%3Fapi_key%3Dabc&x=1").query == "next=***&x=1"


def test_of_a_url_in_a_field_user_and_secret_parameters_are_not_kept() -> None:
    one = entry(headers={"referer": "https://me:pw@a.test/b?api_key=c&d=e"})

    assert one.headers["referer"] == "https://***@a.test/b?api_key=***&d=e"


@pytest.mark.parametrize("begin", ["", "/", "=", "%3D", '"', "\\n"])
@pytest.mark.parametrize("key", ["sk-1", "sk-proj-a_B.c", "sk%2Dabc", "%73%6b%2Da%62c"])
def test_what_looks_like_a_key_is_not_kept_though_it_is_not_the_one_of_this_request(begin: str, key: str) -> None:
    one = entry(
        token=KEY,
        path=f"/v1/{begin}{key}",
        query=f"a={begin}{key}",
        headers={"x-a": begin + key},
        content=f"{begin}{key} is".encode(),
    )

    assert (one.path, one.query, one.headers["x-a"]) == (f"/v1/{begin}***", f"a={begin}***", f"{begin}***")
    assert one.body == f"{begin}*** is"


def test_what_holds_no_key_is_kept_as_it_is() -> None:
    one = entry(
        token=KEY,
        path="/v1/models/acme%2Frisk-free",
        query=b"type=llm&max_tokens=5&sort%5Fby=price",
        headers={"user-agent": "desk-1 50%", "idempotency-key": "a-long-enough-word"},
        fields=((b"x-ratelimit-remaining-tokens", b"59"),),
        content="task-1 costs 50% of — 日本".encode(),
    )

    assert (one.path, one.query) == ("/v1/models/acme%2Frisk-free", "type=llm&max_tokens=5&sort%5Fby=price")
    assert (one.headers["user-agent"], one.headers["idempotency-key"]) == ("desk-1 50%", "a-long-enough-word")
    assert one.response_headers == {"x-ratelimit-remaining-tokens": "59"}
    assert one.body == "task-1 costs 50% of — 日本"


def test_a_short_word_is_no_key_and_is_not_searched_for() -> None:
    one = entry(token="models", path="/v1/models")

    assert (one.path, one.headers["authorization"]) == ("/v1/models", "Bearer ***")


def test_behind_a_very_long_key_nothing_is_kept() -> None:
    token = "abcdefgh" * 1000

    assert entry(token=token, path=f"/v1/{token}/x").path == "/v1/***"
