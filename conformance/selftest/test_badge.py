"""The badge, which speaks only for what was judged as a whole."""

from __future__ import annotations

import dataclasses
from typing import Any
from xml.etree import ElementTree

import pytest

from conformance import report
from conformance.reports.badge import GREEN, RED, NoBadge, badge
from conformance.selftest import bench
from conformance.selftest.acme import Acme
from conformance.selftest.test_report import SCRIPTS
from specs import Provider


def made(provider: Provider, *names: str, **changes: Any) -> str:
    """The badge of runs over scripts of `test_report`."""
    return badge(report.report([bench.run(provider, SCRIPTS[name], **changes) for name in names]))


def test_a_kept_contract_is_green_and_a_broken_one_red(provider: Provider) -> None:
    kept, broken = made(provider, "conforming"), made(provider, "broken")

    assert "gateway contract: kept, " in kept
    assert (GREEN in kept, RED in kept) == (True, False)
    assert "broken</title>" in broken
    assert (GREEN in broken, RED in broken) == (False, True)


def test_it_is_a_picture_whose_parts_fit(provider: Provider) -> None:
    root = ElementTree.fromstring(made(provider, "conforming"))

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    rects = root.findall("{*}rect")
    assert sum(int(each.get("width", "")) for each in rects) == int(root.get("width", ""))


def test_several_gateways_are_counted(provider: Provider) -> None:
    found = made(provider, "conforming", "broken", "conforming")

    assert "2 of 3 gateways kept" in found
    assert RED in found


@pytest.mark.parametrize("name", ["refused", "down", "half"])
def test_a_run_without_a_verdict_has_none(provider: Provider, name: str) -> None:
    with pytest.raises(NoBadge, match=r"^acme has no verdict: inconclusive: "):
        made(provider, "conforming", name)


def test_a_part_of_a_contract_has_none(provider: Provider) -> None:
    run = bench.run(provider, Acme(), ["ACM-ID-01"])

    with pytest.raises(NoBadge, match=f"^only 1 of the {len(provider.requirements)} requirements of acme were selected$"):
        badge(report.report([run]))


def test_a_broken_run_that_was_cut_short_has_none(provider: Provider) -> None:
    run = bench.run(provider, SCRIPTS["broken"])
    run.findings.pop()

    with pytest.raises(NoBadge, match="is not complete: BROKEN: a requirement is broken, cut short"):
        badge(report.report([run]))


def test_nothing_has_none() -> None:
    with pytest.raises(NoBadge, match="nothing was judged"):
        badge(report.report([]))


def test_a_name_cannot_become_markup(provider: Provider) -> None:
    named = dataclasses.replace(provider, title="<script>")

    assert "<script>" not in made(named, "conforming")
