from __future__ import annotations

import httpx2
import pytest

from conformance.preflight import preflight
from conformance.selftest import bench
from conformance.selftest.acme import KEY, Acme, answer
from conformance.selftest.gateway import Answer, Asked, Script, Transport
from specs import Provider


def refusal(provider: Provider, script: Script, key: str | None = KEY) -> str:
    """Why *script* cannot be judged."""
    return preflight(provider, bench.transcript(provider, Transport(script)), key, "GATEWAY_API_KEY")


def html(status: int, body: bytes = b"<!DOCTYPE html><html>", media_type: str = "text/html; charset=utf-8") -> Answer:
    """A page."""
    return Answer(status, (("Content-Type", media_type),), body)


@pytest.mark.parametrize("script", [Acme(), Acme(models=()), lambda _: answer({"error": "odd"}), lambda _: answer({}, 400)])
def test_what_can_be_judged_is_not_refused(provider: Provider, script: Script) -> None:
    assert refusal(provider, script) == ""


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (answer({}, 401), "answered 401: the key in GATEWAY_API_KEY was refused"),
        (answer({}, 403), "answered 403: the key in GATEWAY_API_KEY was refused"),
        (html(403), "answered 403 with an HTML page instead of JSON"),
        (html(200), "answered 200 with an HTML page instead of JSON"),
        (html(200, b"  <html lang=en>", "application/json"), "answered 200 with an HTML page instead of JSON"),
        (html(200, b"plain words"), "answered 200 with an HTML page instead of JSON"),
        (Answer(302, (("Location", "https://x.example/login"),)), "answered 302, a redirect to https://x.example/login"),
        (Answer(307), "answered 307, a redirect"),
        (Answer(404), "answered 404: nothing is there"),
        (Answer(410), "answered 410: nothing is there"),
        (Answer(407), "answered 407: a proxy asks for credentials"),
        (Answer(500), "answered 500 three times: the gateway is out of order"),
        (html(503), "answered 503 three times: the gateway is out of order"),
        (Answer(429), "the target answered 429, too many requests"),
    ],
)
def test_what_cannot_be_judged_is_one_sentence(provider: Provider, found: Answer, sentence: str) -> None:
    said = refusal(provider, lambda _: found)

    assert sentence in said
    assert "\n" not in said


def test_a_json_object_that_is_called_html_is_judged(provider: Provider) -> None:
    assert refusal(provider, lambda _: html(200, b'{"data": []}')) == ""


def test_without_a_key_the_variable_is_named(provider: Provider) -> None:
    said = refusal(provider, lambda _: answer({}, 401), key=None)

    assert said.endswith("answered 401: no key is in the environment variable GATEWAY_API_KEY, put one there")


def test_no_answer_is_one_sentence(provider: Provider) -> None:
    def gone(_: Asked) -> Answer:
        raise httpx2.ConnectError("[Errno 111] Connection refused")

    assert refusal(provider, gone) == "http://127.0.0.1 gave no answer: [Errno 111] Connection refused"
