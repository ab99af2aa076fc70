"""A report as JUnit XML: a test suite for each target, a test case for each requirement.

CI systems show failures and errors in red, skipped cases in grey, and take a file without red for a good one. So a run
that gave no verdict has an error of its own, in a case named ``verdict``; what could not be judged is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from conformance.reports import words
from conformance.reports.words import shown
from conformance.verdict import Verdict
from specs.printable import printable

MOST_TEXT = 10_000
"""Characters of what stands inside one case."""

RED = ("failure", "error")


def junit(report: Mapping[str, Any], previous: Sequence[Mapping[str, Any]] = ()) -> str:  # noqa: ARG001 - it has no trend
    """*report* as an XML document."""
    root = Element("testsuites", name="gateway contract")
    for run in report["runs"]:
        root.append(_suite(run))
    if not report["runs"]:
        empty = SubElement(root, "testsuite", name="gateway contract")
        case = SubElement(empty, "testcase", classname="gateway contract", name="verdict", time="0")
        SubElement(case, "error", message="nothing was selected, so nothing was judged", type="nothing")
        _count(empty)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ElementTree.indent(root)
    return ElementTree.tostring(root, "unicode", xml_declaration=False).join(("<?xml version='1.0' encoding='utf-8'?>\n", "\n"))


def _suite(run: Mapping[str, Any]) -> Element:
    label = shown(words.label(run))
    suite = Element("testsuite", name=label, timestamp=run["started"][:19], time=f"{run['duration_s']:.3f}")
    properties = SubElement(suite, "properties")
    for name, value in (("target", run["target"]), ("verdict", words.sentence(run)), ("requests", words.requests(run))):
        SubElement(properties, "property", name=name, value=shown(value))
    for finding in run["findings"]:
        case = _case(suite, label, finding)
        for kind, message, text in _said(finding, run):
            said = SubElement(case, kind)
            if message:
                said.attrib.update(message=message, type=finding["outcome"])
            said.text = printable(text[:MOST_TEXT])
    for left in run["unjudged"]:
        SubElement(_case(suite, label, left), "skipped", message="not judged: the run was cut short")
    if words.verdict(run) is not Verdict.KEPT and not any(each.tag in RED for case in suite for each in case):
        case = SubElement(suite, "testcase", classname=label, name="verdict", time="0")
        SubElement(case, "error", message=shown(words.sentence(run)), type=run["verdict"])
    _count(suite)
    return suite


def _case(suite: Element, label: str, of: Mapping[str, Any]) -> Element:
    source = of["source"]
    case = SubElement(suite, "testcase", classname=label, name=of["requirement"], time="0")
    case.attrib.update({"file": shown(source["file"]), "line": str(source["line"])})
    return case


def _count(suite: Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))


def _said(finding: Mapping[str, Any], run: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The elements of a case: what they are, their message, their text."""
    outcome, reason = finding["outcome"], shown(finding["reason"])
    asked = f"{finding['requirement']} {finding['level']}: {shown(finding['says'])}"
    match outcome:
        case "fail":
            yield "failure", asked, "\n".join(_lines(finding, run))
        case "error":
            yield "error", f"{asked}: {reason}", "\n".join(_lines(finding, run))
        case "warn":
            yield "system-out", "", "\n".join([f"warning: {asked}", *_lines(finding, run)])
        case "pass":
            return
        case _:
            yield "skipped", f"{outcome}: {reason}", ""


def _lines(finding: Mapping[str, Any], run: Mapping[str, Any]) -> Iterator[str]:
    if finding["reason"]:
        yield shown(finding["reason"])
    for group in finding["violations"]:
        yield f"at {shown(words.place(group, run))}"
        yield f"  expected {shown(group['expected'])}"
        yield f"  actual   {shown(group['actual'])}"
        yield f"  curl     {shown(group['curl'], 2000)}"
    yield from (f"cites {shown(cited)}" for cited in finding["cites"])
    yield f"rerun {shown(finding['rerun'])}"
