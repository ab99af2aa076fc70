from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from conformance.finding import Outcome
from conformance.message import Request
from conformance.preflight import Preflight, preflight
from conformance.selftest import bench
from conformance.selftest.acme import CHECKS, KEY, Acme, answer
from conformance.selftest.gateway import Answer, Asked, Script, Transport
from conformance.verdict import Verdict
from specs import Provider

SECOND = """\
  /v2/models:
    get:
      operationId: listAgain
      x-items: {at: /data, id: id}
      responses:
        '200':
          description: The list.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/List'}
"""
TWO_LISTS = {
    **CHECKS,
    "ACM-AGAIN-01": ("MUST", "listAgain", "{probe: answers}"),
    "ACM-AGAIN-02": ("MUST", "listAgain", "{probe: media-type}"),
    "ACM-AGAIN-03": ("MUST", "listAgain", "{probe: missing-key, status: 401}"),
}
OPEN = "answered 404: nothing is there; does the URL name the gateway's root, and is the provider the right one?"


def found(provider: Provider, script: Script, key: str | None = KEY, root: str = "http://127.0.0.1") -> Preflight:
    """What stands in the way of judging *script*."""
    lists = [Request(each.id) for each in provider.operations.values() if each.items]
    asked = bench.transcript(provider, Transport(script))
    return preflight(bench.target(provider, root), lists, asked, key, "GATEWAY_API_KEY")


def html(status: int, body: bytes = b"<!DOCTYPE html><html>", media_type: str = "text/html; charset=utf-8") -> Answer:
    """A page."""
    return Answer(status, (("Content-Type", media_type),), body)


def moved(to: str, status: int = 302) -> Answer:
    """A redirect."""
    return Answer(status, (("Location", to),))


@pytest.fixture
def two_lists(contract: Callable[..., Provider]) -> Provider:
    """Acme with another list at /v2/models."""
    return contract(("  /v1/models/{model}:\n", f"{SECOND}  /v1/models/{{model}}:\n"), checks=TWO_LISTS)


def lists(first: Answer, second: Answer | None = None) -> Script:
    """Acme, but with these answers to what is asked of the first and the second list."""

    def script(asked: Asked) -> Answer:
        if asked.path == "/v1/models":
            return first
        known = Asked(asked.method, asked.target.replace("/v2/", "/v1/"), asked.headers)
        return second if second and asked.path == "/v2/models" else Acme()(known)

    return script


@pytest.mark.parametrize("script", [Acme(), Acme(models=()), lambda _: answer({"error": "odd"}), lambda _: answer({}, 400)])
def test_what_can_be_judged_meets_no_obstacle(provider: Provider, script: Script) -> None:
    assert found(provider, script) == Preflight()


@pytest.mark.parametrize(
    ("first", "sentence"),
    [
        (answer({}, 401), "answered 401: the key in GATEWAY_API_KEY was refused"),
        (answer({}, 403), "answered 403: the key in GATEWAY_API_KEY was refused"),
        (html(403), "answered 403 with an HTML page instead of JSON"),
        (html(200), "answered 200 with an HTML page instead of JSON"),
        (html(200, b"  <html lang=en>", "application/json"), "answered 200 with an HTML page instead of JSON"),
        (html(200, b"plain words"), "answered 200 with an HTML page instead of JSON"),
        (Answer(404), OPEN),
        (answer({"error": "no such path"}, 404), OPEN),
        (Answer(410), "answered 410: nothing is there"),
        (Answer(407), "answered 407: a proxy asks for credentials"),
        (Answer(500), "answered 500 three times: the gateway is out of order"),
        (html(503), "answered 503 three times: the gateway is out of order"),
        (Answer(429), "the target answered 429, too many requests"),
    ],
)
def test_what_may_be_no_fault_of_the_gateway_is_one_sentence(provider: Provider, first: Answer, sentence: str) -> None:
    said = found(provider, lambda _: first)

    assert sentence in said.refusal
    assert "\n" not in said.refusal
    assert said.obstacles == {}


def test_a_json_object_that_is_called_html_is_judged(provider: Provider) -> None:
    assert found(provider, lambda _: html(200, b'{"data": []}')) == Preflight()


def test_without_a_key_the_variable_is_named(provider: Provider) -> None:
    said = found(provider, lambda _: answer({}, 401), key=None).refusal

    assert said.endswith("answered 401: no key is in the environment variable GATEWAY_API_KEY, put one there")


def test_no_answer_is_one_sentence(provider: Provider) -> None:
    def gone(_: Asked) -> Answer:
        raise httpx2.ConnectError("[Errno 111] Connection refused")

    assert found(provider, gone).refusal == "http://127.0.0.1 gave no answer: [Errno 111] Connection refused"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_breaks_the_contract_and_says_where_to(provider: Provider, status: int) -> None:
    said = found(provider, lambda _: moved("https://x.example/login", status))

    assert said.refusal == ""
    assert said.obstacles["listModels"].breaks == "answers"
    assert said.obstacles["listModels"].reason == (
        f"GET http://127.0.0.1/v1/models answered {status}, a redirect to https://x.example/login; "
        "redirects are not followed, name the new target"
    )


