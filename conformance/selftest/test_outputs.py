"""The options that write reports, before anything is sent and after all was judged."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance.reports.reading import MOST_BYTES
from conformance.selftest.acme import Acme, answer, changed
from conformance.selftest.conftest import Suite
from conformance.selftest.gateway import Answer
from conformance.selftest.test_command import Judged, numbers_for_ids

pytest_plugins = ["pytester"]

FILES = {
    "--report-json": "report.json",
    "--report-md": "report.md",
    "--report-html": "report.html",
    "--report-sarif": "report.sarif",
    "--junitxml": "report.xml",
    "--badge": "badge.svg",
}


@pytest.fixture
def everything(tmp_path: Path) -> list[str]:
    """Every option that writes a report."""
    return [word for option, name in FILES.items() for word in (option, str(tmp_path / name))]


def test_one_run_writes_every_report_from_one_json(judge: Suite, everything: list[str], tmp_path: Path) -> None:
    found = judge(changed(numbers_for_ids), *everything, "--strict")

    assert found.code == 1
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == sorted(FILES.values())
    value = json.loads((tmp_path / "report.json").read_bytes())
    broken = {each["requirement"] for each in value["runs"][0]["findings"] if each["outcome"] == "fail"}
    assert value["exit_code"] == 1
    xml = ElementTree.parse(tmp_path / "report.xml")
    assert {each.get("name") for each in xml.iter("testcase") if each.find("failure") is not None} == broken
    sarif = json.loads((tmp_path / "report.sarif").read_bytes())
    assert {each["ruleId"] for each in sarif["runs"][0]["results"]} == broken
    for name in ("report.md", "report.html"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert all(each in text for each in broken)
    assert f"{len(broken)} broken" in (tmp_path / "badge.svg").read_text(encoding="utf-8")


def test_a_run_without_a_verdict_writes_all_but_the_badge(judge: Suite, everything: list[str], tmp_path: Path) -> None:
    found = judge(lambda _: Answer(503), *everything)

    assert found.code == 6
    assert {each.name for each in tmp_path.iterdir() if each.is_file()} == set(FILES.values()) - {"badge.svg"}
    line = next(each for each in found.output.splitlines() if each.startswith("--badge "))
    assert re.fullmatch(r"--badge \S+\.svg: not written, as acme has no verdict: inconclusive: GET .* answered 503 .*", line)
    assert ElementTree.parse(tmp_path / "report.xml").getroot().get("errors") == "1"


@pytest.mark.parametrize("option", FILES)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_sent(judge: Suite, option: str, tmp_path: Path) -> None:
    found = judge(Acme(), option, str(tmp_path / "nowhere" / "file"))

    assert found.code == 4
    assert found.error == f"{option} {tmp_path}/nowhere/file: there is no such folder to write it to"
    assert found.asked == ()


def test_two_options_that_name_one_file_are_refused(judge: Suite, tmp_path: Path) -> None:
    found = judge(Acme(), "--report-md", str(tmp_path / "a"), "--report-html", f"{tmp_path}/../{tmp_path.name}/a")

    assert found.code == 4
    assert found.error == "--report-md and --report-html name one file; give each its own"
    assert found.asked == ()


def test_a_report_does_not_replace_what_the_run_reads(judge: Suite, tmp_path: Path) -> None:
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("waivers: []\n", encoding="utf-8")

    found = judge(Acme(), "--waivers", str(waivers), "--badge", str(waivers))

    assert found.code == 4
    assert found.error == "--badge and --waivers name one file; give each its own"
    assert waivers.read_text(encoding="utf-8") == "waivers: []\n"


def test_an_older_report_shows_what_changed(judge: Suite, tmp_path: Path) -> None:
    old, new = tmp_path / "report.json", tmp_path / "report.md"
    judge(Acme(), "--report-json", str(old))

    # The older report may be replaced by the new one: it is read before.
    both = ("--report-previous", str(old), "--report-json", str(old))
    found = judge(changed(numbers_for_ids), "--report-md", str(new), *both)

    assert found.code == 1
    assert re.search(r"^Since 20.* UTC: broke .*ACM-ID-01", new.read_text(encoding="utf-8"), re.MULTILINE)
    assert json.loads(old.read_bytes())["exit_code"] == 1


def other_json(path: Path) -> str:
    path.write_text('{"runs": 3}', encoding="utf-8")
    return "found other JSON"


def no_json(path: Path) -> str:
    path.write_text("{", encoding="utf-8")
    return "found what is no JSON"


def nowhere(_: Path) -> str:
    return "found no such file"


def newer(path: Path) -> str:
    path.write_text('{"version": 3, "runs": []}', encoding="utf-8")
    return "found version 3, expected version 2"


def damaged(path: Path) -> str:
    path.write_text('{"version": 2, "runs": []}', encoding="utf-8")
    return "found no member tool, expected"


def a_folder(path: Path) -> str:
    path.mkdir()
    return "found what cannot be read (Is a directory)"


def large(path: Path) -> str:
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    return "found a larger file"


@pytest.mark.parametrize(
    "write", [a_folder, large, other_json, no_json, nowhere, newer, damaged], ids=lambda each: str(each.__name__)
)
def test_an_older_report_that_is_none_is_refused_before_anything_is_sent(
    judge: Suite, tmp_path: Path, write: Callable[[Path], str]
) -> None:
    path = tmp_path / "old.json"
    reason = write(path)

    found = judge(Acme(), "--report-md", str(tmp_path / "new.md"), "--report-previous", str(path))

    assert found.code == 4
    assert found.error.startswith(f"--report-previous: {path}")
    assert reason in found.error
    assert found.asked == ()


def test_an_older_report_without_a_report_that_shows_it_is_refused(judge: Suite, tmp_path: Path) -> None:
    found = judge(Acme(), "--report-previous", str(tmp_path / "old.json"))

    assert found.code == 4
    assert found.error == "--report-previous has no effect without --report-html or --report-md"


def test_a_prefix_for_pytests_own_junit_file_is_refused(judge: Suite, tmp_path: Path) -> None:
    found = judge(Acme(), "--junitxml", str(tmp_path / "a.xml"), "--junit-prefix", "x")

    assert found.code == 4
    assert found.error == "--junit-prefix has no effect on the suite's report; leave it out"


def commands_of(found: Judged) -> list[str]:
    """The workflow commands that GitHub's runner sees: lines that begin with two colons, unless it is told to stop."""
    seen, stopped = [], ""
    for line in found.output.splitlines():
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
        elif line.lstrip().startswith("::stop-commands::"):
            stopped = line.partition("::stop-commands::")[2]
        elif line.lstrip().startswith("::"):
            seen.append(line)
    return seen


