from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance import report, summary
from conformance.choices import Choices
from conformance.finding import Outcome
from conformance.plan import READ_ONLY, plan
from conformance.run import Run
from conformance.selftest import acme, bench
from conformance.selftest.gateway import Answer, Asked, Script
from conformance.target import Target
from specs import Provider, formats

CAPABILITIES = """\
x-gateway: {title: Acme Models}
x-capabilities:
  retrieve: {says: A model can be asked for by its id., operation: retrieveModel, absent: [404, 405]}
  authentication: {says: The list wants a key., operation: listModels, asked: anonymous, absent: [200]}
  error-text: {says: An error stands in a text., operation: listModels, asked: wrong-key, absent: [200], holds: /error}
"""
CHECKS = {
    "ACM-ID-01": acme.CHECKS["ACM-ID-01"],
    "ACM-MODEL-01": acme.CHECKS["ACM-MODEL-01"],
    "ACM-GET-01": ("MUST", "retrieveModel", "{probe: retrieve}, when: retrieve"),
    "ACM-KEY-01": ("MUST", "listModels", "{probe: missing-key, status: [401, 403]}, when: authentication"),
    "ACM-KEY-02": ("MUST", "retrieveModel", "{probe: missing-key, status: 401}, when: [retrieve, authentication]"),
    "ACM-ERROR-01": ("MUST", "listModels", "{schema: [/components/schemas/Error]}, when: error-text"),
}


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    """Acme's contract, in which retrieving, the key and the shape of errors are capabilities."""
    openapi = acme.OPENAPI.replace("x-gateway: {title: Acme Models}\n", CAPABILITIES)
    return acme.provider(tmp_path, openapi=openapi, checks=CHECKS)


def judged(provider: Provider, script: Script, **declared: bool) -> Run:
    """A run over *script*, which is declared to have or to lack capabilities."""
    return bench.run(provider, script, targets=(Target("http://127.0.0.1", provider, declared),))


def without_retrieving(asked: Asked) -> Answer:
    return acme.Acme()(asked) if asked.path == "/v1/models" else acme.answer({"detail": "Not Found"}, 404)


def without_key(asked: Asked) -> Answer:
    answer = acme.Acme()(asked)
    return acme.answer({"data": list(acme.MODELS)}) if answer.status == 401 else answer


def test_a_target_that_has_everything_is_judged_on_everything(provider: Provider) -> None:
    run = judged(provider, acme.Acme())

    assert {each.outcome for each in run.findings} == {Outcome.PASS}
    assert run.capabilities.words() == {"retrieve": "found", "authentication": "found", "error-text": "found"}


def test_what_a_target_lacks_is_not_applicable_for_a_reason(provider: Provider) -> None:
    run = judged(provider, without_retrieving)
    finding = bench.findings(run)["ACM-GET-01"]

    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert finding.reason == "the target lacks the capability retrieve: retrieveModel is answered 404"
    assert run.capabilities.words()["retrieve"] == "absent"


def test_a_target_without_keys_is_not_judged_on_keys(provider: Provider) -> None:
    run = judged(provider, without_key)

    assert bench.findings(run)["ACM-KEY-01"].outcome is Outcome.NOT_APPLICABLE
    assert bench.findings(run)["ACM-ERROR-01"].outcome is Outcome.NOT_APPLICABLE
    assert bench.findings(run)["ACM-ID-01"].outcome is Outcome.PASS


def test_a_body_without_what_a_capability_holds_lacks_it(provider: Provider) -> None:
    def detail(_: Asked, answer: Answer) -> Answer:
        return acme.answer({"detail": "Unauthorized"}, 401) if answer.status == 401 else answer

    finding = bench.findings(judged(provider, acme.changed(detail)))["ACM-ERROR-01"]

    assert finding.reason == (
        "the target lacks the capability error-text: listModels with a wrong key is answered 401 without /error"
    )


def test_a_declared_capability_that_is_absent_is_a_failure(provider: Provider) -> None:
    run = judged(provider, without_retrieving, retrieve=True)

    assert bench.findings(run)["ACM-GET-01"].outcome is Outcome.FAIL
    assert run.capabilities.words()["retrieve"] == "declared"


