"""The report as SARIF, as the schema of SARIF 2.1.0 wants it and as GitHub reads it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from conformance import report
from conformance.finding import Finding, Outcome
from conformance.reports.sarif import sarif
from conformance.selftest import bench
from conformance.selftest.acme import Acme
from conformance.selftest.test_report import SCRIPTS
from conformance.waivers import Waiver
from specs import Provider

SCHEMA = json.loads(Path(__file__).with_name("sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
FOREVER = date(2100, 1, 1)


def checked(value: dict[str, Any]) -> Any:
    """The SARIF of the report *value*, which keeps the schema."""
    found = json.loads(sarif(value))
    Draft4Validator(SCHEMA).validate(found)
    return found


def written(provider: Provider, name: str, **changes: Any) -> Any:
    """The one run in the SARIF of a run over a script of `test_report`."""
    (run,) = checked(report.report([bench.run(provider, SCRIPTS[name], **changes)]))["runs"]
    return run


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_is_sarif(provider: Provider, name: str) -> None:
    run = written(provider, name)

    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [each.id for each in provider.requirements]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])


def test_a_result_stands_in_the_line_that_asks_for_it(provider: Provider) -> None:
    result = next(each for each in written(provider, "broken")["results"] if each["ruleId"] == "ACM-ID-01")

    place = result["locations"][0]["physicalLocation"]
    file = Path(place["artifactLocation"]["uri"].removeprefix("file://"))
    assert "{id: ACM-ID-01," in file.read_text(encoding="utf-8").splitlines()[place["region"]["startLine"] - 1]
    assert (result["level"], result["occurrenceCount"]) == ("error", 2)
    assert "at /data/0/id of GET /v1/models" in result["message"]["text"]


def test_each_kind_of_violation_has_its_fingerprint(provider: Provider) -> None:
    value = report.report([bench.run(provider, SCRIPTS["broken"])])
    groups = [group["fingerprint"] for finding in value["runs"][0]["findings"] for group in finding["violations"]]

    prints = [each["partialFingerprints"] for each in checked(value)["runs"][0]["results"]]

    assert [each["gatewayContracts/v1"] for each in prints] == groups
    assert len({each["primaryLocationLineHash"] for each in prints}) == len(prints)


def test_a_waived_violation_is_suppressed_with_its_reason(provider: Provider) -> None:
    waivers = tuple(Waiver(each.id, None, "*", "it is known", FOREVER) for each in provider.requirements)

    results = written(provider, "broken", waivers=waivers)["results"]

    assert results
    assert all(each["suppressions"][0]["status"] == "accepted" for each in results)
    assert all("it is known" in each["suppressions"][0]["justification"] for each in results)


@pytest.mark.parametrize("name", ["refused", "down", "half"])
def test_a_run_without_a_verdict_was_not_successful_and_says_why(provider: Provider, name: str) -> None:
    (invocation,) = written(provider, name)["invocations"]

    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 6
    assert invocation["toolExecutionNotifications"][0]["message"]["text"].startswith("inconclusive: ")


def test_a_good_run_was_successful_and_has_no_result(provider: Provider) -> None:
    run = written(provider, "conforming")

    assert run["invocations"][0]["executionSuccessful"] is True
    assert run["results"] == []


def test_a_finding_without_a_violation_is_a_result_too(provider: Provider) -> None:
    run = bench.run(provider, Acme())
    run.findings[0] = Finding(run.findings[0].requirement, Outcome.FAIL, "it is so")

    (result,) = checked(report.report([run]))["runs"][0]["results"]

    assert result["message"]["text"].endswith("it is so")


def test_every_target_has_a_category_of_its_own(provider: Provider) -> None:
    value = report.report([bench.run(provider, Acme()), bench.run(provider, Acme())])
    value["runs"][1]["name"] = "eu"

    assert [each["automationDetails"]["id"] for each in checked(value)["runs"]] == [
        "gateway-contracts/acme/",
        "gateway-contracts/eu/",
    ]


def test_a_shipped_contract_is_named_within_the_project() -> None:
    value = report.report([])
    place = {"file": "specs/providers/a b/requirements.yaml", "line": 7}
    finding: dict[str, Any] = {
        "requirement": "ACM-ID-01",
        "lens": "document",
        "level": "MUST",
        "says": "It is.",
        "source": place,
    }
    finding |= {"outcome": "fail", "reason": "no", "violations": [], "citations": [], "cites": []}
    run = {"findings": [finding], "unjudged": [], "complete": True, "verdict": "broken", "refusal": None, "exit_code": 1}
    run |= {"started": "2026-01-01T00:00:00+00:00", "name": None, "provider": "acme", "target": "http://x", "selected": 1}

    (found,) = checked({**value, "runs": [run]})["runs"]

    assert found["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == (
        "specs/providers/a%20b/requirements.yaml"
    )