def test_annotations_are_the_only_commands_in_the_output_whatever_a_gateway_says(judge: Suite) -> None:
    bad = "\n::error::by the gateway\n::set-output name=verdict::kept\n"
    script = changed(lambda asked, found: answer({"data": bad}) if asked.path == "/v1/models" else found)

    found = judge(script, "--report-annotations", "-vv", "-rA")

    seen = commands_of(found)
    assert found.code == 1
    assert seen
    assert all(re.match(r"::(error|warning|notice) (file=[^:,]+,line=[0-9]+,)?title=", each) for each in seen)
    assert not any("set-output" in each.partition("title=")[0] for each in seen)
    assert found.output.splitlines()[-1] == seen[-1]


def test_without_the_option_there_are_no_commands(judge: Suite) -> None:
    assert "::" not in judge(changed(numbers_for_ids), GITHUB_ACTIONS="true").output.replace("contract.py::", "")


@pytest.mark.parametrize("words", [["--report-md", "report.md"], ["--report-annotations"]], ids=lambda words: words[0])
def test_a_plan_judges_nothing_so_no_report_of_it_is_written(judge: Suite, words: list[str]) -> None:
    found = judge(Acme(), "--plan", *words)

    assert found.code == 4
    assert found.error == f"{words[0]} and --plan contradict each other, as --plan judges nothing; give one of them"