def test_a_declared_key_that_nobody_asks_for_is_a_failure(provider: Provider) -> None:
    assert bench.findings(judged(provider, without_key, authentication=True))["ACM-KEY-01"].outcome is Outcome.FAIL


def test_a_capability_that_is_declared_absent_is_not_judged(provider: Provider) -> None:
    run = judged(provider, acme.Acme(), retrieve=False)

    assert bench.findings(run)["ACM-GET-01"].reason == "the target is declared to lack the capability retrieve"
    assert run.capabilities.words()["retrieve"] == "declared absent"


def test_an_operation_that_is_broken_is_not_taken_for_absent(provider: Provider) -> None:
    def broken(asked: Asked, answer: Answer) -> Answer:
        return answer if asked.path == "/v1/models" else acme.answer({"error": "no such channel"}, 400)

    assert bench.findings(judged(provider, acme.changed(broken)))["ACM-GET-01"].outcome is Outcome.FAIL


def test_an_operation_that_finds_some_ids_is_not_taken_for_absent(provider: Provider) -> None:
    def script(asked: Asked) -> Answer:
        slash = "/" in asked.path.removeprefix("/v1/models").removeprefix("/")
        return acme.answer({"detail": "Not Found"}, 404) if slash else acme.Acme()(asked)

    assert bench.findings(judged(provider, script))["ACM-GET-01"].outcome is Outcome.FAIL


def test_what_an_absent_operation_answers_is_nobodys_breach(tmp_path: Path) -> None:
    described = {
        "'404': {description: No such model.}": "'404': {description: No such model., content: {application/json: "
        "{schema: {$ref: '#/components/schemas/Error'}}}}",
        "x-gateway: {title: Acme Models}\n": CAPABILITIES,
    }
    openapi = acme.OPENAPI
    for old, new in described.items():
        openapi = openapi.replace(old, new)
    checks = {"ACM-ERROR-01": ("MUST", "listModels, retrieveModel", "{schema: [/components/schemas/Error]}")}
    provider = acme.provider(tmp_path, openapi=openapi, checks=checks)

    offered = bench.findings(judged(provider, without_retrieving, retrieve=True))["ACM-ERROR-01"]
    absent = bench.findings(judged(provider, without_retrieving))["ACM-ERROR-01"]

    assert (offered.outcome, absent.outcome) == (Outcome.FAIL, Outcome.PASS)


def test_an_empty_list_shows_nothing_of_retrieving(provider: Provider) -> None:
    run = judged(provider, acme.Acme(models=()))

    assert bench.findings(run)["ACM-GET-01"].outcome is Outcome.NOT_APPLICABLE
    assert "retrieve" not in run.capabilities.words()


def test_the_requests_that_show_capabilities_are_planned(provider: Provider) -> None:
    only = [provider.requirement("ACM-ERROR-01"), provider.requirement("ACM-GET-01")]

    planned = plan(provider, only, 40, Choices(), READ_ONLY)

    asked = [request.authorization for request, _ in planned.requests if request.operation == "listModels"]
    assert "Bearer gateway-contracts-wrong-key" in asked


def test_the_summary_and_the_report_tell_the_capabilities(provider: Provider) -> None:
    run = judged(provider, without_retrieving, authentication=True)
    told: Any = report.report([run])

    assert "  capable   retrieve: absent, authentication: declared, error-text: found" in list(summary.lines(run))
    assert told["runs"][0]["capabilities"] == {"retrieve": "absent", "authentication": "declared", "error-text": "found"}
    formats.check(told, "report", "report.json")


@pytest.mark.parametrize(
    ("script", "outcome"),
    [(acme.Acme(), Outcome.PASS), (without_retrieving, Outcome.NOT_APPLICABLE), (without_key, Outcome.NOT_APPLICABLE)],
    ids=["both", "no retrieving", "no key"],
)
def test_what_needs_two_capabilities_is_judged_where_both_are_there(
    provider: Provider, script: Script, outcome: Outcome
) -> None:
    assert bench.findings(judged(provider, script))["ACM-KEY-02"].outcome is outcome
