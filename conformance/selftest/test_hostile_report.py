"""A report from elsewhere, every text of which means harm: in every format it is bounded and well-formed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from conformance import report
from conformance.reports.formats import FORMATS
from conformance.reports.workflow import commands
from conformance.selftest import bench
from conformance.selftest.test_html import HOSTILE
from conformance.selftest.test_report import SCRIPTS
from specs import Provider, formats
from specs.errors import SpecError

KEPT = {"started", "replayed", "level", "lens", "outcome", "verdict", "kind", "state", "requirement", "fingerprint"}
"""Members whose values the format prescribes."""


def spoiled(value: Any, text: str, name: str = "") -> Any:
    """*value* with *text* for each of its texts."""
    if isinstance(value, dict):
        kept = KEPT if value.get("kind") in ("page", "standard", "source") else KEPT - {"kind"}
        return {key: each if key in kept else spoiled(each, text, key) for key, each in value.items()}
    if isinstance(value, list):
        return [spoiled(each, text, name) for each in value]
    return text if isinstance(value, str) else value


@pytest.fixture(scope="module")
def value(provider: Provider) -> dict[str, Any]:
    """A report of three runs, in which much is broken."""
    return report.report([bench.run(provider, SCRIPTS[name]) for name in ("broken", "half", "refused")])


@pytest.fixture(scope="module", params=range(len(HOSTILE)), ids=lambda number: ascii(HOSTILE[number])[:20])
def hostile(request: pytest.FixtureRequest, value: dict[str, Any]) -> dict[str, Any]:
    """That report with a hostile text in place of each of its own; still of its format."""
    found: dict[str, Any] = spoiled(value, HOSTILE[request.param])
    for run in found["runs"]:
        run["undeclared"], run["capabilities"] = run["undeclared"][:1], {HOSTILE[request.param]: "found"}
    formats.check(found, "report", "report.json")
    return found


def texts(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The report in every format but the badge, which there is none of for these."""
    yield from ((option, each.text(value, [value])) for option, each in FORMATS.items() if option != "--badge")
    yield "commands", "\n".join(commands(value))


def test_every_format_is_bounded_and_has_only_what_prints(hostile: dict[str, Any]) -> None:
    for option, text in texts(hostile):
        assert len(text.encode()) < 3_000_000, option
        assert re.sub("[\n]", "", text).isprintable(), option


def test_what_is_read_by_programs_is_well_formed(hostile: dict[str, Any]) -> None:
    written = dict(texts(hostile))

    assert len(json.loads(written["--report-sarif"])["runs"]) == 3
    assert len(ElementTree.fromstring(written["--junitxml"])) == 3
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in written["commands"].splitlines())


def test_a_name_with_a_line_end_is_no_requirement(value: dict[str, Any]) -> None:
    wrong = json.loads(json.dumps(value))
    wrong["runs"][0]["findings"][0]["requirement"] = "ACM-ID-01\n::error::x"

    with pytest.raises(SpecError, match="/runs/0/findings/0/requirement"):
        formats.check(wrong, "report", "report.json")
