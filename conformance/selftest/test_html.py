"""The report as a page, in a real browser: what it shows, how it is used, and that nothing leaves it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from conformance import report
from conformance.finding import Finding, Outcome
from conformance.reports import words
from conformance.reports.html import html
from conformance.selftest import bench
from conformance.selftest.acme import MODELS, Acme, answer, changed
from conformance.selftest.browser import browser
from conformance.selftest.gateway import Answer, Asked
from conformance.selftest.test_report import SCRIPTS
from specs import Provider

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

HOSTILE = [
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "</pre></code></details><h1>owned</h1>",
    "javascript:document.title='owned'",
    "{{ 7 * 7 }}{% raw %}",
    "\u202eturned round\u2066 \u200f\u061c",
    "\x1b]0;owned\x07\x00",
    "é" + "\u0301" * 500,
    "x" * 1_000_000,
    "\ud800",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


class Shown:
    """A page in the browser, and all that it asked for or complained of."""

    def __init__(self, chromium: Browser, path: Path, text: str, size: dict[str, int], *, script: bool = True) -> None:
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
        context = chromium.new_context(viewport={"width": size["width"], "height": size["height"]}, java_script_enabled=script)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.goto(path.as_uri())

    def open_all(self) -> None:
        """Opens whatever can be opened."""
        self.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


def hostile(asked: Asked, found: Answer) -> Answer:
    """A list that breaks many rules with what a page must not take for its own."""
    if asked.path != "/v1/models" or found.status != 200:
        return found
    models = [{"id": text, "types": 7, "created": text, text: text} for text in HOSTILE]
    more = tuple(("X-Bad", text) for text in HOSTILE[:5])
    return Answer(200, (*found.headers, *more), json.dumps({"data": [*models, *MODELS]}).encode())


@pytest.fixture(scope="module")
def values(provider: Provider) -> dict[str, Any]:
    """Reports by name."""
    made = {name: report.report([bench.run(provider, script)]) for name, script in SCRIPTS.items()}
    made["hostile"] = report.report([bench.run(provider, changed(hostile))])
    several = [bench.run(provider, script) for script in (Acme(), SCRIPTS["broken"], SCRIPTS["refused"])]
    made["several"] = report.report(several)
    for number, run in enumerate(made["several"]["runs"]):
        run["name"] = f"a gateway of a long name, number {number}"
    return made


@pytest.mark.parametrize(
    ("name", "size"),
    [
        *((name, PHONE) for name in ("conforming", "broken", "half", "refused", "hostile", "several")),
        ("several", DESKTOP),
    ],
    ids=lambda each: each if isinstance(each, str) else f"{each['width']}px",
)
def test_a_page_fits_says_nothing_to_the_console_and_asks_for_nothing(
    chromium: Browser, values: dict[str, Any], tmp_path: Path, name: str, size: dict[str, int]
) -> None:
    shown = Shown(chromium, tmp_path / "report.html", html(values[name], [values["half"]]), size)

    shown.open_all()

    assert shown.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert shown.complaints == []
    assert shown.requests == [(tmp_path / "report.html").as_uri()]


def test_hostile_text_is_text(chromium: Browser, values: dict[str, Any], tmp_path: Path) -> None:
    shown = Shown(chromium, tmp_path / "report.html", html(values["hostile"]), PHONE)
    shown.open_all()

    page = shown.page
    assert page.title() == "Gateway contract: broken"
    assert page.locator("script, img, iframe, object, embed, svg, [onerror], [style]").count() == 0
    assert page.locator("h1").count() == 1
    assert not page.locator("a").evaluate_all("all => all.filter(each => !/^(https?:|#)/.test(each.getAttribute('href')))")
    body = page.inner_text("body")
    assert "document.title = 'owned'</script>" in body
    assert not set("\u202e\u2066\u200f\u061c\x1b\x07") & set(page.content())
    assert len(page.content()) < 3_000_000


def test_only_a_web_address_of_a_page_is_a_link(chromium: Browser, values: dict[str, Any], tmp_path: Path) -> None:
    value = json.loads(json.dumps(values["broken"]))
    first, second, *_ = (each["citations"][0] for each in value["runs"][0]["findings"])
    first["url"], second["url"] = "javascript:document.title='owned'", "https://acme.example/docs?a=1&b=2"

    page = Shown(chromium, tmp_path / "report.html", html(value), PHONE).page

    links = page.locator(".finding a").evaluate_all("all => all.map(each => [each.href, each.rel])")
    assert links == [["https://acme.example/docs?a=1&b=2", "noreferrer noopener"]]


def test_what_is_broken_comes_first_and_is_open(chromium: Browser, values: dict[str, Any], tmp_path: Path) -> None:
    page = Shown(chromium, tmp_path / "report.html", html(values["broken"]), PHONE).page

    outcomes = [each.strip() for each in page.locator(".finding .outcome").all_inner_texts()]
    assert outcomes == sorted(outcomes, key=words.OUTCOMES.index)
    first = page.locator(".finding").first
    assert first.locator("dt", has_text="expected").first.is_visible()
    assert page.locator("h1").inner_text() == "Gateway contract: broken"
    assert page.locator(".verdict").inner_text() == "BROKEN: a requirement is broken"


def test_evidence_citations_and_requests_open_without_a_script(
    chromium: Browser, values: dict[str, Any], tmp_path: Path
) -> None:
    page = Shown(chromium, tmp_path / "report.html", html(values["broken"]), PHONE, script=False).page

    finding = page.locator(".finding", has_text="ACM-ID-01").first
    assert "curl -si" in finding.inner_text()
    finding.locator("summary", has_text="HTTP/1.1 200").first.click()
    assert '"types": "chat"' in finding.locator("pre").first.inner_text()
    finding.locator("summary", has_text="models.txt:12").click()
    assert finding.locator(".quote").inner_text() == "as it is written"
    page.locator("summary", has_text=re.compile("^[0-9]+ requests, and what came of each")).click()
    assert page.locator(".sent").first.locator("tbody tr").count() == len(values["broken"]["runs"][0]["sent"])


def test_one_outcome_can_be_looked_at_alone_without_a_script(chromium: Browser, values: dict[str, Any], tmp_path: Path) -> None:
    page = Shown(chromium, tmp_path / "report.html", html(values["half"]), PHONE, script=False).page
    every = page.locator(".finding").count()

    page.get_by_role("radio", name="inconclusive").check()

    counts = words.counts(values["half"]["runs"][0])
    assert page.locator(".finding:visible").count() == counts["inconclusive"] < every
    page.get_by_role("radio", name="all").check()
    assert page.locator(".finding:visible").count() == every


def test_several_gateways_are_a_matrix_and_each_has_its_own_filter(
    chromium: Browser, values: dict[str, Any], tmp_path: Path
) -> None:
    page = Shown(chromium, tmp_path / "report.html", html(values["several"]), DESKTOP).page

    head = page.locator(".matrix thead").first.locator("th").all_inner_texts()
    assert head == ["requirement", *(f"a gateway of a long name, number {number}" for number in range(3))]
    row = page.locator(".matrix tbody tr", has_text="ACM-ID-01").first
    assert row.locator("td").all_inner_texts() == ["pass", "fail", "inconclusive"]
    first, second = page.locator("#run-1"), page.locator("#run-2")
    second.get_by_role("radio", name="fail").check()
    assert second.locator(".finding:visible").count() < second.locator(".finding").count()
    assert first.locator(".finding:visible").count() == first.locator(".finding").count()


def test_a_target_that_could_not_be_judged_is_one_sentence(chromium: Browser, values: dict[str, Any], tmp_path: Path) -> None:
    page = Shown(chromium, tmp_path / "report.html", html(values["refused"]), PHONE).page

    assert page.locator(".verdict").inner_text().startswith("inconclusive: GET http://127.0.0.1/v1/models answered 401")
    assert page.locator(".finding:visible").count() == 0
    page.locator("summary", has_text="requirements, none of which could be judged").click()
    assert page.locator(".finding:visible").count() == len(values["refused"]["runs"][0]["findings"])


def test_older_reports_are_a_trend_with_the_newest_first(chromium: Browser, values: dict[str, Any], tmp_path: Path) -> None:
    older = json.loads(json.dumps(values["conforming"]))
    older["runs"][0]["started"] = "2020-02-03T04:05:06+00:00"

    page = Shown(chromium, tmp_path / "report.html", html(values["broken"], [older]), DESKTOP).page

    table = page.locator("h3", has_text="Trend").locator("xpath=following-sibling::div[1]")
    assert table.locator("thead th").last.inner_text() == "2020-02-03\n04:05"
    row = table.locator("tr", has_text="ACM-ID-01")
    assert row.locator("td").all_inner_texts() == ["fail", "pass"]
    assert "Since" not in page.locator(".facts").inner_text()
    assert "2020-02-03 04:05 UTC: broke ACM-" in page.locator(".facts").inner_text()


def test_light_and_dark_both_have_enough_contrast(chromium: Browser, values: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(html(values["half"]), encoding="utf-8")
    for scheme in ("light", "dark"):
        page = chromium.new_context(color_scheme=scheme).new_page()
        page.goto(path.as_uri())
        ground, *inks = page.evaluate(
            """() => {
              const names = ['ground', 'ink', 'quiet', 'bad', 'doubt', 'good', 'link'];
              const style = getComputedStyle(document.documentElement);
              return names.map(each => style.getPropertyValue('--' + each));
            }"""
        )
        # WCAG 2.2 section 1.4.3
        assert all(contrast(ground.strip(), each.strip()) >= 4.5 for each in inks), (scheme, ground, inks)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2), which are written as #rgb or #rrggbb."""

    def luminance(colour: str) -> float:
        digits = colour.removeprefix("#")
        digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# what needs no browser


