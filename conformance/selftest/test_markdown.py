"""The report as Markdown, read as text and as a renderer makes HTML of it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conformance import report
from conformance.reports import markdown as formats
from conformance.reports.markdown import MOST_BYTES, code, fenced, markdown, prose
from conformance.reports.words import shown
from conformance.selftest import bench
from conformance.selftest.acme import Acme
from conformance.selftest.gateway import Answer
from conformance.selftest.test_report import SCRIPTS
from specs import Provider

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "@everyone and @acme/team",
    "#1 and GH-7 and org/repo#2",
    "[click](https://evil.example) ![x](https://evil.example/x.png)",
    "https://evil.example www.evil.example",
    "| a | b |",
    "``` ```` `",
    "</details><details open>",
    "# heading\n- list\n1. one\n> quote\n---",
    "$\\textbf{x}$ :smile: ~~x~~ ***x***",
    "\u202eturned \x1b[31m \ud800",
]


def made(provider: Provider, *names: str) -> dict[str, Any]:
    """The report of runs over scripts of `test_report`."""
    return report.report([bench.run(provider, SCRIPTS[name]) for name in names])


def test_what_is_broken_comes_first_with_where_what_and_how_to_see_it_again(provider: Provider) -> None:
    text = markdown(made(provider, "broken"))

    assert text.startswith("# Gateway contract: broken\n")
    section = text[text.index("### fail: ACM-ID-01 MUST") :].partition("\n### ")[0]
    assert "- at `/data/0/id of GET /v1/models (2 in all, also /data/2/id)`" in section
    assert "- cites `models.txt:12` «as it is written»" in section
    assert "-k ACM-ID-01" in section
    assert "curl -si" in section
    assert text.index("### fail") < text.index("### Not applicable") < text.index("requirements</summary>")


def test_every_requirement_has_its_row(provider: Provider) -> None:
    value = made(provider, "half")
    text = markdown(value)

    for finding in value["runs"][0]["findings"]:
        assert f"| {finding['outcome']} | {finding['requirement']} | {finding['level']} |" in text


def test_a_refusal_is_one_sentence(provider: Provider) -> None:
    text = markdown(made(provider, "refused"))

    assert (
        "**inconclusive: GET http&#58;//127.0.0.1/v1/models answered 401: the key in GATEWAY\\_API\\_KEY was refused**" in text
    )
    assert "Could not be judged" not in text


def test_a_report_of_nothing_says_so() -> None:
    assert "Nothing was selected" in markdown(report.report([]))


def test_a_run_that_was_cut_short_names_what_was_left(provider: Provider) -> None:
    run = bench.run(provider, Acme())
    left = run.findings.pop()

    text = markdown(report.report([run]))

    assert "no verdict: the run was ended early, cut short after" in text
    assert f"The run was cut short before {left.requirement.id}." in text


def test_a_warning_of_the_run_is_told(provider: Provider) -> None:
    value = made(provider, "conforming")
    value["runs"][0]["warnings"] = ["a certificate that <nobody> vouched for"]

    assert "> **Warning** a certificate that &lt;nobody&gt; vouched for\n" in markdown(value)


def test_of_many_kinds_of_violation_three_are_shown(provider: Provider) -> None:
    value = made(provider, "broken")
    finding = next(each for each in value["runs"][0]["findings"] if each["requirement"] == "ACM-ID-01")
    finding["violations"] = finding["violations"][:1] * 5

    section = markdown(value).partition("### fail: ACM-ID-01")[2].partition("\n### ")[0]

    assert section.count("- expected ") == 3
    assert "- and 2 other kinds of violation\n" in section


def test_what_is_left_out_of_an_answer_is_told(provider: Provider) -> None:
    value = made(provider, "broken")
    value["runs"][0]["exchanges"][0]["response"] |= {"headers_cut": 3, "body_cut": 7}

    assert "… and 3 more fields\n" in markdown(value)
    assert "… and 7 more bytes\n" in markdown(value)


def test_several_targets_have_a_matrix(provider: Provider) -> None:
    text = markdown(made(provider, "conforming", "broken", "refused"))

    assert "| requirement | `acme` | `acme` | `acme` |" in text
    assert "| ACM-ID-01 MUST | pass | **fail** | inconclusive |" in text


def test_what_was_otherwise_in_an_older_report_is_told(provider: Provider) -> None:
    text = markdown(made(provider, "broken"), [made(provider, "conforming")])

    assert re.search(r"^Since 20.* UTC: broke .*ACM-ID-01", text, re.MULTILINE)
    again = markdown(made(provider, "conforming"), [made(provider, "broken")])
    assert re.search(r"^Since 20.* UTC: mended .*ACM-ID-01", again, re.MULTILINE)


def test_older_reports_of_other_gateways_are_told_from_none(provider: Provider) -> None:
    other = made(provider, "conforming")
    other["runs"][0]["provider"] = "other"

    assert "\nNone of the older reports has a run of this gateway.\n" in markdown(made(provider, "broken"), [other])
    assert "older" not in markdown(made(provider, "broken"))


def test_it_is_never_longer_than_github_takes_and_says_what_is_missing(provider: Provider) -> None:
    value = made(provider, "broken")
    (run,) = value["runs"]
    run["exchanges"][0]["response"]["body"] = "x" * 10_000_000
    run["findings"] = [finding | {"says": "s" * 100_000} for finding in run["findings"] * 25]

    text = markdown(value)

    assert MOST_BYTES - 30_000 < len(text.encode()) <= MOST_BYTES
    assert text.endswith("`--report-json` has all of it._\n")
    assert text.count("<details>") == text.count("</details>")


@pytest.mark.parametrize("text", HOSTILE)
def test_prose_has_no_markup_no_link_and_no_mention(text: str) -> None:
    found = prose(text)

    assert "\n" not in found
    assert not re.search(r"(?<!\\)[`*_\[\]|~]|<|>|://|\bwww\.|\$", found)
    assert not re.search(r"[@#](?!&#8203;|8203|36;|58;|46;)", found)
    assert found.isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_code_ends_where_it_should(text: str) -> None:
    found = code(text)

    assert re.fullmatch(r"`[^`|\\]+`|<code>[\w &;#…]+</code>", found)


@given(st.text())
@example("`")
@example("``````")
def test_a_block_ends_at_its_fence(text: str) -> None:
    fence, *lines, end = fenced(text).split("\n")

    assert fence == f"{end}text"
    assert all(not line.strip().startswith(end) for line in lines)


class Rendered(HTMLParser):
    """What a browser would make of Markdown once it is rendered: elements, and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text = ""
        self.feed(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= set(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


SIGNS = st.text(st.sampled_from(list("ab1 `*_[]()<>&|~$#@!\\/:.-+=\"'{}\n\u200b\u00e9")) | st.characters(), max_size=60)


@given(SIGNS)
@example("www.evil.example https://evil.example &lt; &#60; \\")
def test_prose_and_code_mean_themselves_when_rendered(text: str) -> None:
    for written in (prose(text), code(text), f"| a |\n|---|\n| {code(text)} |", f"| a |\n|---|\n| {prose(text)} |"):
        found = Rendered(f"x {written} y" if not written.startswith("|") else written)

        assert found.elements <= {"p", "code", "table", "thead", "tbody", "tr", "th", "td"}
        said = " ".join(found.text.replace("\u200b", "").split())
        assert " ".join(shown(text).split()) in said or not shown(text)


def test_hostile_text_becomes_no_markup(provider: Provider) -> None:
    bad = "\n".join(HOSTILE[:-1])
    models = [{"id": bad, "types": "chat", "created": bad}, {"id": bad, "types": 7}]
    body = json.dumps({"data": models}).encode()
    run = bench.run(provider, lambda _: Answer(200, (("Content-Type", bad.replace("\n", " ")),), body))

    found = Rendered(markdown(report.report([run, run])))

    assert found.elements == {
        *("h1", "h2", "h3", "p", "strong", "em", "code", "pre", "ul", "li", "details", "summary"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    assert found.attributes == {("class", "language-text")}
    assert "<script>alert(1)</script>" in found.text


def test_a_table_that_is_long_is_several(monkeypatch: pytest.MonkeyPatch, provider: Provider) -> None:
    monkeypatch.setattr(formats, "MOST_ROWS", 5)

    assert markdown(made(provider, "conforming")).count("| outcome | requirement |") > 2
