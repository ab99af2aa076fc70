from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import evidence, summary
from conformance.case import NotApplicable
from conformance.clients import RULES
from conformance.finding import Outcome
from conformance.message import BEARER, Exchange, Request
from conformance.selftest import acme, bench
from conformance.selftest.acme import Acme, answer, changed
from conformance.selftest.bench import exchange
from conformance.selftest.gateway import Answer, Asked
from conformance.strict_json import Unreadable
from specs import Provider, formats, load
from specs.requirement import Departure, StandardCitation

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture
def whole(tmp_path: Path) -> Provider:
    """The contract of Acme with the requirements that clients have of every gateway."""
    return load("acme", acme.folder(tmp_path), None)


def found(rule: str, asked: Exchange) -> list[tuple[str, str]]:
    """What the rule finds: (place, kind)."""
    return [(each.at, each.kind) for each in RULES[rule].violations(asked)]


def listing(*models: Any, **members: Any) -> Exchange:
    body: dict[str, Any] = {"data": list(models), **members}
    return exchange(body)


def refused(status: int, authorization: str | None = "Bearer wrong") -> Exchange:
    return exchange({}, request=Request("listModels", authorization=authorization), status=status)


def limited(status: int = 429, **headers: str) -> Exchange:
    return exchange({}, request=Request("listModels"), status=status, **headers)


def test_every_rule_that_the_family_may_name_is_there() -> None:
    check = formats.schema("clients")["$defs"]["requirement"]["properties"]["check"]

    assert set(check["properties"]["client"]["enum"]) == set(RULES)


KEPT = [
    ("json-type", exchange({}, Content_Type="application/json")),
    ("json-type", exchange({}, Content_Type="application/json; charset=utf-8")),
    ("json-type", exchange({}, Content_Type="application/vnd.api+json")),
    ("json-text", exchange(b'{"a": 1}')),
    ("json-text", exchange(b'\xef\xbb\xbf{"a": 1, "a": 2}')),
    ("no-error", exchange({"data": [], "error": None, "success": True})),
    ("data", listing()),
    ("objects", listing({}, {"id": 7})),
    ("ids", listing({"id": "a"}, {"id": ""}, "no object, which is another rule's")),
    ("askable-ids", listing({"id": "..."}, {"id": "a/b"}, {"id": " "}, {"id": 7})),
    ("whole", listing(has_more=False, next=None, next_page="")),
    ("model", exchange({"id": "a"})),
    ("message", exchange({"error": {"message": "no", "code": 401}}, status=401)),
    ("message", exchange({"success": False, "message": "no"}, status=500)),
    ("final-refusal", refused(401)),
    ("final-refusal", refused(403, None)),
    ("retry-after", limited(Retry_After="60")),
    ("should-retry", limited(404, X_Should_Retry="false")),
    ("should-retry", limited(404)),
    ("redirect", limited(302, Location="/v2/models")),
    ("redirect", limited(302, Location="http://127.0.0.1:80/v2/models")),
    ("redirect", limited(302)),
    ("redirect", limited(300, Location="https://elsewhere.example/")),
    ("redirect", exchange({})),
]


@pytest.mark.parametrize(("rule", "asked"), KEPT, ids=[f"{rule}-{number}" for number, (rule, _) in enumerate(KEPT)])
def test_what_clients_survive_is_no_violation(rule: str, asked: Exchange) -> None:
    assert found(rule, asked) == []


