"""The report as JUnit XML, as CI systems read it."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from conformance import report
from conformance.finding import Finding, Outcome
from conformance.reports.junit import junit
from conformance.selftest import bench
from conformance.selftest.acme import Acme, answer, changed
from conformance.selftest.test_report import SCRIPTS
from specs import Provider


def written(provider: Provider, name: str, **changes: Any) -> Element:
    """The XML of a run over a script of `test_report`."""
    return ElementTree.fromstring(junit(report.report([bench.run(provider, SCRIPTS[name], **changes)])))


def case(root: Element, name: str) -> Element:
    (found,) = (each for each in root.iter("testcase") if each.get("name") == name)
    return found


def test_each_requirement_is_a_case_and_the_counts_are_right(provider: Provider) -> None:
    root = written(provider, "broken")
    (suite,) = root

    assert [each.get("name") for each in suite.iter("testcase")] == [each.id for each in provider.requirements]
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(root.get(name, "")) == int(suite.get(name, "")) == len(list(suite.iter(tag)))


def test_a_broken_requirement_is_a_failure_with_what_was_found(provider: Provider) -> None:
    found = case(written(provider, "broken"), "ACM-ID-01")

    assert found.get("classname") == "acme"
    assert found.get("line", "").isdecimal()
    (failure,) = found
    assert (failure.tag, failure.get("message")) == ("failure", "ACM-ID-01 MUST: What ACM-ID-01 asks for.")
    assert "at /data/0/id of GET /v1/models (2 in all, also /data/2/id)\n  expected" in (failure.text or "")


@pytest.mark.parametrize("name", ["refused", "down", "half"])
def test_a_run_that_gave_no_verdict_is_red_by_one_error_that_says_why(provider: Provider, name: str) -> None:
    root = written(provider, name)

    assert (root.get("failures"), root.get("errors")) == ("0", "1")
    (error,) = case(root, "verdict")
    assert error.tag == "error"
    assert (error.get("message") or "").startswith("inconclusive: ")
    assert all(each.get("message", "").startswith(("inconclusive: ", "not applicable: ")) for each in root.iter("skipped"))


def test_a_good_run_has_no_case_but_its_requirements(provider: Provider) -> None:
    root = written(provider, "conforming")

    assert (root.get("failures"), root.get("errors")) == ("0", "0")
    assert not [each for each in root.iter("testcase") if each.get("name") == "verdict"]


def test_a_run_that_was_cut_short_is_red_and_what_was_left_is_skipped(provider: Provider) -> None:
    run = bench.run(provider, Acme())
    left = run.findings.pop().requirement.id

    root = ElementTree.fromstring(junit(report.report([run])))

    assert case(root, "verdict")[0].get("message", "").startswith("no verdict: the run was ended early, cut short after ")
    assert case(root, left)[0].get("message") == "not judged: the run was cut short"


def test_an_error_of_ours_is_an_error(provider: Provider) -> None:
    run = bench.run(provider, Acme())
    run.findings[-1] = Finding(run.findings[-1].requirement, Outcome.ERROR, "RuntimeError: a bug")

    root = ElementTree.fromstring(junit(report.report([run])))

    assert [each.get("message", "")[-20:] for each in root.iter("error")] == [": RuntimeError: a bug"[-20:]]


def test_a_warning_passes_and_says_what_it_is(provider: Provider) -> None:
    late = changed(lambda _, found: answer({"data": [{"id": "a", "types": "chat", "created": 1}]}, found.status))

    root = ElementTree.fromstring(junit(report.report([bench.run(provider, late, ["ACM-TIME-01"])])))

    (said,) = case(root, "ACM-TIME-01")
    assert said.tag == "system-out"
    assert (said.text or "").startswith("warning: ACM-TIME-01 SHOULD: What ACM-TIME-01 asks for.")


def test_a_report_of_nothing_is_red() -> None:
    root = ElementTree.fromstring(junit(report.report([])))

    assert (root.get("tests"), root.get("errors")) == ("1", "1")


def test_what_no_xml_can_hold_is_escaped(provider: Provider) -> None:
    text = "\x00\x1b]]>\ufffe\ud800<!DOCTYPE x>&amp;"
    run = bench.run(provider, Acme())
    run.findings[0] = Finding(run.findings[0].requirement, Outcome.FAIL, text)

    root = ElementTree.fromstring(junit(report.report([run])))

    assert "\\x00\\x1b]]>\\ufffe\\ud800<!DOCTYPE x>&amp;" in (next(root.iter("failure")).text or "")
