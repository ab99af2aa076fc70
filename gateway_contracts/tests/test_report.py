"""``gateway-contracts report``: what it writes of a report, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from conformance import report
from conformance.selftest import acme, bench
from conformance.selftest.test_report import SCRIPTS
from gateway_contracts.tests.test_command import said


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of reports: good.json, bad.json, down.json."""
    folder = tmp_path_factory.mktemp("reports")
    provider = acme.provider(tmp_path_factory.mktemp("acme"))
    for name, script in (("good", "conforming"), ("bad", "broken"), ("down", "refused")):
        report.write(folder / f"{name}.json", [bench.run(provider, SCRIPTS[script])])
    return folder


def test_a_report_is_written_in_every_format_at_once(reports: Path, tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("md", "html", "sarif", "junitxml", "badge")}
    words = [word for name, path in files.items() for word in (f"--{name}", str(path))]

    code, out, err = said("report", str(reports / "bad.json"), *words)

    assert (code, err) == (0, "")
    assert out.splitlines()[1].startswith("acme     BROKEN: a requirement is broken  ")
    assert files["md"].read_text(encoding="utf-8").startswith("# Gateway contract: broken\n")
    assert files["html"].read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert json.loads(files["sarif"].read_bytes())["version"] == "2.1.0"
    assert ElementTree.parse(files["junitxml"]).getroot().tag == "testsuites"
    assert files["badge"].read_text(encoding="utf-8").startswith("<svg ")
    assert {each.name for each in tmp_path.iterdir()} == set(files)


def test_older_reports_are_a_trend(reports: Path, tmp_path: Path) -> None:
    code, _, err = said(
        *("report", str(reports / "bad.json"), "--md", str(tmp_path / "md"), "--previous", str(reports / "good.json"))
    )

    assert (code, err) == (0, "")
    assert "UTC: broke ACM-" in (tmp_path / "md").read_text(encoding="utf-8")


def test_a_badge_that_nothing_speaks_for_is_not_written_and_the_rest_is(reports: Path, tmp_path: Path) -> None:
    code, _, err = said("report", str(reports / "down.json"), "--badge", str(tmp_path / "b"), "--md", str(tmp_path / "m"))

    assert code == 0
    assert err.startswith(f"--badge {tmp_path}/b: not written, as acme has no verdict: inconclusive: ")
    assert [each.name for each in tmp_path.iterdir()] == ["m"]


def test_annotations_are_all_that_is_printed(reports: Path) -> None:
    code, out, _ = said("report", str(reports / "bad.json"), "--annotations")

    assert code == 0
    assert out
    assert all(line.startswith("::") for line in out.splitlines())


def test_the_verdicts_are_printed_as_json(reports: Path) -> None:
    code, out, _ = said("report", str(reports / "good.json"), "--json")

    assert code == 0
    (found,) = json.loads(out)
    assert (found["gateway"], found["verdict"], found["complete"]) == ("acme", "kept", True)
    assert set(found["outcomes"]) == {"pass", "not applicable"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--md", "nowhere/x"], "--md nowhere/x: there is no such folder to write it to"),
        (["--md", "x", "--html", "./x"], "--md and --html name one file; give each its own"),
        (["--html", "bad.json"], "--html and REPORT name one file; give each its own"),
        (["--previous", "good.json"], "--previous has no effect without --html or --md"),
        (["--previous", "good.json", "--md", "good.json"], "--md and --previous name one file; give each its own"),
        (["--json", "--annotations"], "--annotations and --json both say what is printed; give one of them"),
    ],
)
def test_options_that_cannot_be_used_are_refused(
    reports: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.chdir(reports)

    assert said("report", "bad.json", *arguments) == (4, "", f"gateway-contracts report: {sentence}\n")
    assert sorted(each.name for each in reports.iterdir()) == ["bad.json", "down.json", "good.json"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[]", "found other JSON, expected a report"),
        ("<html>", "found what is no JSON, expected a report"),
        (
            '{"version": 1, "suite": "0.1.0", "settings": {}, "runs": []}',
            "found a transcript, as --record writes it, expected a report (judge it again with check --replay",
        ),
        ('{"version": 99, "runs": []}', "found version 99, expected version 2"),
        ('{"version": 1, "runs": []}', "found version 1, expected version 2"),
        (
            '{"version": 2, "runs": [{}], "tool": {}, "complete": true, "exit_code": 0}',
            "at /tool: found no member name, expected",
        ),
    ],
)
def test_what_is_no_report_is_one_sentence(tmp_path: Path, content: Any, reason: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")

    code, out, err = said("report", str(path), "--md", str(tmp_path / "md"))

    assert (code, out, err.count("\n")) == (4, "", 1)
    assert err.startswith(f"gateway-contracts report: {path}")
    assert reason in err
    assert not (tmp_path / "md").exists()