BROKEN = [
    ("json-type", exchange({}), ("Content-Type", "absent")),
    ("json-type", exchange({}, Content_Type="text/json"), ("Content-Type", "media-type")),
    ("json-text", exchange(b""), ("body", "not-json")),
    ("json-text", exchange(b'{"a": '), ("body", "not-json")),
    ("json-text", exchange(b'{"a": NaN}'), ("body", "not-a-number")),
    ("no-error", exchange({"error": {"message": "no"}}), ("/error", "error")),
    ("no-error", exchange({"error": "no"}), ("/error", "error")),
    ("no-error", exchange({"success": False}), ("/success", "no-success")),
    ("data", exchange([]), ("", "type")),
    ("data", exchange({"models": []}), ("/data", "absent")),
    ("data", exchange({"data": None}), ("/data", "type")),
    ("data", exchange({"data": {}}), ("/data", "type")),
    ("objects", listing({}, "a"), ("/data/1", "type")),
    ("ids", listing({"model_id": "a"}), ("/data/0/id", "absent")),
    ("ids", listing({"id": None}), ("/data/0/id", "type")),
    ("askable-ids", listing({"id": ""}), ("/data/0/id", "unaskable")),
    ("askable-ids", listing({"id": "a"}, {"id": ".."}), ("/data/1/id", "unaskable")),
    ("whole", listing(has_more=True), ("/has_more", "more")),
    ("whole", listing(next="/v1/models?page=2"), ("/next", "more")),
    ("model", exchange({"data": {"id": "a"}}), ("/id", "absent")),
    ("model", exchange({"id": 7}), ("/id", "type")),
    ("model", exchange(["a"]), ("", "type")),
    ("message", exchange(b"", status=401), ("body", "not-json")),
    ("message", exchange(b"<p>", status=401), ("body", "not-json")),
    ("message", exchange([], status=401), ("", "type")),
    ("message", exchange({}, status=401), ("/message", "absent")),
    ("message", exchange({"error": "no"}, status=401), ("/error", "type")),
    ("message", exchange({"error": None, "message": "no"}, status=401), ("/error", "type")),
    ("message", exchange({"error": {"message": ""}}, status=401), ("/error/message", "type")),
    ("final-refusal", refused(409), ("status", "retried")),
    ("final-refusal", refused(503, None), ("status", "retried")),
    ("retry-after", limited(Retry_After="0"), ("Retry-After", "no-wait")),
    ("retry-after", limited(503, Retry_After="61"), ("Retry-After", "too-long")),
    ("retry-after", limited(409, Retry_After="soon"), ("Retry-After", "unreadable")),
    ("retry-after", limited(Retry_After="5", Retry_After_Ms="0"), ("Retry-After-Ms", "no-wait")),
    ("retry-after", limited(Retry_After="Sun Nov 22 10:00:30 2026", Date=format_datetime(NOW)), ("Retry-After", "unreadable")),
    ("should-retry", limited(401, X_Should_Retry="true"), ("X-Should-Retry", "retried")),
    ("redirect", limited(301, Location="https://127.0.0.1/v1/models"), ("Location", "origin")),
    ("redirect", limited(308, Location="//elsewhere.example/v1/models"), ("Location", "origin")),
    ("redirect", limited(302, Location=""), ("Location", "loop")),
    ("redirect", limited(302, Location="/v1/models#here"), ("Location", "loop")),
    ("redirect", limited(302, Location="http://[::1/v1/models"), ("Location", "syntax")),
    ("redirect", limited(302, Location="http://127.0.0.1:port/v1/models"), ("Location", "syntax")),
]


@pytest.mark.parametrize(
    ("rule", "asked", "expected"), BROKEN, ids=[f"{rule}-{number}" for number, (rule, *_) in enumerate(BROKEN)]
)
def test_what_clients_do_not_survive_is_named_with_its_place(rule: str, asked: Exchange, expected: tuple[str, str]) -> None:
    assert found(rule, asked) == [expected]


OTHERS = [
    *((rule, exchange({}, status=404)) for rule in ("json-type", "json-text", "no-error", "data", "ids", "model", "whole")),
    *((rule, exchange(b"no")) for rule in ("no-error", "data", "objects", "ids", "askable-ids", "whole", "model")),
    *((rule, exchange({"data": {}})) for rule in ("objects", "ids", "askable-ids", "whole")),
    ("no-error", exchange([])),
    ("askable-ids", listing()),
    ("message", exchange({})),
    ("final-refusal", refused(500, BEARER)),
    ("retry-after", limited(401, Retry_After="0")),
    ("retry-after", limited()),
    ("retry-after", limited(Retry_After="")),
    ("retry-after", limited(Retry_After="0", X_Should_Retry="false")),
    ("retry-after", limited(Retry_After=format_datetime(NOW, usegmt=True))),
    ("should-retry", limited(429, X_Should_Retry="true")),
    ("should-retry", limited(200, X_Should_Retry="true")),
]


@pytest.mark.parametrize(("rule", "asked"), OTHERS, ids=[f"{rule}-{number}" for number, (rule, _) in enumerate(OTHERS)])
def test_a_rule_does_not_apply_to_what_it_does_not_speak_of(rule: str, asked: Exchange) -> None:
    with pytest.raises((NotApplicable, Unreadable)):
        found(rule, asked)


@given(st.floats(min_value=0.001, max_value=60.0).map(lambda number: f"{number:.3f}") | st.integers(1, 60).map(str))
def test_a_wait_of_up_to_a_minute_is_one_that_clients_wait(field: str) -> None:
    assert found("retry-after", limited(Retry_After=field)) == []


@given(st.integers(-(10**30), 0) | st.integers(61, 10**30))
def test_any_other_number_of_seconds_is_not(seconds: int) -> None:
    assert [kind for _, kind in found("retry-after", limited(Retry_After=str(seconds)))] in (["no-wait"], ["too-long"])


@given(st.integers(-100_000, 100_000))
def test_a_date_counts_from_that_of_the_answer(seconds: int) -> None:
    due = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)

    violations = found("retry-after", limited(Retry_After=due, Date=format_datetime(NOW, usegmt=True)))

    assert (violations == []) == (0 < seconds <= 60)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=255), min_size=1))