def test_what_is_retrieved_from_a_list_that_is_not_there_cannot_be_judged_either(provider: Provider) -> None:
    said = found(provider, lambda _: moved("/elsewhere"))

    assert said.obstacles.keys() == {"listModels", "retrieveModel"}
    assert said.obstacles["retrieveModel"].breaks == ""


def test_a_404_that_holds_the_models_breaks_the_contract(provider: Provider) -> None:
    assert found(provider, lambda _: answer({"data": []}, 404)).obstacles["listModels"].breaks == "answers"


def test_a_404_where_the_provider_says_that_the_list_is_breaks_the_contract(provider: Provider) -> None:
    at_home = found(provider, lambda _: Answer(404), root="https://acme.example")
    below = found(provider, lambda _: Answer(404), root="https://acme.example/staging")

    assert at_home.obstacles["listModels"].breaks == "answers"
    assert OPEN in below.refusal


@pytest.mark.parametrize(
    ("first", "breaks"),
    [
        (answer({"error": "no such path"}, 404), "answers"),
        (Answer(410), "answers"),
        (Answer(500), "answers"),
        (answer({}, 403), "answers"),
        (html(200), "media-type"),
        (html(403), ""),
        (Answer(407), ""),
    ],
)
def test_where_another_list_is_answered_it_is_told_what_that_proves(two_lists: Provider, first: Answer, breaks: str) -> None:
    said = found(two_lists, lists(first))

    assert said.refusal == ""
    assert said.obstacles.keys() == {"listModels", "retrieveModel"}
    assert said.obstacles["listModels"].breaks == breaks


def test_a_key_is_proven_by_no_list_that_needs_none(contract: Callable[..., Provider]) -> None:
    public = SECOND.replace("    get:\n", "    get:\n      security: []\n")
    provider = contract(("  /v1/models/{model}:\n", f"{public}  /v1/models/{{model}}:\n"), checks=TWO_LISTS)

    said = found(provider, lists(answer({}, 401)))

    assert said.obstacles["listModels"].breaks == ""
    assert said.obstacles["listModels"].reason.endswith("answered 401: the key in GATEWAY_API_KEY was refused")


def test_two_lists_that_may_both_be_no_fault_are_one_sentence_of_the_first(two_lists: Provider) -> None:
    said = found(two_lists, lists(Answer(404), html(403)))

    assert OPEN in said.refusal
    assert said.obstacles == {}


# whole runs


def test_a_run_that_is_redirected_fails_one_requirement_and_passes_none(provider: Provider) -> None:
    asked: list[Asked] = []

    def script(request: Asked) -> Answer:
        asked.append(request)
        return moved("https://x.example/v1/models")

    run = bench.run(provider, script)
    outcomes = {each.requirement.id: each.outcome for each in run.findings}

    assert run.verdict is Verdict.BROKEN
    assert outcomes.pop("ACM-ANSWER-01") is Outcome.FAIL
    assert outcomes.pop("ACM-POST-01") is Outcome.NOT_APPLICABLE
    assert set(outcomes.values()) == {Outcome.INCONCLUSIVE}
    assert len(asked) == 3
    assert {each.target for each in asked} == {"/v1/models"}


def test_a_run_without_the_requirement_that_a_redirect_breaks_is_inconclusive(provider: Provider) -> None:
    run = bench.run(provider, lambda _: moved("/elsewhere"), only=["ACM-KEY-01"])

    assert run.verdict is Verdict.INCONCLUSIVE
    assert "a redirect to /elsewhere" in run.findings[0].reason


def test_a_list_that_is_not_there_leaves_the_other_one_to_be_judged(two_lists: Provider) -> None:
    run = bench.run(two_lists, lists(Answer(404)))
    findings = bench.findings(run)

    assert [name for name, each in findings.items() if each.outcome is Outcome.FAIL] == ["ACM-ANSWER-01"]
    assert [name for name, each in findings.items() if each.outcome is Outcome.PASS] == [
        "ACM-AGAIN-01",
        "ACM-AGAIN-02",
        "ACM-AGAIN-03",
    ]
    assert findings["ACM-GET-01"].outcome is Outcome.INCONCLUSIVE


def test_a_page_in_the_place_of_one_list_is_a_wrong_media_type_and_nothing_else(two_lists: Provider) -> None:
    findings = bench.findings(bench.run(two_lists, lists(html(200))))

    assert [name for name, each in findings.items() if each.outcome is Outcome.FAIL] == ["ACM-TYPE-01"]
    assert findings["ACM-ANSWER-01"].outcome is Outcome.INCONCLUSIVE


def test_a_requirement_of_both_lists_is_judged_by_the_one_that_is_there(contract: Callable[..., Provider]) -> None:
    checks = TWO_LISTS | {"ACM-LIST-01": ("MUST", "listModels, listAgain", "{schema: [/components/schemas/List]}")}
    provider = contract(("  /v1/models/{model}:\n", f"{SECOND}  /v1/models/{{model}}:\n"), checks=checks)

    broken = bench.findings(bench.run(provider, lists(Answer(404), answer({}))))["ACM-LIST-01"]
    kept = bench.findings(bench.run(provider, lists(Answer(404))))["ACM-LIST-01"]

    assert broken.outcome is Outcome.FAIL
    assert kept.outcome is Outcome.INCONCLUSIVE
