"""The report as workflow commands, as the runner of GitHub Actions reads them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from conformance import report
from conformance.finding import Finding, Outcome
from conformance.reports.workflow import commands, framed
from conformance.selftest import bench
from conformance.selftest.acme import Acme
from conformance.selftest.test_report import SCRIPTS
from specs import Provider

COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^,:\r\n]*)(?:,[a-z]+=[^,:\r\n]*)*)::([^\r\n]*)")


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner takes it apart."""

    def undone(text: str) -> str:
        for escape, meant in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            text = text.replace(escape, meant)
        return text

    found = COMMAND.fullmatch(line)
    assert found, line
    held = (each.partition("=") for each in found[2].split(","))
    return found[1], {name: undone(value) for name, _, value in held}, undone(found[3])


def made(provider: Provider, *names: str, **changes: Any) -> list[tuple[str, dict[str, str], str]]:
    """The annotations of runs over scripts of `test_report`."""
    return [read(each) for each in commands(report.report([bench.run(provider, SCRIPTS[name], **changes) for name in names]))]


def test_a_broken_requirement_is_an_error_in_the_line_that_asks_for_it(provider: Provider) -> None:
    command, properties, message = next(each for each in made(provider, "broken") if "ACM-ID-01" in each[1]["title"])

    assert command == "error"
    assert properties["title"] == "ACM-ID-01 MUST fail: acme"
    assert properties["file"].endswith("requirements.yaml")
    assert properties["line"].isdecimal()
    assert message.startswith("What ACM-ID-01 asks for.\nat /data/0/id of GET /v1/models (2 in all")


@pytest.mark.parametrize("name", ["refused", "down"])
def test_a_target_that_could_not_be_judged_is_one_error(provider: Provider, name: str) -> None:
    ((command, properties, message),) = made(provider, name)

    assert (command, properties["title"]) == ("error", "Acme Models")
    assert message.startswith("inconclusive: ")


def test_a_run_without_a_verdict_is_an_error_before_what_could_not_be_judged(provider: Provider) -> None:
    first, second, *_ = made(provider, "half")

    assert (first[0], first[2]) == ("error", "inconclusive: some MUST could not be judged")
    assert (second[0], second[1]["title"]) == ("warning", "ACM-ERROR-01 MUST inconclusive: acme")


def test_a_good_run_has_none(provider: Provider) -> None:
    assert made(provider, "conforming") == []


def test_a_report_of_nothing_is_an_error() -> None:
    assert [read(each)[0] for each in commands(report.report([]))] == ["error"]


def test_after_ten_there_is_only_how_many_more_there_are(provider: Provider) -> None:
    value = report.report([bench.run(provider, SCRIPTS["nonsense"]), bench.run(provider, SCRIPTS["broken"])] * 3)
    bad = sum(each["outcome"] in ("fail", "warn", "inconclusive") for run in value["runs"] for each in run["findings"])

    found = [read(each) for each in commands(value)]

    assert len(found) == 11
    assert found[-1] == ("notice", {"title": "gateway contract"}, f"{bad - 10} more; the report has them all.")


def test_what_a_gateway_says_ends_no_command_and_begins_none(provider: Provider) -> None:
    text = "100%, a:b\r\n::set-output name=x::y\n%0A::error::z ##[add-mask]"
    run = bench.run(provider, Acme())
    run.findings[0] = Finding(run.findings[0].requirement, Outcome.FAIL, text)

    (line,) = commands(report.report([run]))

    assert read(line)[2].split("\n")[1] == "100%, a:b ::set-output name=x::y %0A::error::z ##[add-mask]"


def test_other_output_is_framed() -> None:
    assert framed("0123") == ("::stop-commands::0123", "::0123::")