def test_any_field_is_judged_without_an_error(field: str) -> None:
    found("retry-after", limited(Retry_After=field, Date=format_datetime(NOW, usegmt=True)))


# in a run


def test_a_broken_requirement_of_the_clients_is_a_warning_and_the_run_is_kept(whole: Provider) -> None:
    run = bench.run(whole, Acme())

    assert bench.findings(run)["CLIENT-ERROR-02"].outcome is Outcome.WARN
    assert run.verdict.name == "KEPT"
    assert "  clients   1 warning: CLIENT-ERROR-02; nothing shows CLIENT-RETRY-01" in list(summary.lines(run))


def test_with_strict_it_fails(whole: Provider) -> None:
    run = bench.run(whole, Acme(), strict=True)

    assert bench.findings(run)["CLIENT-ERROR-02"].outcome is Outcome.FAIL
    assert run.verdict.name == "BROKEN"
    assert "  clients   1 failure: CLIENT-ERROR-02; nothing shows CLIENT-RETRY-01" in list(summary.lines(run))


def test_what_clients_need_costs_no_request(whole: Provider) -> None:
    own = [each.id for each in whole.requirements if not each.id.startswith("CLIENT-")]

    assert bench.run(whole, Acme()).budget.sent == bench.run(whole, Acme(), own).budget.sent


def departing(provider: Provider, *operations: str) -> Provider:
    """*provider*, whose document asks the errors of *operations* to be texts."""
    departure = Departure("CLIENT-ERROR-02", operations, "Errors are texts.", (StandardCitation("RFC 0", "1"),))
    return dataclasses.replace(provider, departures=(departure,))


def test_what_the_document_itself_asks_for_is_a_warning_that_says_so_also_with_strict(whole: Provider) -> None:
    run = bench.run(departing(whole, "listModels", "retrieveModel"), Acme(), strict=True)

    finding = bench.findings(run)["CLIENT-ERROR-02"]
    assert finding.outcome is Outcome.WARN
    assert finding.reason == "the document itself asks for it: Errors are texts. RFC 0 section 1"
    shown = evidence.text(finding, run.target, "KEY")
    assert "  document  the document itself asks for it: Errors are texts.\n  document  RFC 0 section 1\n" in shown
    assert run.verdict.name == "KEPT"


def test_what_it_asks_of_one_operation_excuses_no_other(whole: Provider) -> None:
    run = bench.run(departing(whole, "retrieveModel"), Acme(), strict=True)

    assert bench.findings(run)["CLIENT-ERROR-02"].outcome is Outcome.FAIL


def test_an_answer_after_which_the_suite_asked_again_is_looked_at_too(whole: Provider) -> None:
    first = [answer({"error": {"message": "not now"}}, 429, Retry_After="0")]

    run = bench.run(whole, changed(lambda _, honest: first.pop() if first else honest))

    (group,) = bench.findings(run)["CLIENT-RETRY-01"].groups
    assert (group.first[0].at, group.first[0].kind) == ("Retry-After", "no-wait")


def unauthorized(status: int) -> Any:
    def change(asked: Asked, honest: Answer) -> Answer:
        return dataclasses.replace(honest, status=status) if honest.status == 401 else honest

    return changed(change)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_a_bad_key_that_is_answered_as_if_it_might_become_good_is_told(whole: Provider, status: int) -> None:
    run = bench.run(whole, unauthorized(status), ["CLIENT-AUTH-01"])

    assert bench.findings(run)["CLIENT-AUTH-01"].outcome is Outcome.WARN


def test_an_outage_is_no_refusal(whole: Provider) -> None:
    answers = iter(range(1000))
    run = bench.run(whole, lambda asked: Acme()(asked) if next(answers) < 2 else answer({}, 503), ["CLIENT-AUTH-01"])

    assert bench.findings(run)["CLIENT-AUTH-01"].outcome is not Outcome.WARN


def test_one_answer_with_another_media_type_among_equal_bodies_is_seen(whole: Provider) -> None:
    def change(asked: Asked, honest: Answer) -> Answer:
        html = (asked.header("Accept") or "").startswith("text/html")
        return dataclasses.replace(honest, headers=(("Content-Type", "text/html"),)) if html else honest

    run = bench.run(whole, changed(change))

    assert bench.findings(run)["CLIENT-TYPE-01"].outcome is Outcome.WARN


def test_a_5xx_is_the_failure_of_nobody_among_the_clients(whole: Provider) -> None:
    run = bench.run(whole, unauthorized(500))

    server_errors = {
        each.requirement.id for each in run.findings for group in each.groups if group.first[0].kind == "server-error"
    }
    assert server_errors
    assert not [name for name in server_errors if name.startswith("CLIENT-")]