def test_older_reports_of_other_gateways_are_told_from_none(values: dict[str, Any]) -> None:
    other = json.loads(json.dumps(values["conforming"]))
    other["runs"][0]["provider"] = "other"

    assert "<dd>None of the older reports has a run of this gateway.</dd>" in html(values["broken"], [other])
    assert "older" not in html(values["broken"])


def test_the_page_forbids_all_but_its_own_style(values: dict[str, Any]) -> None:
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html(values["conforming"]))

    assert re.sub("sha256-[A-Za-z0-9+/=]+", "sha256-…", policy.replace("&#39;", "'")) == (
        "default-src 'none'; style-src 'sha256-…'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_a_report_of_nothing_says_so() -> None:
    assert "Nothing was selected, so nothing was judged." in html(report.report([]))


def test_a_run_that_was_cut_short_names_what_was_left(provider: Provider) -> None:
    run = bench.run(provider, Acme())
    left = run.findings.pop().requirement.id

    assert f"Not reached, as the run was cut short</h3>\n<p><code>{left}</code></p>" in html(report.report([run]))


def test_an_error_of_ours_is_told(provider: Provider) -> None:
    run = bench.run(provider, Acme())
    run.findings[-1] = Finding(run.findings[-1].requirement, Outcome.ERROR, "RuntimeError: <b>")

    text = html(report.report([run]))

    assert '<h1>Gateway contract: <span class="outcome our-error">our error</span></h1>' in text
    assert "RuntimeError: &lt;b&gt;" in text


def test_unknown_members_are_listed(provider: Provider) -> None:
    more = changed(lambda _, found: answer({"data": [{"id": "a", "types": "chat", "<x>": 1}]}, found.status))

    assert "<code>/data/*/&lt;x&gt;</code>" in html(report.report([bench.run(provider, more)]))
